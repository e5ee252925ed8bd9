//! Flags of `batch`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{MethodArgs, ReportFormat};

const GATES: &str = "Gates";
const FOR_CI: &str = "For CI";

/// Analyse many runs: one report each, an index over them, gates
#[derive(Debug, Args)]
#[command(after_help = "\
A run that cannot be read is a row of the index and does not stop the others. A run that was
analysed before, with the same bytes, options and version, is not analysed again.

Exit code 0 if all is well, 1 if a gate tripped, 3 if a run failed and no gate tripped.

Example:
  infra-analyze batch results -o post-mortems
  infra-analyze batch 'nightly/*.parquet' -o post-mortems --junit junit.xml \\
      --fail-on 'verdict!=no_incident and mttr>5min' --fail-on 'slo_budget<0'
  find nightly -name '*.parquet' | infra-analyze batch - -o post-mortems")]
pub(crate) struct BatchArgs {
    /// Runs: Parquet files, bundle folders, folders of runs, patterns, `-` for a list on standard
    /// input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder of the reports and the index
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Runs analysed at a time [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) jobs: Option<u32>,
    /// One report for each incident that a run declares, not only for the first
    #[arg(long)]
    pub(crate) every_incident: bool,
    /// Formats of the reports, comma separated; every run has one in JSON [default: md,html]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) format: Vec<ReportFormat>,
    /// Analyse again what was analysed before
    #[arg(long)]
    pub(crate) force: bool,
    /// Condition on a run that fails the batch, as `mttr>5min`; may be repeated and adds to those of
    /// the configuration
    #[arg(long, value_name = "EXPR", help_heading = GATES)]
    pub(crate) fail_on: Vec<String>,
    /// Condition that is told and fails nothing; may be repeated
    #[arg(long, value_name = "EXPR", help_heading = GATES)]
    pub(crate) warn_on: Vec<String>,
    /// Gates and defaults [default: infra-analyze.toml in this folder or one above it]
    #[arg(long, value_name = "FILE", help_heading = GATES)]
    pub(crate) config: Option<PathBuf>,
    /// An earlier batch's folder, for conditions as `new_root_cause`
    #[arg(long, value_name = "DIR", help_heading = GATES)]
    pub(crate) against: Option<PathBuf>,
    /// Write JUnit XML: a test suite a run, a test case a gate
    #[arg(long, value_name = "FILE", help_heading = FOR_CI)]
    pub(crate) junit: Option<PathBuf>,
    /// Write SARIF 2.1.0
    #[arg(long, value_name = "FILE", help_heading = FOR_CI)]
    pub(crate) sarif: Option<PathBuf>,
    /// Write a job summary in Markdown of at most 1 MiB [default: added to the file that GitHub names
    /// in GITHUB_STEP_SUMMARY]
    #[arg(long, value_name = "FILE", help_heading = FOR_CI)]
    pub(crate) summary: Option<PathBuf>,
    /// Print a line for each gate that tripped and each run that failed, as workflow commands of
    /// GitHub or as plain text
    #[arg(long, value_enum, value_name = "STYLE", num_args = 0..=1, default_missing_value = "github", help_heading = FOR_CI)]
    pub(crate) annotations: Option<Annotations>,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}

/// How annotations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Annotations {
    /// Workflow commands
    Github,
    /// Lines for people
    Plain,
}
