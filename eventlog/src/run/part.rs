//! One Parquet file of a table: its footer, and sizes that are refused before anything is
//! allocated for them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::Schema;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;

use super::rows::PartRows;
use crate::error::RunError;
use crate::guard;
use crate::metadata::FOOTER_KEY;

/// A column chunk that claims to unpack to more than this is refused \[bytes\].
pub const MAX_CHUNK_BYTES: u64 = 2 << 30;
/// A column chunk above [`SUSPICIOUS_CHUNK_BYTES`] that claims a higher ratio is refused.
pub const MAX_RATIO: u64 = 2_000;
/// Chunks and row groups below this size may be as compressible as they like \[bytes\].
pub const SUSPICIOUS_CHUNK_BYTES: u64 = 64 << 20;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 16_384;

/// One Parquet file of a table.
#[derive(Debug)]
pub struct Part {
    label: String,
    path: PathBuf,
    first_row: i64,
    footer: ArrowReaderMetadata,
}

impl Part {
    pub(super) fn open(path: &Path, label: String, first_row: i64) -> Result<Self, RunError> {
        let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
        // A pipe would keep us waiting for a footer that never comes.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(RunError::NotARun {
                path: path.to_owned(),
                why: "neither a file nor a folder".to_owned(),
            });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let not_a_run = |why: String| RunError::NotARun { path: path.to_owned(), why };
        if size == 0 {
            return Err(not_a_run("the file is empty".to_owned()));
        }
        let mut head = [0_u8; 8];
        let n = read_up_to(&mut file, &mut head).map_err(unreadable)?;
        if !head[..n].starts_with(b"PAR1") {
            return Err(not_a_run(format!(
                "{}, not Parquet (a run is a Parquet file or a bundle folder)",
                kind_of(&head[..n])
            )));
        }
        let footer = guard::decoding(&label, || {
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| RunError::Damaged {
                file: label.clone(),
                why: format!("{e} (the file may be cut short: a Parquet file ends with its footer)"),
            })
        })?;
        let part = Self { label, path: path.to_owned(), first_row, footer };
        part.check_sizes(size)?;
        Ok(part)
    }

    /// Refuses sizes that no honest log has, before anything is allocated for them.
    fn check_sizes(&self, file_size: u64) -> Result<(), RunError> {
        const HINT: &str = "write the file anew with row groups of at most 1M rows";
        let too_large = |what: String, bytes, cap| RunError::TooLarge {
            file: self.label.clone(),
            what,
            bytes,
            cap,
            hint: HINT,
        };
        for (g, group) in self.footer.metadata().row_groups().iter().enumerate() {
            if group.num_rows() < 0 {
                return Err(RunError::Damaged {
                    file: self.label.clone(),
                    why: format!("row group {g} has a negative row count"),
                });
            }
            let sum = |size: fn(&ColumnChunkMetaData) -> i64| {
                group
                    .columns()
                    .iter()
                    .map(|c| u64::try_from(size(c)).unwrap_or(u64::MAX))
                    .fold(0_u64, u64::saturating_add)
            };
            let unpacked = sum(ColumnChunkMetaData::uncompressed_size);
            let packed = sum(ColumnChunkMetaData::compressed_size);
            if unpacked > SUSPICIOUS_CHUNK_BYTES && unpacked / packed.max(1) > MAX_RATIO {
                return Err(too_large(format!("row group {g}"), unpacked, SUSPICIOUS_CHUNK_BYTES));
            }
            for chunk in group.columns() {
                let bytes = u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX);
                let packed = u64::try_from(chunk.compressed_size()).unwrap_or(u64::MAX);
                let what =
                    || format!("column `{}` of row group {g}", chunk.column_path().string().escape_debug());
                if bytes > MAX_CHUNK_BYTES {
                    return Err(too_large(what(), bytes, MAX_CHUNK_BYTES));
                }
                if bytes > SUSPICIOUS_CHUNK_BYTES && bytes / packed.max(1) > MAX_RATIO {
                    return Err(too_large(what(), bytes, SUSPICIOUS_CHUNK_BYTES));
                }
                if packed > file_size {
                    return Err(RunError::Damaged {
                        file: self.label.clone(),
                        why: format!("{} is longer than the file", what()),
                    });
                }
            }
        }
        Ok(())
    }

    /// How messages name the file.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of the first row within the table.
    #[must_use]
    pub const fn first_row(&self) -> i64 {
        self.first_row
    }

    /// Rows in this part.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.footer.metadata().file_metadata().num_rows()
    }

    /// Arrow schema as read.
    #[must_use]
    pub fn schema(&self) -> &Arc<Schema> {
        self.footer.schema()
    }

    pub(super) fn footer_text(&self) -> Option<String> {
        self.footer
            .metadata()
            .file_metadata()
            .key_value_metadata()?
            .iter()
            .find(|kv| kv.key == FOOTER_KEY)
            .and_then(|kv| kv.value.clone())
    }

    /// Smallest and largest value of an Int64 column by row group, where the footer tells.
    #[must_use]
    pub fn int_ranges(&self, column: &str) -> Vec<Option<(i64, i64)>> {
        self.footer
            .metadata()
            .row_groups()
            .iter()
            .map(|group| {
                let chunk = group.columns().iter().find(|c| c.column_path().string() == column)?;
                match chunk.statistics()? {
                    Statistics::Int64(s) => Some((*s.min_opt()?, *s.max_opt()?)),
                    _ => None,
                }
            })
            .collect()
    }

    /// Rows and compressed bytes of the named columns, by row group.
    pub(super) fn group_sizes(&self, columns: &[&str]) -> Vec<(i64, u64)> {
        let named = |chunk: &&ColumnChunkMetaData| columns.contains(&chunk.column_path().string().as_str());
        let groups = self.footer.metadata().row_groups().iter();
        groups
            .map(|group| {
                let chunks = group.columns().iter().filter(named);
                let bytes = chunks.map(|c| u64::try_from(c.compressed_size()).unwrap_or(0)).sum();
                (group.num_rows(), bytes)
            })
            .collect()
    }

    /// Smallest and largest value of an Int64 or Float64 column in a row group, where the footer
    /// tells.
    pub(super) fn number_range(&self, group: usize, column: &str) -> Option<(f64, f64)> {
        let group = self.footer.metadata().row_groups().get(group)?;
        let chunk = group.columns().iter().find(|c| c.column_path().string() == column)?;
        match chunk.statistics()? {
            Statistics::Int64(s) => Some((*s.min_opt()? as f64, *s.max_opt()? as f64)),
            Statistics::Double(s) => Some((*s.min_opt()?, *s.max_opt()?)),
            _ => None,
        }
    }

    pub(super) fn groups_near(&self, key: &str, ranges: &[(i64, i64)]) -> Vec<usize> {
        self.int_ranges(key)
            .into_iter()
            .enumerate()
            .filter(|(_, known)| {
                known.is_none_or(|(min, max)| ranges.iter().any(|&(lo, hi)| lo <= max && min <= hi))
            })
            .map(|(g, _)| g)
            .collect()
    }

    pub(super) fn read<'a>(&'a self, columns: &'a [&'a str], groups: Option<Vec<usize>>) -> PartRows<'a> {
        let all = || (0..self.footer.metadata().num_row_groups()).collect();
        let mut groups: Vec<usize> = groups.unwrap_or_else(all);
        groups.reverse();
        PartRows::new(self, columns, groups)
    }

    /// Number of the first row of a row group within the table.
    pub(super) fn first_row_of(&self, group: usize) -> i64 {
        let before = self.footer.metadata().row_groups().iter().take(group);
        self.first_row + before.map(parquet::file::metadata::RowGroupMetaData::num_rows).sum::<i64>()
    }

    pub(super) fn reader(
        &self,
        columns: &[&str],
        group: usize,
    ) -> Result<ParquetRecordBatchReader, RunError> {
        let file = File::open(&self.path)
            .map_err(|source| RunError::Unreadable { path: self.path.clone(), source })?;
        let roots: Vec<usize> = self
            .schema()
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, f)| columns.contains(&f.name().as_str()))
            .map(|(i, _)| i)
            .collect();
        let damaged = |e: parquet::errors::ParquetError| RunError::Damaged {
            file: self.label.clone(),
            why: e.to_string(),
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        builder
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(damaged)
    }
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file.read(&mut buffer[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

/// What the first bytes of a file that is no Parquet look like.
fn kind_of(head: &[u8]) -> &'static str {
    match head {
        [0x89, b'P', b'N', b'G', ..] => "a PNG image",
        [b'P', b'K', ..] => "a ZIP archive",
        [0x1f, 0x8b, ..] => "a gzip file",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "a zstd file",
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => "an Arrow IPC file",
        [b'P', b'A', b'R', b'E', ..] => "an encrypted Parquet file",
        [b'{' | b'[', ..] => "JSON text",
        _ => "a file of another kind",
    }
}
