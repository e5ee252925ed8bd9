//! The raw events table.
//!
//! Built from the run's own batches, not by a Polars query: the query engine alone would add a
//! tenth to the binary.

use infra_eventlog::batch::Rows;
use infra_eventlog::run::Table;
use infra_eventlog::{RunError, TableKind};
use infra_ingest::RunLog;
use infra_ingest::polars::prelude::{Column, DataFrame, NamedFrom, Series};

use crate::exit::CliError;
use crate::redact;

/// Larger tables are left out: they are a Parquet file already.
pub(crate) const MAX_ROWS: i64 = 5_000_000;

/// The events table as a frame with plain texts; `None` if the run has none or a larger one.
///
/// # Errors
/// [`RunError`] if it cannot be decoded.
pub(crate) fn frame(log: &RunLog, redacted: bool) -> anyhow::Result<Option<DataFrame>> {
    let Some(table) = log.run().table(TableKind::Events).filter(|t| t.rows() <= MAX_ROWS) else {
        return Ok(None);
    };
    let internal = |e: infra_ingest::polars::error::PolarsError| CliError::Internal(e.to_string());
    let names = columns(table);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let signals = table.signal_columns();
    let mut frame: Option<DataFrame> = None;
    for rows in table.read(&names) {
        let rows = rows?;
        let columns =
            names.iter().map(|name| column(&rows, name, &signals, redacted)).collect::<Result<_, _>>()?;
        let batch = DataFrame::new_infer_height(columns).map_err(internal)?;
        match &mut frame {
            Some(frame) => drop(frame.vstack_mut(&batch).map_err(internal)?),
            None => frame = Some(batch),
        }
    }
    if frame.is_none() {
        let nothing = names.iter().map(|name| empty(name, &signals)).collect();
        frame = Some(DataFrame::new_infer_height(nothing).map_err(internal)?);
    }
    Ok(frame)
}

/// Fixed columns that the table has, then signals.
fn columns(table: &Table) -> Vec<String> {
    let here = |name: &str| table.parts().iter().any(|p| p.schema().field_with_name(name).is_ok());
    let fixed = table.kind().columns().iter().map(|c| c.name).filter(|name| here(name));
    fixed.map(str::to_owned).chain(table.signal_columns()).collect()
}

/// A column of one batch; all null where a part lacks it.
fn column(rows: &Rows, name: &str, signals: &[String], redacted: bool) -> Result<Column, RunError> {
    let n = rows.len();
    let series = if let Some(ints) = rows.ints(name) {
        Series::new(name.into(), ints.iter().collect::<Vec<Option<i64>>>())
    } else if let Some(floats) = rows.floats(name) {
        Series::new(name.into(), floats.iter().collect::<Vec<Option<f64>>>())
    } else if let Some(texts) = rows.texts(name)? {
        match replacement(name).filter(|_| redacted) {
            Some(replace) => {
                Series::new(name.into(), (0..n).map(|i| texts.get(i).map(replace)).collect::<Vec<_>>())
            },
            None => Series::new(name.into(), (0..n).map(|i| texts.get(i)).collect::<Vec<_>>()),
        }
    } else {
        Series::full_null(name.into(), n, empty(name, signals).dtype())
    };
    Ok(series.into())
}

fn replacement(name: &str) -> Option<fn(&str) -> String> {
    match name {
        "message" => Some(|_| redact::MARK.to_owned()),
        "attributes" => Some(redact::attributes),
        _ => None,
    }
}

/// A column without rows, of the type that the format gives it.
fn empty(name: &str, signals: &[String]) -> Column {
    use infra_eventlog::check::column_type;
    use infra_eventlog::schema::ColumnType;
    let name_of = name.into();
    let series = match column_type(TableKind::Events, name) {
        _ if signals.iter().any(|s| s == name) => Series::new(name_of, Vec::<f64>::new()),
        Some(ColumnType::Int64) => Series::new(name_of, Vec::<i64>::new()),
        Some(ColumnType::Float64) => Series::new(name_of, Vec::<f64>::new()),
        Some(ColumnType::Text) | None => Series::new(name_of, Vec::<&str>::new()),
    };
    series.into()
}
