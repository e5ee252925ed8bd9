//! A run's own tables as frames, batch by batch.
//!
//! Built from the run's own batches, not by a Polars query: the query engine alone would add a
//! tenth to the binary. Texts become plain, and every batch has all columns of the table, whoever
//! wrote its part.

use infra_eventlog::batch::Rows;
use infra_eventlog::check::column_type;
use infra_eventlog::run::Table;
use infra_eventlog::schema::ColumnType;
use infra_eventlog::{RunError, TableKind};
use infra_ingest::RunLog;
use infra_ingest::polars::prelude::{Column, DataFrame, NamedFrom, Series};

use crate::error::AnalysisError;
use crate::session::redact;

/// Larger tables are not exported: they are a Parquet file already.
pub const MAX_ROWS: i64 = 5_000_000;

/// The events table as one frame; `None` if the run has none or one of more than [`MAX_ROWS`].
///
/// # Errors
/// [`AnalysisError::Ingest`] if it cannot be decoded.
pub fn events(log: &RunLog, redacted: bool) -> Result<Option<DataFrame>, AnalysisError> {
    let Some(table) = log.run().table(TableKind::Events).filter(|t| t.rows() <= MAX_ROWS) else {
        return Ok(None);
    };
    let shape = Shape::of(table);
    let mut frame: Option<DataFrame> = None;
    for rows in table.read(&shape.names()) {
        let batch = shape.frame(&rows?, redacted)?;
        match &mut frame {
            Some(frame) => drop(frame.vstack_mut(&batch)?),
            None => frame = Some(batch),
        }
    }
    frame.map_or_else(|| shape.nothing(), Ok).map(Some)
}

/// Names of a table's columns: the fixed ones that it has, then signals.
#[derive(Clone, Debug)]
pub struct Shape {
    kind: TableKind,
    names: Vec<String>,
    signals: Vec<String>,
}

impl Shape {
    /// The columns of a table, over all its parts.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let here = |name: &str| table.parts().iter().any(|p| p.schema().field_with_name(name).is_ok());
        let fixed = table.kind().columns().iter().map(|c| c.name).filter(|name| here(name));
        // Only events have signals as columns; other tables may have columns that mean nothing here.
        let signals = if table.kind() == TableKind::Events { table.signal_columns() } else { Vec::new() };
        let names = fixed.map(str::to_owned).chain(signals.iter().cloned()).collect();
        Self { kind: table.kind(), names, signals }
    }

    /// A frame of these columns without rows.
    ///
    /// # Errors
    /// [`AnalysisError::Frame`], a bug.
    pub fn nothing(&self) -> Result<DataFrame, AnalysisError> {
        let columns = self.names.iter().map(|name| self.empty(name)).collect();
        Ok(DataFrame::new_infer_height(columns)?)
    }

    /// The columns to read.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    /// A batch of the table's rows as a frame. With `redacted`, messages and attribute values are
    /// replaced.
    ///
    /// # Errors
    /// [`AnalysisError::Ingest`] if texts cannot be read.
    pub fn frame(&self, rows: &Rows, redacted: bool) -> Result<DataFrame, AnalysisError> {
        let columns: Result<Vec<Column>, RunError> =
            self.names.iter().map(|name| self.column(rows, name, redacted)).collect();
        Ok(DataFrame::new(rows.len(), columns?)?)
    }

    /// A column of one batch; all null where a part lacks it.
    fn column(&self, rows: &Rows, name: &str, redacted: bool) -> Result<Column, RunError> {
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
            Series::full_null(name.into(), n, self.empty(name).dtype())
        };
        Ok(series.into())
    }

    /// A column without rows, of the type that the format gives it.
    fn empty(&self, name: &str) -> Column {
        let name_of = name.into();
        let series = match column_type(self.kind, name) {
            _ if self.signals.iter().any(|s| s == name) => Series::new(name_of, Vec::<f64>::new()),
            Some(ColumnType::Int64) => Series::new(name_of, Vec::<i64>::new()),
            Some(ColumnType::Float64) => Series::new(name_of, Vec::<f64>::new()),
            Some(ColumnType::Text) | None => Series::new(name_of, Vec::<&str>::new()),
        };
        series.into()
    }
}

fn replacement(name: &str) -> Option<fn(&str) -> String> {
    match name {
        "message" => Some(|_| redact::MARK.to_owned()),
        "attributes" => Some(redact::attributes),
        _ => None,
    }
}
