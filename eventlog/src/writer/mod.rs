//! Streaming writers: rows in, row groups out, memory bounded by one row group.
//!
//! A writer appends to a temporary file and renames it on [`TableWriter::finish`]; a writer that
//! is dropped leaves nothing behind. The same rows and metadata give the same bytes.
//!
//! One file for each table: what a row is, and its columns under construction. `names` holds
//! columns of names, `encoding` says how columns are stored.

mod calls;
mod encoding;
mod events;
mod logs;
mod metrics;
mod names;
mod spans;

use std::path::Path;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;

use crate::atomic::AtomicFile;
use crate::error::RunError;
use crate::metadata::{FOOTER_KEY, RunMetadata};

pub use calls::{CallColumns, CallRow, CallWriter};
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
    /// Takes what was appended, in schema order, and starts anew.
    ///
    /// # Errors
    /// [`RunError::Producer`] if it is more than a column can hold.
    fn take(&mut self) -> Result<Vec<ArrayRef>, RunError>;
}

/// Writes one Parquet file of a run's table.
pub struct TableWriter<C: Columns> {
    columns: C,
    arrow: ArrowWriter<AtomicFile>,
    schema: SchemaRef,
    rows: i64,
    buffered: usize,
}

impl<C: Columns> TableWriter<C> {
    /// Starts the file; `metadata` goes under the footer key `infra.run`.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] or [`RunError::Producer`].
    pub fn create(path: &Path, columns: C, metadata: Option<&RunMetadata>) -> Result<Self, RunError> {
        let file = AtomicFile::create(path)?;
        let footer = metadata
            .map(|m| serde_json::to_string(m).map(|json| vec![KeyValue::new(FOOTER_KEY.to_owned(), json)]))
            .transpose()
            .map_err(|e| RunError::Producer(format!("metadata cannot be written as JSON: {e}")))?;
        let schema = columns.schema();
        let properties = encoding::properties(&schema, footer)?;
        let arrow = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|e| RunError::Producer(e.to_string()))?;
        Ok(Self { columns, arrow, schema, rows: 0, buffered: 0 })
    }

    /// Appends a row and returns its number in the file.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the row breaks the format, [`RunError::Unwritable`] if the disk
    /// does not take it; nothing appears at the destination then.
    pub fn push(&mut self, row: &C::Row<'_>) -> Result<i64, RunError> {
        self.columns.append(row)?;
        let number = self.rows;
        self.rows += 1;
        self.buffered += 1;
        if self.buffered == ROW_GROUP_ROWS {
            self.flush()?;
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
        self.flush()?;
        let path = self.arrow.inner().destination().to_owned();
        let file = self.arrow.into_inner().map_err(|e| write_error(&path, e))?;
        file.commit()?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<(), RunError> {
        if self.buffered == 0 {
            return Ok(());
        }
        self.buffered = 0;
        let batch = RecordBatch::try_new(self.schema.clone(), self.columns.take()?)
            .map_err(|e| RunError::Producer(e.to_string()))?;
        let path = self.arrow.inner().destination().to_owned();
        self.arrow.write(&batch).and_then(|()| self.arrow.flush()).map_err(|e| write_error(&path, e))
    }
}

fn write_error(path: &Path, error: parquet::errors::ParquetError) -> RunError {
    let source = match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other.to_string()),
        },
        other => std::io::Error::other(other.to_string()),
    };
    RunError::Unwritable { path: path.to_owned(), source }
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
