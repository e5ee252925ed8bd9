//! A Parquet file without our metadata is mapped by name, sorted if need be, and says so.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use infra_ingest::{IngestError, OpenOptions, RunLog};

fn write(path: &std::path::Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn columns_are_found_by_name_and_rows_are_sorted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.parquet");
    write(
        &path,
        vec![
            ("time", Arc::new(Int64Array::from(vec![3, 1, 2, 1])) as ArrayRef),
            ("service_id", Arc::new(StringArray::from(vec!["a", "a", "b", "b"]))),
            ("stress_level", Arc::new(Float64Array::from(vec![0.3, 0.1, 0.2, 0.0]))),
            ("latency_ms", Arc::new(Float64Array::from(vec![3.0, 1.0, 2.0, 4.0]))),
            ("comment", Arc::new(StringArray::from(vec!["x", "x", "x", "x"]))),
        ],
    );
    let log = RunLog::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(log.run().name(), "log.parquet");
    let notes = log.run().warnings().join("\n");
    for said in [
        "stress from `stress_level`",
        "latency from `latency_ms` times 0.001",
        "ticks",
        "were sorted",
        "`comment`",
    ] {
        assert!(notes.contains(said), "missing {said} in {notes}");
    }
    let table = log.run().table(infra_eventlog::TableKind::Events).unwrap();
    let rows = table.read(&["time_ns", "service", "stress", "latency"]).next().unwrap().unwrap();
    assert_eq!(
        rows.ints("time_ns").unwrap().values().as_ref(),
        [1_000_000_000, 1_000_000_000, 2_000_000_000, 3_000_000_000]
    );
    // Equal times keep the file's order.
    let service = rows.texts("service").unwrap().unwrap();
    assert_eq!((0..4).map(|i| service.get(i).unwrap().to_owned()).collect::<Vec<_>>(), ["a", "b", "b", "a"]);
    assert_eq!(rows.floats("latency").unwrap().value(3), 0.003);
}

#[test]
fn what_cannot_be_mapped_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.parquet");
    write(
        &path,
        vec![
            ("when", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
            ("who", Arc::new(StringArray::from(vec!["a"]))),
        ],
    );
    let error = RunLog::open(&path, &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, IngestError::Mapping { .. }));
    let text = error.to_string();
    assert!(
        text.contains("--map time_ns=NAME")
            && text.contains("--map service=NAME")
            && text.contains("when, who"),
        "{text}"
    );
    let map = [("time_ns".to_owned(), "when".to_owned()), ("service".to_owned(), "who".to_owned())].into();
    assert!(RunLog::open(&path, &OpenOptions { map }).is_ok());
    let map = [("service".to_owned(), "whom".to_owned())].into();
    let text = RunLog::open(&path, &OpenOptions { map }).unwrap_err().to_string();
    assert!(text.contains("did you mean `who`"), "{text}");
}
