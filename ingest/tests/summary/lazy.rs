//! Every table is also a lazy frame, whatever its name and however many parts it has.

use infra_eventlog::TableKind;
use infra_eventlog::metadata::{RunMetadata, SignalSpec};
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_ingest::polars::prelude::col;
use infra_ingest::{OpenOptions, RunLog};

#[test]
fn a_table_of_parts_is_one_lazy_frame_in_row_order() {
    let dir = tempfile::tempdir().unwrap();
    // A name with a star in it is a name, not a pattern.
    let bundle = dir.path().join("ru*n");
    let mut metadata = RunMetadata::new("parts");
    metadata.signals.push(SignalSpec::named("stress"));
    std::fs::create_dir_all(bundle.join("events")).unwrap();
    std::fs::write(bundle.join("run.json"), serde_json::to_string(&metadata).unwrap()).unwrap();
    for part in 0..2 {
        let path = bundle.join(format!("events/part-{part}.parquet"));
        let mut writer = EventWriter::part(&path, &metadata).unwrap();
        for i in 0..3 {
            let (event_id, stress) = (i, [Some((3 * part + i) as f64)]);
            let row = EventRow {
                event_id,
                time_ns: i,
                event_type: "A",
                source: "x",
                service: Some("s"),
                signals: &stress,
                ..EventRow::default()
            };
            writer.push(&row).unwrap();
        }
        writer.finish().unwrap();
    }
    let log = RunLog::open(&bundle, &OpenOptions::default()).unwrap();
    assert!(log.lazy(TableKind::Metrics).unwrap().is_none());
    let frame = log.lazy(TableKind::Events).unwrap().unwrap().select([col("stress")]).collect().unwrap();
    let values: Vec<f64> = frame.column("stress").unwrap().f64().unwrap().into_no_null_iter().collect();
    assert_eq!(values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}
