//! Writing a bundle: a folder with `run.json` and one Parquet file per table.

use std::path::{Path, PathBuf};

use crate::atomic::{AtomicDir, write_file};
use crate::error::RunError;
use crate::metadata::RunMetadata;
use crate::schema::TableKind;
use crate::writer::{
    CallColumns, CallWriter, Columns, EventWriter, LogColumns, LogWriter, MetricColumns, MetricWriter,
    SpanColumns, SpanWriter, TableWriter,
};

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
        self.table(TableKind::Metrics, MetricColumns::default())
    }

    /// Starts the spans table.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn spans(&self) -> Result<SpanWriter, RunError> {
        self.table(TableKind::Spans, SpanColumns::default())
    }

    /// Starts the logs table.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn logs(&self) -> Result<LogWriter, RunError> {
        self.table(TableKind::Logs, LogColumns::default())
    }

    /// Starts the calls table.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn calls(&self) -> Result<CallWriter, RunError> {
        self.table(TableKind::Calls, CallColumns::default())
    }

    fn table<C: Columns>(&self, kind: TableKind, columns: C) -> Result<TableWriter<C>, RunError> {
        TableWriter::create(&self.table_path(kind), columns, None)
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
