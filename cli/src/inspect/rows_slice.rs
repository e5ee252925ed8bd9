//! Rows of tables that count their rows by position: only the row groups that hold them are
//! decoded.

use std::fs::File;

use infra_eventlog::batch::Rows;
use infra_eventlog::run::{Part, Table};
use infra_eventlog::{RunError, guard};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::ranges::RowRange;
use super::rows::{RowSet, append, columns_of};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 16_384;

/// Reads a range of rows by position.
///
/// # Errors
/// [`RunError::Damaged`] if a part cannot be decoded.
pub(super) fn read(table: &Table, range: &RowRange) -> Result<RowSet, RunError> {
    let columns = columns_of(table);
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut rows = Vec::new();
    for part in table.parts() {
        let first = range.first.max(part.first_row());
        let last = range.last.min(part.first_row() + part.rows() - 1);
        if first <= last {
            read_part(part, &names, first, last, &mut rows)?;
        }
    }
    let columns = std::iter::once("row".to_owned()).chain(columns).collect();
    Ok(RowSet { range: *range, columns, rows })
}

fn read_part(
    part: &Part,
    names: &[&str],
    first: i64,
    last: i64,
    found: &mut Vec<Vec<Value>>,
) -> Result<(), RunError> {
    let mut next = first;
    for rows in guard::decoding(part.label(), || slice(part, names, first, last))? {
        let start = found.len();
        let all: Vec<usize> = (0..rows.len()).collect();
        append(&rows, names, &all, found)?;
        for row in &mut found[start..] {
            row.insert(0, Value::from(next));
            next += 1;
        }
    }
    Ok(())
}

/// The rows as they stand in the file, at most [`super::ranges::MAX_ROWS`] of them.
fn slice(part: &Part, names: &[&str], first: i64, last: i64) -> Result<Vec<Rows>, RunError> {
    let damaged = |why: String| RunError::Damaged { file: part.label().to_owned(), why };
    let file = File::open(part.path())
        .map_err(|source| RunError::Unreadable { path: part.path().to_owned(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(e.to_string()))?;
    let fields = part.schema().fields().iter().enumerate();
    let roots = fields.filter(|(_, field)| names.contains(&field.name().as_str())).map(|(i, _)| i);
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.collect::<Vec<_>>());
    let position = |row: i64| usize::try_from(row).unwrap_or(usize::MAX);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .with_offset(position(first - part.first_row()))
        .with_limit(position(last - first + 1))
        .build()
        .map_err(|e| damaged(e.to_string()))?;
    reader
        .map(|batch| batch.map_err(|e| damaged(e.to_string())))
        .map(|batch| Ok(Rows::new(part.label().to_owned(), first, batch?)))
        .collect()
}
