//! Flags of `bench`.

use std::path::PathBuf;

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
    Gat(BenchGatArgs),
    /// Measure building graphs, PageRank, most probable paths and blast radius
    Graph(BenchCommonArgs),
    Ingest(BenchIngestArgs),
    /// Measure `report`, from its start to its exit
    Report(BenchCommonArgs),
    /// Measure the event queue, the log writer and the worlds at the sizes that they are made for
    Simulate(BenchCommonArgs),
}

/// Measure the two-layer attention network on random graphs
#[derive(Debug, Args)]
pub(crate) struct BenchGatArgs {
    #[command(flatten)]
    pub(crate) common: BenchCommonArgs,
    /// Run the problem of this safetensors file, as benches/peers makes it, and print one line of JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cases", "once"])]
    pub(crate) peer: Option<PathBuf>,
    /// Repetitions with --peer
    #[arg(long, value_name = "N", default_value_t = 10, requires = "peer")]
    pub(crate) reps: usize,
    /// Threads with --peer; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0, requires = "peer")]
    pub(crate) threads: usize,
    /// GATv2 layers with --peer
    #[arg(long, requires = "peer")]
    pub(crate) gatv2: bool,
}

/// Measure statistics of every service and signal of a log
#[derive(Debug, Args)]
pub(crate) struct BenchIngestArgs {
    #[command(flatten)]
    pub(crate) common: BenchCommonArgs,
    /// Read this Parquet file, as benches/peers makes it, and print one line of JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cases", "once"])]
    pub(crate) peer: Option<PathBuf>,
    /// Threads with --peer; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0, requires = "peer")]
    pub(crate) threads: usize,
}

/// What all measurements share
#[derive(Debug, Args)]
#[command(after_help = "\
Every run is a process of its own, so that peaks of memory do not mix; files are written below the
folder for temporary files. Throughput is that of the median run. `of copy rate` is the share of the
rate at which this machine copies memory that the bytes a case has to move amount to. A case whose
scenario this version refuses is listed as not built. Exit code 0 whether targets are met or not.

Example:
  infra-analyze bench simulate
  infra-analyze bench simulate --case kernel --case log --runs 9 --format json")]
pub(crate) struct BenchCommonArgs {
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: BenchFormat,
    /// Runs of each case
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) runs: u32,
    /// A case [default: all but the largest]; may be repeated
    #[arg(long = "case", value_name = "NAME")]
    pub(crate) cases: Vec<String>,
    /// Measure one case once in this process and print it as JSON
    #[arg(long, value_name = "NAME", hide = true, conflicts_with_all = ["cases", "runs"])]
    pub(crate) once: Option<String>,
    /// What that case reads
    #[arg(long, value_name = "PATH", hide = true, requires = "once")]
    pub(crate) input: Option<PathBuf>,
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
