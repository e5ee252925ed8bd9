//! Streaming writers: rows in, row groups out, memory bounded by three row groups.
//!
//! A writer appends to a temporary file and renames it on [`TableWriter::finish`]; a writer that
//! is dropped leaves nothing behind. The same rows and metadata give the same bytes.
//!
//! One file for each table: what a row is, and its columns under construction. `column` and
//! `names` hold columns, `chunk` encodes them, `encoding` says how they are stored, `file` is the
//! Parquet file, `background` writes it while the producer goes on.

mod background;
mod calls;
mod chunk;
mod column;
mod encoding;
mod events;
mod file;
mod logs;
mod metrics;
mod names;
mod spans;

use std::path::Path;

use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::file::metadata::KeyValue;

use crate::error::RunError;
use crate::metadata::{FOOTER_KEY, RunMetadata};
use background::Sink;
use file::TableFile;

pub use calls::{CallColumns, CallRow, CallWriter};
pub use column::Column;
pub use events::{EventColumns, EventRow, EventWriter};
pub use logs::{LogColumns, LogRow, LogWriter};
pub use metrics::{MetricColumns, MetricRow, MetricWriter};
pub use spans::{SpanColumns, SpanRow, SpanWriter};

/// Rows of a row group: small enough for bounded memory, large enough for good compression.
pub const ROW_GROUP_ROWS: usize = 131_072;

/// Columns of a table under construction.
pub trait Columns {
    /// The borrowed row that is appended.
    type Row<'a>;
    /// Arrow schema of the batches.
    fn schema(&self) -> SchemaRef;
    /// Appends one row.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the row breaks the format.
    fn append(&mut self, row: &Self::Row<'_>) -> Result<(), RunError>;
    /// Takes what was appended, in schema order, and starts anew. `spent` are columns of an earlier
    /// batch, whose memory is used again, or none.
    fn take(&mut self, spent: Vec<Column>) -> Vec<Column>;
}

/// Writes one Parquet file of a run's table.
pub struct TableWriter<C: Columns> {
    columns: C,
    sink: Sink,
    rows: i64,
    buffered: usize,
}

impl<C: Columns> TableWriter<C> {
    /// Starts the file; `metadata` goes under the footer key `infra.run`.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] or [`RunError::Producer`].
    pub fn create(path: &Path, columns: C, metadata: Option<&RunMetadata>) -> Result<Self, RunError> {
        let footer = metadata
            .map(|m| serde_json::to_string(m).map(|json| vec![KeyValue::new(FOOTER_KEY.to_owned(), json)]))
            .transpose()
            .map_err(|e| RunError::Producer(format!("metadata cannot be written as JSON: {e}")))?;
        let file = TableFile::create(path, columns.schema(), footer)?;
        Ok(Self { columns, sink: Sink::Here(Box::new(file)), rows: 0, buffered: 0 })
    }

    /// Appends a row and returns its number in the file.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the row breaks the format, [`RunError::Unwritable`] if the disk
    /// does not take it, or did not take earlier rows; nothing appears at the destination then.
    #[inline]
    pub fn push(&mut self, row: &C::Row<'_>) -> Result<i64, RunError> {
        self.columns.append(row)?;
        let number = self.rows;
        self.rows += 1;
        self.buffered += 1;
        if self.buffered == ROW_GROUP_ROWS {
            self.buffered = 0;
            let spent = self.sink.spent();
            self.sink.write(self.columns.take(spent))?;
        }
        Ok(number)
    }

    /// Rows appended so far.
    #[must_use]
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// Completes the file and puts it in place. Returns the number of rows.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub fn finish(mut self) -> Result<i64, RunError> {
        let last = (self.buffered > 0).then(|| self.columns.take(Vec::new()));
        self.sink.finish(last)?;
        Ok(self.rows)
    }
}

/// A column of names that repeat.
fn dictionary(name: &str, nullable: bool) -> Field {
    let dtype = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Field::new(name, dtype, nullable)
}

/// A column of texts that hardly repeat.
fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}
