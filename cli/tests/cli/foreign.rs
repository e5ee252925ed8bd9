//! Logs that other people's programs wrote.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::support::{Columns, Folder, floats, ints, texts, write_parquet};

/// The ten-line writer: the documented schema, Arrow and Parquet, nothing of ours.
fn write_a_run(path: &std::path::Path) {
    let n = 60_i64;
    let service = |i: i64| if i % 2 == 0 { "db" } else { "web" };
    let stress = |i: i64| if i >= 40 - 6 * (i % 2 == 0) as i64 { 2.0 } else { 0.01 * (i % 3) as f64 };
    let int = |f: &dyn Fn(i64) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values((0..n).map(f))) };
    let text = |f: &dyn Fn(i64) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((0..n).map(f)))
    };
    let batch = RecordBatch::try_from_iter([
        ("seq", int(&|i| i)),
        ("event_id", int(&|i| i)),
        ("time_ns", int(&|i| i / 2 * 1_000_000_000)),
        ("event_type", text(&|_| "SAMPLE")),
        ("source", text(&|_| "probe")),
        ("service", text(&service)),
        ("stress", Arc::new(Float64Array::from_iter_values((0..n).map(stress))) as ArrayRef),
    ])
    .unwrap();
    let footer = r#"{"schema": "infra-run/1", "edges": [{"from": "web", "to": "db"}]}"#;
    let footer = vec![KeyValue::new("infra.run".to_owned(), footer.to_owned())];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(footer)).build();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn a_ten_line_writer_gets_a_full_report() {
    let folder = Folder::new();
    write_a_run(&folder.path("run.parquet"));
    folder.run("validate run.parquet").expect_code(0).says(&["ok"]);
    let said = folder.run("report run.parquet").expect_code(0);
    said.says(&["`db`", "`web`", "cascade", "## Timeline", "## Graph reasoning", "[row"]);
    let rank = folder.run("rank run.parquet --format csv").expect_code(0).out;
    assert!(rank.lines().nth(1).unwrap().starts_with("1,\"db\""), "{rank}");
}

/// Columns as somebody else names them.
fn theirs(time: &str, service: &str) -> Columns {
    let n = 80_i64;
    let level = |i: i64| if i >= 50 && i % 2 == 0 { 0.9 } else { 0.01 * (i % 5) as f64 };
    vec![
        ints(time, (0..n).map(|i| i / 2)),
        texts(service, (0..n).map(|i| Some(if i % 2 == 0 { "db" } else { "web" }))),
        floats("stress_level", (0..n).map(level)),
        texts("comment", (0..n).map(|_| Some("unused"))),
    ]
}

#[test]
fn a_foreign_table_is_mapped_by_name() {
    let folder = Folder::new();
    write_parquet(&folder.path("theirs.parquet"), &theirs("time", "service_id"), None);
    let said = folder.run("report theirs.parquet").expect_code(0);
    said.says(&["theirs.parquet", "`db`", "no infra-run metadata", "stress_level", "ticks"]);
    folder.run("inspect theirs.parquet").expect_code(0).says(&["services (2)", "stress"]);
    folder.run("inspect theirs.parquet --rows 50").expect_code(0).says(&["db", "0.9"]);
    // A foreign table is no run, and `validate` says so to writers of runs.
    folder.run("validate theirs.parquet").expect_code(3).complains(&["without infra-run metadata"]);
}

#[test]
fn a_foreign_table_is_mapped_by_hand() {
    let folder = Folder::new();
    write_parquet(&folder.path("theirs.parquet"), &theirs("wann", "wer"), None);
    let said = folder.run("report theirs.parquet").expect_code(3);
    said.complains(&["time_ns", "service", "--map", "wann", "wer"]);
    let line = "report theirs.parquet --map time_ns=wann --map service=wer";
    folder.run(line).expect_code(0).says(&["`db`", "--map service=wer"]);
    folder.run(&line.replace("wer", "were")).expect_code(3).complains(&["did you mean `wer`?"]);
    assert_eq!(folder.names(), ["theirs.parquet"]);
}

#[test]
fn the_example_of_a_writer_in_rust_is_a_whole_run() {
    let folder = Folder::new();
    crate::write_run::write(folder.path("run.parquet").to_str().unwrap()).unwrap();
    let said = folder.run("validate run.parquet").expect_code(0);
    assert_eq!(said.err, "");
    let report = folder.run("report run.parquet").expect_code(0);
    report.says(&["most probably started at `db`", "`db` (40 s) → `cart` (41 s) → `shop` (42 s)"]);
}
