//! Opening a run: strictly, with every problem listed at once, and nothing decoded but footers.
//!
//! [`Run`] finds its tables; `table` reads them; `part` is one file, its sizes capped;
//! `rows` decodes it row group by row group; `schema` says what is wrong with its columns.

mod ahead;
mod part;
mod rows;
mod schema;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::bundle::METADATA_FILE;
use crate::error::RunError;
use crate::metadata::{MAX_METADATA_BYTES, RunMetadata};
use crate::schema::TableKind;

pub use part::{MAX_CHUNK_BYTES, MAX_RATIO, Part, SUSPICIOUS_CHUNK_BYTES};
pub use table::{GroupRef, Table};

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
                schema::problems(*kind, part, &self.metadata, &mut problems, &mut self.warnings);
            }
        }
        if !problems.is_empty() {
            return Err(RunError::Invalid(problems));
        }
        for (kind, parts) in &tables {
            self.warnings.extend(schema::differing(*kind, parts));
        }
        self.tables = tables.into_iter().map(|(kind, parts)| (kind, Table::new(kind, parts))).collect();
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
