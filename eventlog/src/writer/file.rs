//! The file of a table: row groups one after the other, then the footer.

use std::path::Path;

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;

use super::chunk::{self, Scratch};
use super::{Column, encoding};
use crate::atomic::AtomicFile;
use crate::error::RunError;

/// Encodes row groups; it needs no file.
pub(super) struct Encoder {
    columns: Vec<ColumnDescPtr>,
    scratch: Scratch,
}

/// An encoded row group.
pub(super) struct Group(Vec<(Bytes, ColumnCloseResult)>);

impl Encoder {
    fn new(columns: Vec<ColumnDescPtr>) -> Result<Self, RunError> {
        let scratch = Scratch::new().map_err(|e| RunError::Producer(e.to_string()))?;
        Ok(Self { columns, scratch })
    }

    /// Another one for the same table.
    pub(super) fn another(&self) -> Result<Self, RunError> {
        Self::new(self.columns.clone())
    }

    /// Encodes a row group for the file at `path`.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub(super) fn encode(&mut self, columns: &[Column], path: &Path) -> Result<Group, RunError> {
        let all = columns.iter().zip(&self.columns);
        let chunks = all.map(|(column, descriptor)| {
            chunk::encode(column, descriptor.clone(), &mut self.scratch).map_err(|e| write_error(path, e))
        });
        Ok(Group(chunks.collect::<Result<_, _>>()?))
    }
}

/// A file under construction; dropped, it leaves nothing behind.
pub(super) struct TableFile {
    parquet: SerializedFileWriter<AtomicFile>,
    pub(super) encoder: Encoder,
}

impl TableFile {
    /// Starts the file with this schema and these texts in the footer.
    pub(super) fn create(
        path: &Path,
        schema: SchemaRef,
        footer: Option<Vec<KeyValue>>,
    ) -> Result<Self, RunError> {
        let producer = |e: ParquetError| RunError::Producer(e.to_string());
        let file = AtomicFile::create(path)?;
        // Arrow's writer knows how to store the schema; the columns are encoded here.
        let arrow = ArrowWriter::try_new(file, schema, Some(encoding::properties(footer)));
        let (parquet, _) = arrow.and_then(ArrowWriter::into_serialized_writer).map_err(producer)?;
        let encoder = Encoder::new(parquet.schema_descr().columns().to_vec())?;
        Ok(Self { parquet, encoder })
    }

    /// Where the file will appear.
    pub(super) fn destination(&self) -> &Path {
        self.parquet.inner().destination()
    }

    /// Encodes and writes a row group.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub(super) fn write(&mut self, columns: &[Column]) -> Result<(), RunError> {
        let path = self.parquet.inner().destination();
        let group = self.encoder.encode(columns, path)?;
        self.append(group)
    }

    /// Writes an encoded row group.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub(super) fn append(&mut self, group: Group) -> Result<(), RunError> {
        let result = self.append_chunks(group);
        result.map_err(|e| write_error(self.destination(), e))
    }

    fn append_chunks(&mut self, group: Group) -> Result<(), ParquetError> {
        let mut row_group = self.parquet.next_row_group()?;
        for (bytes, close) in group.0 {
            row_group.append_column(&bytes, close)?;
        }
        row_group.close()?;
        Ok(())
    }

    /// Writes the footer and puts the file in place.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub(super) fn finish(self) -> Result<(), RunError> {
        let path = self.destination().to_owned();
        let file = self.parquet.into_inner().map_err(|e| write_error(&path, e))?;
        file.commit()
    }
}

fn write_error(path: &Path, error: ParquetError) -> RunError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other.to_string()),
        },
        other => std::io::Error::other(other.to_string()),
    };
    RunError::Unwritable { path: path.to_owned(), source }
}
