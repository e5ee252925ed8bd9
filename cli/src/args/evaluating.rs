//! Flags of `evaluate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Device, pair};

/// Score rankings against what is known to be true
#[derive(Debug, Args)]
#[command(after_help = "\
A folder holds tables with cases.json and labels.json, or simulated runs (NAME.parquet or bundles)
with NAME.truth.json beside them. All cases of all folders are ranked, and --predictions is written,
before any label or truth is opened. Cases that fail count as wrong; the exit code is then 3.

Example:
  infra-analyze evaluate petshop nezha --predictions predictions.json
  infra-analyze evaluate results --format markdown -o accuracy.md")]
pub(crate) struct EvaluateArgs {
    /// Folders to evaluate: one table each, then all together
    #[arg(value_name = "DIR", required = true)]
    pub(crate) dirs: Vec<PathBuf>,
    /// The map of the tables (TOML, infra-map/1), or the name of a built-in one [default: told by
    /// their columns]
    #[arg(long, value_name = "MAP")]
    pub(crate) config: Option<PathBuf>,
    /// Write the rankings, paths and confidence of all cases (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) predictions: Option<PathBuf>,
    /// Rank with parts of the method taken away as well
    #[arg(long, value_name = "BOOL", default_value_t = true, default_missing_value = "true",
          num_args = 0..=1, require_equals = true, action = clap::ArgAction::Set)]
    pub(crate) ablations: bool,
    /// Most windows of normal time to analyse in each folder, where no incident should be found;
    /// 0 for none
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) normal_windows: u32,
    /// Cases in work, and in memory, at once [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) jobs: Option<u32>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: EvaluateFormat,
    /// Where the graph attention network runs
    #[arg(long, value_enum, default_value_t)]
    pub(crate) device: Device,
    /// Seed of the ensembles and resamples
    #[arg(long, value_name = "N", default_value_t = infra_analysis::analyse::DEFAULT_SEED)]
    pub(crate) seed: u64,
    /// Set a constant of the analysis (see `config show`); may be repeated
    #[arg(long = "constant", alias = "set-constant", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) constants: Vec<(String, String)>,
}

/// Formats of an evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvaluateFormat {
    /// Aligned columns for people
    #[default]
    Table,
    /// JSON, infra-evaluate/1
    Json,
    /// Markdown tables
    Markdown,
}
