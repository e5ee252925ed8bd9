//! What can go wrong while rankings are evaluated.

use std::path::PathBuf;

use infra_eventlog::RunError;
use infra_ingest::IngestError;

use crate::error::AnalysisError;

/// Why a folder could not be evaluated. A single case that fails is no error but a failed row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// An input could not be imported or read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A run could not be read or an output not written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The analysis failed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The folder is neither a data set nor a folder of runs.
    #[error("{}: {what}", .dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What was looked for, and what to do.
        what: String,
    },
    /// A case of the folder cannot be ranked.
    #[error("{0}")]
    Case(String),
    /// The evaluation was made, but not of everything that it was asked for.
    #[error("the evaluation is incomplete:\n{}", .0.join("\n"))]
    Incomplete(
        /// One line a problem.
        Vec<String>,
    ),
    /// Labels cannot be used.
    #[error("{file}: {what}")]
    Labels {
        /// The label file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
}
