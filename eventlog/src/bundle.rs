//! Writing a bundle: a folder with `run.json` and one Parquet file per table.

use std::path::{Path, PathBuf};

use crate::atomic::{AtomicDir, write_file};
use crate::error::RunError;
use crate::metadata::RunMetadata;
use crate::schema::TableKind;
use crate::writer::{EventWriter, MetricColumns, MetricWriter};

/// Name of the metadata file in a bundle.
pub const METADATA_FILE: &str = "run.json";

/// A bundle under construction; it appears at its destination on [`BundleWriter::finish`].
#[derive(Debug)]
pub struct BundleWriter {
    dir: AtomicDir,
}

impl BundleWriter {
    /// Starts a bundle. An existing bundle of that name is replaced on success; any other folder
    /// with content is refused.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn create(path: &Path) -> Result<Self, RunError> {
        let dir = AtomicDir::create(path, |old| old.join(METADATA_FILE).is_file())?;
        Ok(Self { dir })
    }

    /// Where a table's file is being written.
    #[must_use]
    pub fn table_path(&self, table: TableKind) -> PathBuf {
        self.dir.path().join(format!("{table}.parquet"))
    }

    /// Starts the events table; its signal columns are those registered in `metadata`.
    ///
    /// # Errors
    /// As for [`EventWriter::part`].
    pub fn events(&self, metadata: &RunMetadata) -> Result<EventWriter, RunError> {
        EventWriter::part(&self.table_path(TableKind::Events), metadata)
    }

    /// Starts the metrics table.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn metrics(&self) -> Result<MetricWriter, RunError> {
        MetricWriter::create(&self.table_path(TableKind::Metrics), MetricColumns::default(), None)
    }

    /// Writes the metadata and puts the bundle in place. All table writers must be finished.
    ///
    /// # Errors
    /// [`RunError::Invalid`] if the metadata contradicts itself, else [`RunError::Unwritable`].
    pub fn finish(self, metadata: &RunMetadata) -> Result<(), RunError> {
        let problems = metadata.problems(METADATA_FILE);
        if !problems.is_empty() {
            return Err(RunError::Invalid(problems));
        }
        let mut json = serde_json::to_string_pretty(metadata)
            .map_err(|e| RunError::Producer(format!("metadata cannot be written as JSON: {e}")))?;
        json.push('\n');
        write_file(&self.dir.path().join(METADATA_FILE), json.as_bytes())?;
        self.dir.commit()
    }
}
