//! Opening a run: strictly, with every problem listed at once, and nothing decoded but footers.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::statistics::Statistics;

use crate::batch::Rows;
use crate::bundle::METADATA_FILE;
use crate::error::{Place, Problem, RunError, nearest};
use crate::guard;
use crate::metadata::{FOOTER_KEY, MAX_METADATA_BYTES, RunMetadata};
use crate::schema::{ColumnType, Required, TableKind};

/// A column chunk that claims to unpack to more than this is refused \[bytes\].
pub const MAX_CHUNK_BYTES: u64 = 2 << 30;
/// A column chunk above [`SUSPICIOUS_CHUNK_BYTES`] that claims a higher ratio is refused.
pub const MAX_RATIO: u64 = 2_000;
/// Chunks below this size may be as compressible as they like \[bytes\].
pub const SUSPICIOUS_CHUNK_BYTES: u64 = 256 << 20;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 16_384;

/// An opened run: metadata and the footers of its tables.
#[derive(Debug)]
pub struct Run {
    name: String,
    path: PathBuf,
    is_bundle: bool,
    metadata: RunMetadata,
    metadata_text: String,
    tables: BTreeMap<TableKind, Table>,
    warnings: Vec<String>,
}

/// One table of a run: its parts in name order.
#[derive(Debug)]
pub struct Table {
    kind: TableKind,
    parts: Vec<Part>,
}

/// One Parquet file of a table.
#[derive(Debug)]
pub struct Part {
    label: String,
    path: PathBuf,
    first_row: i64,
    footer: ArrowReaderMetadata,
}

impl Run {
    /// Opens a single-file run or a bundle.
    ///
    /// # Errors
    /// [`RunError::Foreign`] for a Parquet file without our metadata; otherwise whichever of
    /// [`RunError`] fits, all schema problems at once.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
        let info = std::fs::metadata(path).map_err(unreadable)?;
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        if info.is_dir() { Self::open_bundle(path, name) } else { Self::open_file(path, name) }
    }

    fn open_file(path: &Path, name: String) -> Result<Self, RunError> {
        let part = Part::open(path, name.clone(), 0)?;
        let Some(text) = part.footer_text() else {
            return Err(RunError::Foreign { path: path.to_owned() });
        };
        let (metadata, warnings) = RunMetadata::parse(&text, &name)?;
        let mut run = Self {
            name,
            path: path.to_owned(),
            is_bundle: false,
            metadata,
            metadata_text: text,
            tables: BTreeMap::new(),
            warnings,
        };
        run.check_and_add(vec![(TableKind::Events, vec![part])])?;
        Ok(run)
    }

    fn open_bundle(path: &Path, name: String) -> Result<Self, RunError> {
        let metadata_path = path.join(METADATA_FILE);
        if !metadata_path.is_file() {
            return Err(RunError::NotARun {
                path: path.to_owned(),
                why: format!(
                    "a folder without `{METADATA_FILE}` (a bundle has it, beside events.parquet, metrics.parquet, ...)"
                ),
            });
        }
        let text = read_text(&metadata_path)?;
        let label = format!("{name}/{METADATA_FILE}");
        let (metadata, warnings) = RunMetadata::parse(&text, &label)?;
        let mut tables = Vec::new();
        for kind in TableKind::ALL {
            let mut parts = Vec::new();
            let mut first_row = 0;
            for (label, part_path) in part_files(path, &name, kind)? {
                let part = Part::open(&part_path, label, first_row)?;
                first_row += part.rows();
                parts.push(part);
            }
            if !parts.is_empty() {
                tables.push((kind, parts));
            }
        }
        if tables.is_empty() {
            return Err(RunError::NotARun {
                path: path.to_owned(),
                why: "a bundle without tables (expected events.parquet, metrics.parquet, ... or folders of parts)".to_owned(),
            });
        }
        let mut run = Self {
            name,
            path: path.to_owned(),
            is_bundle: true,
            metadata,
            metadata_text: text,
            tables: BTreeMap::new(),
            warnings,
        };
        run.check_and_add(tables)?;
        Ok(run)
    }

    fn check_and_add(&mut self, tables: Vec<(TableKind, Vec<Part>)>) -> Result<(), RunError> {
        let mut problems = Vec::new();
        for (kind, parts) in &tables {
            for part in parts {
                schema_problems(*kind, part, &self.metadata, &mut problems, &mut self.warnings);
            }
        }
        if !problems.is_empty() {
            return Err(RunError::Invalid(problems));
        }
        self.tables = tables.into_iter().map(|(kind, parts)| (kind, Table { kind, parts })).collect();
        Ok(())
    }

    /// File or folder name, without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path it was opened from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a folder of tables.
    #[must_use]
    pub const fn is_bundle(&self) -> bool {
        self.is_bundle
    }

    /// What is known about the run as a whole.
    #[must_use]
    pub const fn metadata(&self) -> &RunMetadata {
        &self.metadata
    }

    /// The metadata as it was written.
    #[must_use]
    pub fn metadata_text(&self) -> &str {
        &self.metadata_text
    }

    /// Things worth telling that did not stop the reading.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Adds something worth telling (what was inferred for a foreign file, say).
    pub fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// Names the run as the user knows it (a foreign file is read through a temporary copy).
    #[must_use]
    pub fn renamed(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    /// A table, if the run has it.
    #[must_use]
    pub fn table(&self, kind: TableKind) -> Option<&Table> {
        self.tables.get(&kind)
    }

    /// All tables of the run.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }
}

impl Table {
    /// Opens a Parquet file of any shape, as raw material for a mapping. Sizes are capped as for
    /// runs; no schema is asked for.
    ///
    /// # Errors
    /// [`RunError`] if it is no readable Parquet file.
    pub fn foreign(path: &Path) -> Result<Self, RunError> {
        let label = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(Self { kind: TableKind::Events, parts: vec![Part::open(path, label, 0)?] })
    }

    /// Which table.
    #[must_use]
    pub const fn kind(&self) -> TableKind {
        self.kind
    }

    /// Its files, in name order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Rows in all parts.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.parts.iter().map(Part::rows).sum()
    }

    /// Names of the Float64 columns that the format does not fix: the signals of `events`.
    #[must_use]
    pub fn signal_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for part in &self.parts {
            for field in part.schema().fields() {
                let fixed = self.kind.columns().iter().any(|c| c.name == field.name());
                if !fixed && *field.data_type() == DataType::Float64 && !names.contains(field.name()) {
                    names.push(field.name().clone());
                }
            }
        }
        names
    }

    /// Reads the named columns, batch by batch, in row order. Columns that a part lacks are
    /// absent from its batches.
    ///
    /// # Errors
    /// Each item may be [`RunError::Damaged`] or [`RunError::TooLarge`].
    pub fn read<'a>(&'a self, columns: &'a [&'a str]) -> impl Iterator<Item = Result<Rows, RunError>> + 'a {
        self.parts.iter().flat_map(move |part| part.read(columns, None))
    }

    /// Like [`Table::read`], but skips row groups whose footer shows that Int64 column `key`
    /// holds no value in any of `ranges` (inclusive). Rows outside the ranges may still come:
    /// the caller filters.
    pub fn read_near<'a>(
        &'a self,
        columns: &'a [&'a str],
        key: &str,
        ranges: &[(i64, i64)],
    ) -> impl Iterator<Item = Result<Rows, RunError>> + 'a {
        let groups: Vec<Vec<usize>> = self.parts.iter().map(|p| p.groups_near(key, ranges)).collect();
        self.parts.iter().zip(groups).flat_map(move |(part, groups)| part.read(columns, Some(groups)))
    }
}

impl Part {
    fn open(path: &Path, label: String, first_row: i64) -> Result<Self, RunError> {
        let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
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

    fn footer_text(&self) -> Option<String> {
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

    fn groups_near(&self, key: &str, ranges: &[(i64, i64)]) -> Vec<usize> {
        self.int_ranges(key)
            .into_iter()
            .enumerate()
            .filter(|(_, known)| {
                known.is_none_or(|(min, max)| ranges.iter().any(|&(lo, hi)| lo <= max && min <= hi))
            })
            .map(|(g, _)| g)
            .collect()
    }

    fn read<'a>(&'a self, columns: &'a [&'a str], groups: Option<Vec<usize>>) -> PartRows<'a> {
        let all = || (0..self.footer.metadata().num_row_groups()).collect();
        let mut groups: Vec<usize> = groups.unwrap_or_else(all);
        groups.reverse();
        PartRows { part: self, columns, groups, reading: None }
    }

    /// Number of the first row of a row group within the table.
    fn first_row_of(&self, group: usize) -> i64 {
        let before = self.footer.metadata().row_groups().iter().take(group);
        self.first_row + before.map(parquet::file::metadata::RowGroupMetaData::num_rows).sum::<i64>()
    }

    fn reader(&self, columns: &[&str], group: usize) -> Result<ParquetRecordBatchReader, RunError> {
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

/// Batches of one part, row group by row group.
struct PartRows<'a> {
    part: &'a Part,
    columns: &'a [&'a str],
    /// Row groups still to come, last first.
    groups: Vec<usize>,
    /// The open row group and the number of its next row.
    reading: Option<(Box<ParquetRecordBatchReader>, i64)>,
}

impl PartRows<'_> {
    fn step(&mut self) -> Result<Option<Rows>, RunError> {
        let label = &self.part.label;
        loop {
            if let Some((reader, next_row)) = &mut self.reading {
                let batch = guard::decoding(label, || {
                    let damaged = |e: arrow::error::ArrowError| RunError::Damaged {
                        file: label.clone(),
                        why: e.to_string(),
                    };
                    reader.next().transpose().map_err(damaged)
                })?;
                if let Some(batch) = batch {
                    let first_row = *next_row;
                    *next_row += i64::try_from(batch.num_rows()).unwrap_or(0);
                    return Ok(Some(Rows::new(label.clone(), first_row, batch)));
                }
                self.reading = None;
            }
            let Some(group) = self.groups.pop() else { return Ok(None) };
            let reader = guard::decoding(label, || self.part.reader(self.columns, group))?;
            self.reading = Some((Box::new(reader), self.part.first_row_of(group)));
        }
    }
}

impl Iterator for PartRows<'_> {
    type Item = Result<Rows, RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            // What follows a damaged page is not to be trusted.
            self.groups.clear();
            self.reading = None;
        }
        step.transpose()
    }
}

fn schema_problems(
    kind: TableKind,
    part: &Part,
    metadata: &RunMetadata,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) {
    let schema = part.schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    for column in kind.columns() {
        let place = Place::new(part.label.clone(), format!("column `{}`", column.name));
        match schema.field_with_name(column.name) {
            Ok(field) if !fits(field.data_type(), column.dtype) => {
                let what = format!("is {}, must be {}", field.data_type(), column.dtype);
                problems.push(Problem::new(place, what));
            },
            Ok(_) => {},
            Err(_) if column.required == Required::Optional => {},
            Err(_) => {
                let unknown = names.iter().copied().filter(|n| !kind.columns().iter().any(|c| c.name == *n));
                let mut problem = Problem::new(place, format!("missing from table {kind}"));
                if let Some(near) = nearest(column.name, unknown) {
                    problem = problem.hint(format!("`{}` looks close", near.escape_debug()));
                }
                problems.push(problem);
            },
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for field in schema.fields() {
        if !seen.insert(field.name().as_str()) {
            let place = Place::new(part.label.clone(), format!("column `{}`", field.name().escape_debug()));
            problems.push(Problem::new(place, "is there twice"));
        }
        let fixed = kind.columns().iter().any(|c| c.name == field.name());
        if kind != TableKind::Events || fixed || *field.data_type() == DataType::Float64 {
            continue;
        }
        if metadata.signals.iter().any(|s| s.name == *field.name()) {
            let place = Place::new(part.label.clone(), format!("column `{}`", field.name().escape_debug()));
            let what = format!("is a registered signal of type {}, must be Float64", field.data_type());
            problems.push(Problem::new(place, what));
        } else {
            warnings.push(format!(
                "{}: column `{}` of type {} is neither part of the format nor a Float64 signal; ignored",
                part.label,
                field.name().escape_debug(),
                field.data_type()
            ));
        }
    }
}

fn fits(found: &DataType, wanted: ColumnType) -> bool {
    match wanted {
        ColumnType::Int64 => *found == DataType::Int64,
        ColumnType::Float64 => *found == DataType::Float64,
        ColumnType::Text => match found {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
            DataType::Dictionary(_, values) => {
                matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            },
            _ => false,
        },
    }
}

fn part_files(dir: &Path, name: &str, kind: TableKind) -> Result<Vec<(String, PathBuf)>, RunError> {
    let file = dir.join(format!("{kind}.parquet"));
    if file.is_file() {
        return Ok(vec![(format!("{name}/{kind}.parquet"), file)]);
    }
    let folder = dir.join(kind.name());
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |source| RunError::Unreadable { path: folder.clone(), source };
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|e| e == "parquet") {
            let part = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            parts.push((format!("{name}/{kind}/{part}"), path));
        }
    }
    parts.sort();
    Ok(parts)
}

fn read_text(path: &Path) -> Result<String, RunError> {
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_METADATA_BYTES {
        return Err(RunError::TooLarge {
            file: path.display().to_string(),
            what: "the metadata".to_owned(),
            bytes: size,
            cap: MAX_METADATA_BYTES,
            hint: "put services and edges into tables of the bundle",
        });
    }
    std::fs::read_to_string(path).map_err(unreadable)
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
