//! Rows of tables that count their rows by position: Polars slices a part, so that only the row
//! groups that hold them are read.

use infra_eventlog::run::{Part, Table};
use infra_eventlog::{RunError, guard};
use polars::prelude::{AnyValue, DataFrame, LazyFrame, PlRefPath, PolarsResult, ScanArgsParquet, col};
use serde_json::Value;

use super::ranges::RowRange;
use super::rows::{RowSet, columns_of, float};

/// Reads a range of rows by position.
///
/// # Errors
/// [`RunError::Damaged`] if a part cannot be decoded.
pub(super) fn read(table: &Table, range: &RowRange) -> Result<RowSet, RunError> {
    let columns = columns_of(table);
    let mut rows = Vec::new();
    for part in table.parts() {
        let first = range.first.max(part.first_row());
        let last = range.last.min(part.first_row() + part.rows() - 1);
        if first > last {
            continue;
        }
        let label = part.label();
        let df = guard::decoding(label, || {
            slice(part, &columns, first, last)
                .map_err(|e| RunError::Damaged { file: label.to_owned(), why: e.to_string() })
        })?;
        for i in 0..df.height() {
            let number = first + i64::try_from(i).unwrap_or(0);
            let cells = columns.iter().map(|name| cell(&df, name, i));
            rows.push(std::iter::once(Value::from(number)).chain(cells).collect());
        }
    }
    let columns = std::iter::once("row".to_owned()).chain(columns).collect();
    Ok(RowSet { range: *range, columns, rows })
}

fn slice(part: &Part, columns: &[String], first: i64, last: i64) -> PolarsResult<DataFrame> {
    let path = PlRefPath::new(part.path().to_string_lossy().as_ref());
    // A name with `*` in it is a name.
    let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
    let here = columns.iter().filter(|name| part.schema().field_with_name(name).is_ok());
    let length = u32::try_from(last - first + 1).unwrap_or(u32::MAX);
    LazyFrame::scan_parquet(path, args)?
        .select(here.map(|name| col(name.as_str())).collect::<Vec<_>>())
        .slice(first - part.first_row(), length)
        .collect()
}

fn cell(df: &DataFrame, name: &str, i: usize) -> Value {
    match df.column(name).and_then(|c| c.get(i)) {
        Ok(AnyValue::Int64(value)) => Value::from(value),
        Ok(AnyValue::Float64(value)) => float(value),
        Ok(value) => value.get_str().map_or(Value::Null, Value::from),
        Err(_) => Value::Null,
    }
}
