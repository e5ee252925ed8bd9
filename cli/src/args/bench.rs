//! Flags of `bench`.

use clap::{Args, Subcommand, ValueEnum};

/// Measure how fast and how large this program is on this machine
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  infra-analyze bench simulate --runs 3")]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) kind: BenchKind,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchKind {
    Simulate(BenchSimulateArgs),
}

/// Measure the event queue, the log writer and the worlds at the sizes that they are made for
#[derive(Debug, Args)]
#[command(after_help = "\
Every run is a process of its own on one thread, so that peaks of memory do not mix; logs are
written below the folder for temporary files. Throughput is that of the median run. A case whose
scenario this version refuses is listed as not built. Exit code 0 whether targets are met or not.

Example:
  infra-analyze bench simulate
  infra-analyze bench simulate --case kernel --case log --runs 9 --format json")]
pub(crate) struct BenchSimulateArgs {
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: BenchFormat,
    /// Runs of each case
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) runs: u32,
    /// A case [default: all]; may be repeated
    #[arg(long = "case", value_name = "NAME")]
    pub(crate) cases: Vec<String>,
    /// Measure one case once in this process and print it as JSON
    #[arg(long, value_name = "NAME", hide = true, conflicts_with_all = ["cases", "runs"])]
    pub(crate) once: Option<String>,
}

/// Formats of measurements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchFormat {
    /// Aligned columns for people
    #[default]
    Table,
    /// JSON, infra-bench/1
    Json,
}
