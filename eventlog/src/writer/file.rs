//! The file of a table: row groups one after the other, then the footer.

use std::path::Path;

use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedFileWriter;

use super::{Column, chunk, encoding};
use crate::atomic::AtomicFile;
use crate::error::RunError;

/// A file under construction; dropped, it leaves nothing behind.
pub(super) struct TableFile {
    parquet: SerializedFileWriter<AtomicFile>,
    compressor: zstd::bulk::Compressor<'static>,
}

impl TableFile {
    /// Starts the file with this schema and these texts in the footer.
    pub(super) fn create(
        path: &Path,
        schema: SchemaRef,
        footer: Option<Vec<KeyValue>>,
    ) -> Result<Self, RunError> {
        let producer = |e: String| RunError::Producer(e);
        let compressor = encoding::compressor().map_err(|e| producer(e.to_string()))?;
        let file = AtomicFile::create(path)?;
        let arrow = ArrowWriter::try_new(file, schema, Some(encoding::properties(footer)));
        // Arrow's writer knows how to store the schema; the columns are encoded here.
        let parquet =
            arrow.and_then(ArrowWriter::into_serialized_writer).map_err(|e| producer(e.to_string()))?;
        Ok(Self { parquet: parquet.0, compressor })
    }

    /// Writes a row group.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub(super) fn write(&mut self, columns: Vec<Column>) -> Result<(), RunError> {
        let result = self.write_group(columns);
        result.map_err(|e| write_error(self.parquet.inner().destination(), e))
    }

    fn write_group(&mut self, columns: Vec<Column>) -> Result<(), ParquetError> {
        let descriptors = self.parquet.schema_descr().columns().to_vec();
        let mut group = self.parquet.next_row_group()?;
        for (column, descriptor) in columns.into_iter().zip(descriptors) {
            let (bytes, close) = chunk::encode(column, descriptor, &mut self.compressor)?;
            group.append_column(&bytes, close)?;
        }
        group.close()?;
        Ok(())
    }

    /// Writes the footer and puts the file in place.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub(super) fn finish(self) -> Result<(), RunError> {
        let path = self.parquet.inner().destination().to_owned();
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
