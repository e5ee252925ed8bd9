//! A run as metadata and lazy Polars frames.

use std::path::Path;

use infra_eventlog::schema::TableKind;
use infra_eventlog::{Run, RunError};
use polars::prelude::{LazyFrame, PlRefPath, ScanArgsParquet, UnionArgs, concat};

use crate::error::IngestError;
use crate::foreign::{self, ColumnMap};

/// How to open a run.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Column names of a foreign Parquet file; ignored for runs with our metadata.
    pub map: ColumnMap,
}

/// An opened run. A foreign Parquet file is mapped to a temporary run first and read from there.
#[derive(Debug)]
pub struct RunLog {
    run: Run,
    /// Keeps the mapped copy of a foreign file alive; removed when the log is dropped.
    _mapped: Option<foreign::MappedRun>,
}

impl RunLog {
    /// Opens a single-file run, a bundle, or a foreign Parquet file.
    ///
    /// # Errors
    /// [`IngestError`] naming the file and everything wrong with it.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, IngestError> {
        match Run::open(path) {
            Ok(run) => Ok(Self { run, _mapped: None }),
            Err(RunError::Foreign { .. }) => {
                let mapped = foreign::map(path, &options.map)?;
                let mut run = Run::open(mapped.path())?.renamed(mapped.name().to_owned());
                for note in mapped.notes() {
                    run.warn(note.clone());
                }
                Ok(Self { run, _mapped: Some(mapped) })
            },
            Err(e) => Err(e.into()),
        }
    }

    /// The run's footers and metadata.
    #[must_use]
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// A table as a lazy frame over all its parts, or `None` if the run lacks it.
    ///
    /// # Errors
    /// [`IngestError::Query`] if Polars cannot scan it.
    pub fn lazy(&self, table: TableKind) -> Result<Option<LazyFrame>, IngestError> {
        let Some(table) = self.run.table(table) else { return Ok(None) };
        let query = |source| IngestError::Query { file: self.run.name().to_owned(), source };
        let frames: Vec<LazyFrame> = table
            .parts()
            .iter()
            .map(|part| {
                let path = PlRefPath::new(part.path().to_string_lossy().as_ref());
                // A name with `*` in it is a name.
                let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
                LazyFrame::scan_parquet(path, args)
            })
            .collect::<Result<_, _>>()
            .map_err(query)?;
        concat(frames, UnionArgs::default()).map(Some).map_err(query)
    }
}
