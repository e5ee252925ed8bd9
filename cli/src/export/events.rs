//! The raw events table.

use infra_eventlog::{RunError, TableKind, guard};
use infra_ingest::RunLog;
use infra_ingest::polars::prelude::{Column, DataFrame, DataType, NamedFrom, PolarsResult, Series};

use crate::redact;

/// Larger tables are left out: they are a Parquet file already.
pub(crate) const MAX_ROWS: i64 = 5_000_000;

/// The events table as a frame with plain texts; `None` if the run has none or a larger one.
///
/// # Errors
/// [`infra_ingest::IngestError`] if Polars cannot read it.
pub(crate) fn frame(log: &RunLog, redacted: bool) -> anyhow::Result<Option<DataFrame>> {
    let Some(rows) = log.run().table(TableKind::Events).map(infra_eventlog::run::Table::rows) else {
        return Ok(None);
    };
    if rows > MAX_ROWS {
        return Ok(None);
    }
    let name = log.run().name();
    let Some(lazy) = log.lazy(TableKind::Events)? else { return Ok(None) };
    let df = guard::decoding(name, || {
        let frame = lazy.collect().and_then(|df| plain(df, redacted));
        frame.map_err(|e| RunError::Damaged { file: name.to_owned(), why: e.to_string() })
    })?;
    Ok(Some(df))
}

fn plain(df: DataFrame, redacted: bool) -> PolarsResult<DataFrame> {
    let columns = df.columns().iter().map(|column| {
        let column = match column.dtype() {
            DataType::Categorical(..) => column.cast(&DataType::String)?,
            _ => column.clone(),
        };
        if redacted { replaced(column) } else { Ok(column) }
    });
    DataFrame::new_infer_height(columns.collect::<PolarsResult<Vec<Column>>>()?)
}

fn replaced(column: Column) -> PolarsResult<Column> {
    let replace: fn(&str) -> String = match column.name().as_str() {
        "message" => |_| redact::MARK.to_owned(),
        "attributes" => redact::attributes,
        _ => return Ok(column),
    };
    let values: Vec<Option<String>> = column.str()?.iter().map(|value| value.map(replace)).collect();
    Ok(Series::new(column.name().clone(), values).into())
}
