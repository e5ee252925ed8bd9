//! Writes a run with arrow and parquet and none of our code: cargo run --example write_run -- RUN.parquet
//!
//! A database gets slow; a second later the cart does, then the shop. The columns are those of the
//! `events` table of format infra-run/1, the dependencies stand in the footer under `infra.run`.
use std::{error::Error, fs::File, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::{arrow::ArrowWriter, file::metadata::KeyValue, file::properties::WriterProperties};

const SLOW_FROM: [(&str, i64); 3] = [("db", 40), ("cart", 41), ("shop", 42)]; // seconds
const RUN: &str = r#"{"schema": "infra-run/1", "signals": [{"name": "latency", "unit": "s", "warning": 0.1}],
    "edges": [{"from": "shop", "to": "cart"}, {"from": "cart", "to": "db"}]}"#; // who depends on whom

pub(crate) fn write(path: &str) -> Result<(), Box<dyn Error>> {
    let rows: Vec<_> = (0..60).flat_map(|t| SLOW_FROM.map(|(s, at)| (t, s, t >= at))).collect();
    let latency =
        rows.iter().map(|&(t, _, slow)| 0.02 + 0.001 * (t % 7) as f64 + if slow { 0.3 } else { 0.0 });
    let ints = |values: Vec<i64>| Arc::new(Int64Array::from(values)) as ArrayRef;
    let texts = |values: Vec<&str>| Arc::new(StringArray::from(values)) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("seq", ints((0..rows.len() as i64).collect())),
        ("event_id", ints(rows.iter().map(|row| row.0).collect())),
        ("time_ns", ints(rows.iter().map(|row| row.0 * 1_000_000_000).collect())),
        ("event_type", texts(vec!["SAMPLE"; rows.len()])),
        ("source", texts(vec!["probe"; rows.len()])),
        ("service", texts(rows.iter().map(|row| row.1).collect())),
        ("latency", Arc::new(Float64Array::from_iter_values(latency)) as ArrayRef),
    ])?;
    let footer = vec![KeyValue::new("infra.run".to_owned(), RUN.to_owned())];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(footer)).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    write(&std::env::args().nth(1).ok_or("usage: write_run RUN.parquet")?)
}
