//! CSV and TSV through Polars, every cell as text.
//!
//! Types are not inferred: a text in a number column has to be counted with its row, which a
//! reader that guesses types cannot do.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use infra_eventlog::RunError;
use infra_eventlog::batch::Rows;
use infra_eventlog::guard;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, SerReader};

use super::packed::{self, Cap};

/// Larger text tables are refused: they are held in memory as a whole \[bytes\].
const MAX_CSV_BYTES: u64 = 4 << 30;

/// Packed ones are held unpacked, beside the cells \[bytes\].
const UNPACKED: Cap = Cap {
    bytes: 1 << 30,
    what: "the text table",
    hint: "convert it to Parquet, which is read piece by piece",
};

/// A first line that is longer names no columns \[bytes\].
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// Rows handed on at a time.
const BATCH_ROWS: usize = 65_536;

/// A text table in memory.
#[derive(Debug)]
pub(super) struct Csv {
    frame: DataFrame,
}

impl Csv {
    /// Reads a file whose first line names the columns.
    pub(super) fn open(path: &Path, label: &str, separator: u8) -> Result<Self, RunError> {
        if packed::is_packed(path)? {
            return Self::decode(Cursor::new(packed::read(path, label, UNPACKED)?), label, separator);
        }
        let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        if bytes > MAX_CSV_BYTES {
            return Err(RunError::TooLarge {
                file: label.to_owned(),
                what: UNPACKED.what.to_owned(),
                bytes,
                cap: MAX_CSV_BYTES,
                hint: UNPACKED.hint,
            });
        }
        Self::decode(file, label, separator)
    }

    /// Reads the first line only: a table without rows.
    pub(super) fn header(path: &Path, label: &str, separator: u8) -> Result<Self, RunError> {
        let mut head = packed::unpacked_head(path, label, MAX_HEADER_BYTES)?;
        let mut is_quoted = false;
        let end = head.iter().position(|byte| {
            is_quoted ^= *byte == b'"';
            *byte == b'\n' && !is_quoted
        });
        if end.is_none() && head.len() as u64 == MAX_HEADER_BYTES {
            let why = "no first line that could name columns".to_owned();
            return Err(RunError::Damaged { file: label.to_owned(), why });
        }
        head.truncate(end.map_or(head.len(), |end| end + 1));
        Self::decode(Cursor::new(head), label, separator)
    }

    fn decode(source: impl MmapBytesReader, label: &str, separator: u8) -> Result<Self, RunError> {
        let options = CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .with_parse_options(CsvParseOptions::default().with_separator(separator));
        let frame = guard::decoding(label, || {
            options.into_reader_with_file_handle(source).finish().map_err(|e| damaged(label, &e))
        })?;
        Ok(Self { frame })
    }

    /// Column names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.frame.get_column_names().into_iter().map(ToString::to_string).collect()
    }

    /// Hands on the named columns, batch by batch.
    pub(super) fn batches(
        &self,
        label: &str,
        columns: &[&str],
    ) -> impl Iterator<Item = Result<Rows, RunError>> {
        let starts = (0..self.frame.height()).step_by(BATCH_ROWS);
        starts.map(move |start| guard::decoding(label, || self.batch(label, columns, start)))
    }

    fn batch(&self, label: &str, columns: &[&str], start: usize) -> Result<Rows, RunError> {
        let offset = i64::try_from(start).unwrap_or(i64::MAX);
        let slice = self.frame.slice(offset, BATCH_ROWS);
        let mut fields = Vec::with_capacity(columns.len());
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
        for name in columns {
            let texts = slice.column(name).and_then(|c| c.str()).map_err(|e| damaged(label, &e))?;
            fields.push(Field::new(*name, DataType::Utf8, true));
            arrays.push(Arc::new(StringArray::from_iter(texts.iter())));
        }
        let batch = RecordBatch::try_new(Schema::new(fields).into(), arrays)
            .map_err(|e| RunError::Damaged { file: label.to_owned(), why: e.to_string() })?;
        Ok(Rows::new(label.to_owned(), offset, batch))
    }
}

/// Polars' messages end in advice about its own options; the first line says what is wrong.
fn damaged(label: &str, error: &polars::error::PolarsError) -> RunError {
    let text = error.to_string();
    let why = text.lines().next().unwrap_or("not a text table").to_owned();
    RunError::Damaged { file: label.to_owned(), why }
}
