//! Flags of `compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{FocusArgs, MethodArgs};

/// Show what changed between two runs, or two folders of runs
#[derive(Debug, Args)]
#[command(after_help = "\
BASE and CANDIDATE are runs (Parquet files or bundles), reports (JSON, infra-report/1), or folders of
either. Folders are paired by file stem, else by scenario and seed; what has no counterpart is listed.

With --spread each change is held against runs of the same scenario with other seeds; without it
every change counts. Reports are taken as they are: the options of the analysis are for runs.

Example:
  infra-analyze compare before.parquet after.parquet --spread seeds
  infra-analyze compare reports/main reports/branch --format html -o compare.html --fail-on worse")]
pub(crate) struct CompareArgs {
    /// What is compared with: a run, a report (JSON), or a folder of either
    pub(crate) base: PathBuf,
    /// What is compared: one of the same kind
    pub(crate) candidate: PathBuf,
    /// Folder of runs or reports of the base's scenario with other seeds: how far seeds differ; at
    /// least five, better twenty
    #[arg(long, value_name = "DIR")]
    pub(crate) spread: Option<PathBuf>,
    /// End with exit code 1 if something changed that the spread does not explain: for the worse, or
    /// at all; may be repeated
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    pub(crate) fail_on: Vec<CompareGate>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CompareFormat,
    #[command(flatten)]
    pub(crate) focus: FocusArgs,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}

/// What may trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareGate {
    /// Something changed for the worse
    Worse,
    /// Anything changed, or a run has no counterpart
    Changed,
}

/// Formats of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// Markdown
    #[default]
    Md,
    /// One HTML page that loads nothing
    Html,
    /// JSON, infra-compare/1
    Json,
}
