//! Rows of a foreign file, brought into time order in memory.

use arrow::array::{Array, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;
use infra_eventlog::batch::Rows;
use infra_eventlog::run::Table;
use infra_eventlog::{RunError, guard};

use super::plan::Plan;
use super::times::{TimeColumn, time_column};
use crate::error::IngestError;

/// All rows of the file in time order.
pub(super) fn sorted_rows(
    file: &str,
    table: &Table,
    columns: &[&str],
    plan: &Plan,
) -> Result<Rows, IngestError> {
    let batches: Vec<RecordBatch> =
        table.read(columns).map(|rows| rows.map(|r| r.batch().clone())).collect::<Result<_, _>>()?;
    let Some(first) = batches.first() else {
        return Ok(Rows::new(file.to_owned(), 0, RecordBatch::new_empty(Schema::empty().into())));
    };
    let damaged =
        |e: arrow::error::ArrowError| RunError::Damaged { file: file.to_owned(), why: e.to_string() };
    let sorted = guard::decoding(file, || {
        let whole = concat_batches(&first.schema(), &batches).map_err(damaged)?;
        let order = time_order(file, &whole, &plan.fixed["time_ns"])?;
        take_record_batch(&whole, &order).map_err(damaged)
    })?;
    Ok(Rows::new(file.to_owned(), 0, sorted))
}

/// Row numbers in time order; equal times keep the file's order, rows without a time come last.
fn time_order(file: &str, whole: &RecordBatch, column: &str) -> Result<UInt64Array, RunError> {
    let time = time_column(file, whole, column)
        .map_err(|e| RunError::Damaged { file: file.to_owned(), why: e.to_string() })?;
    let mut rows: Vec<u64> = (0..whole.num_rows() as u64).collect();
    match &time {
        TimeColumn::Int(c) => rows.sort_by_key(|&i| (c.is_null(i as usize), c.value(i as usize))),
        TimeColumn::Float(c) => rows.sort_by(|&a, &b| {
            let key = |i: u64| if c.is_null(i as usize) { f64::INFINITY } else { c.value(i as usize) };
            key(a).total_cmp(&key(b))
        }),
    }
    Ok(UInt64Array::from(rows))
}
