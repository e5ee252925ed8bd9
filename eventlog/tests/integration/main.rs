//! Runs written and read back, and every rule broken once.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod roundtrip;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use infra_eventlog::check::validate;
use infra_eventlog::metadata::{FOOTER_KEY, RunMetadata, SignalSpec};
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_eventlog::{Run, RunError, TableKind};
use parquet::file::metadata::KeyValue;

/// Columns of a small, valid run; tests break one at a time.
fn columns() -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("seq", Arc::new(Int64Array::from(vec![0, 1, 2]))),
        ("event_id", Arc::new(Int64Array::from(vec![0, 1, 2]))),
        ("time_ns", Arc::new(Int64Array::from(vec![5, 5, 9]))),
        ("event_type", Arc::new(StringArray::from(vec!["A", "A", "B"]))),
        ("source", Arc::new(StringArray::from(vec!["x", "x", "x"]))),
        ("service", Arc::new(StringArray::from(vec![None, Some("s"), Some("s")]))),
        ("stress", Arc::new(Float64Array::from(vec![None, Some(0.1), Some(0.2)]))),
    ]
}

fn write(dir: &Path, columns: Vec<(&str, ArrayRef)>, metadata: &str) -> PathBuf {
    let path = dir.join("run.parquet");
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.append_key_value_metadata(KeyValue::new(FOOTER_KEY.to_owned(), metadata.to_owned()));
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

const SCHEMA: &str = r#"{"schema":"infra-run/1"}"#;

#[track_caller]
fn check(columns: Vec<(&str, ArrayRef)>, said: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), columns, SCHEMA);
    let text = match Run::open(&path) {
        Err(e) => e.to_string(),
        Ok(run) => {
            let found = validate(&run).unwrap();
            found.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        },
    };
    for said in said {
        assert!(text.contains(said), "missing `{said}` in: {text}");
    }
    assert_eq!(text.is_empty(), said.is_empty(), "{text}");
}

fn replaced(name: &str, column: ArrayRef) -> Vec<(&'static str, ArrayRef)> {
    columns().into_iter().map(|(n, c)| if n == name { (n, column.clone()) } else { (n, c) }).collect()
}

#[test]
fn a_plain_writers_file_is_a_run() {
    check(columns(), &[]);
}

#[test]
fn each_rule_is_checked_and_says_where() {
    check(replaced("seq", Arc::new(Int64Array::from(vec![0, 1, 1]))), &["column `seq`: row 2 repeats 1"]);
    check(replaced("seq", Arc::new(Int64Array::from(vec![4, 5, 6]))), &["starts at 4"]);
    check(replaced("time_ns", Arc::new(Int64Array::from(vec![5, 4, 9]))), &["time runs backwards at row 1"]);
    check(
        replaced("event_type", Arc::new(StringArray::from(vec![Some("A"), None, Some("B")]))),
        &["column `event_type`: null at row 1"],
    );
    check(
        replaced("time_ns", Arc::new(Float64Array::from(vec![5.0, 5.0, 9.0]))),
        &["column `time_ns`: is Float64, must be Int64"],
    );
    let mut caused = columns();
    caused.push(("cause_id", Arc::new(Int64Array::from(vec![None, Some(0), Some(2)]))));
    check(caused, &["row 2: event 2 names 2 as its cause"]);
}

#[test]
fn a_service_without_a_name_is_refused() {
    let nameless = replaced("service", Arc::new(StringArray::from(vec![None, Some("s"), Some("")])));
    check(nameless, &["column `service`: empty name at row 2"]);
}

#[test]
fn a_small_file_that_unpacks_to_much_is_refused_before_it_is_read() {
    // Incompressible is fine, a megabyte of zeros is fine; a hundred of them in one row is not.
    let text = "a".repeat(100 << 20);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bomb.parquet");
    let mut writer = EventWriter::single_file(&path, &RunMetadata::new("x")).unwrap();
    let row = EventRow { event_type: "A", source: "x", message: Some(&text), ..EventRow::default() };
    writer.push(&row).unwrap();
    writer.finish().unwrap();
    assert!(matches!(Run::open(&path).unwrap_err(), RunError::TooLarge { .. }));
}

#[cfg(unix)]
#[test]
fn what_is_neither_file_nor_folder_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert!(Run::open(&path).unwrap_err().to_string().contains("neither a file nor a folder"));
}

#[test]
fn missing_columns_are_listed_together_with_a_hint() {
    let mut less: Vec<_> = columns().into_iter().filter(|(n, _)| *n != "seq").collect();
    less.iter_mut().filter(|(n, _)| *n == "service").for_each(|c| c.0 = "servce");
    check(
        less,
        &["2 problems", "column `seq`: missing", "column `service`: missing", "`servce` looks close"],
    );
}

#[test]
fn what_is_no_run_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    for (bytes, said) in [
        (b"".as_slice(), "empty"),
        (b"\x89PNG\r\n\x1a\nrest".as_slice(), "a PNG image"),
        (b"PAR1 and then nothing".as_slice(), "cut short"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let text = Run::open(&path).unwrap_err().to_string();
        assert!(text.contains(said), "{text}");
    }
    assert!(matches!(Run::open(&dir.path().join("none")).unwrap_err(), RunError::Unreadable { .. }));
    let text = Run::open(dir.path()).unwrap_err().to_string();
    assert!(text.contains("run.json"), "{text}");
}

#[test]
fn damage_between_head_and_tail_never_panics() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), columns(), SCHEMA);
    let good = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for (k, at) in (4..good.len() - 8).enumerate() {
        let mut bad = good.clone();
        bad[at] ^= [0x01, 0x80, 0xff][k % 3];
        std::fs::write(&path, &bad).unwrap();
        let outcome = Run::open(&path).and_then(|run| validate(&run).map(|v| v.problems.len()));
        refused += usize::from(outcome.is_err());
    }
    assert!(refused > 0, "no damage was noticed at all");
}

#[test]
fn an_abandoned_writer_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let mut metadata = RunMetadata::new("x");
    metadata.signals.push(SignalSpec::named("stress"));
    let mut writer = EventWriter::single_file(&path, &metadata).unwrap();
    let row = EventRow { event_type: "A", source: "x", ..EventRow::default() };
    writer.push(&row).unwrap();
    assert!(writer.push(&EventRow { time_ns: -1, ..row }).is_err(), "time ran backwards");
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn rows_near_a_range_come_from_their_row_groups_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let mut writer = EventWriter::single_file(&path, &RunMetadata::new("x")).unwrap();
    for i in 0..300_000 {
        let row = EventRow { event_id: i, time_ns: i, event_type: "A", source: "x", ..EventRow::default() };
        writer.push(&row).unwrap();
    }
    writer.finish().unwrap();
    let run = Run::open(&path).unwrap();
    let table = run.table(TableKind::Events).unwrap();
    let near: Vec<_> = table.read_near(&["seq"], "seq", &[(200_000, 200_001)]).map(Result::unwrap).collect();
    let n: usize = near.iter().map(|r| r.len()).sum();
    assert_eq!(n, 131_072);
    assert_eq!(near[0].first_row(), 131_072);
    assert_eq!(near[0].ints("seq").unwrap().value(0), 131_072);
}
