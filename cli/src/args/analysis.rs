//! Flags of the commands that analyse a run.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use infra_report::Zone;

use super::{pair, size};

const FOCUS: &str = "Focus";

/// Which run, which incident, what counts as normal.
#[derive(Debug, Args)]
pub(crate) struct AnalysisArgs {
    /// A run: a Parquet file, or a bundle folder with run.json
    pub(crate) run: PathBuf,
    #[command(flatten)]
    pub(crate) focus: FocusArgs,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}

/// How runs are read and analysed.
#[derive(Clone, Debug, Args)]
pub(crate) struct MethodArgs {
    /// Causes and paths told in full
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) top: u32,
    /// Where the graph attention network runs
    #[arg(long, value_enum, default_value_t)]
    pub(crate) device: Device,
    /// Seed of the ensembles
    #[arg(long, value_name = "N", default_value_t = infra_analysis::analyse::DEFAULT_SEED)]
    pub(crate) seed: u64,
    /// Set a constant of the analysis (see `config show`); may be repeated
    #[arg(long = "constant", alias = "set-constant", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) constants: Vec<(String, String)>,
    /// Memory to keep to, as `512MiB`; windows of long logs become wider until they fit
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// Column of a foreign Parquet file that stands for one of ours; may be repeated
    #[arg(long = "map", value_name = "OUR=THEIRS", value_parser = pair)]
    pub(crate) map: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) time: TimeArgs,
}

/// Incident, baseline and symptom; the run's own where left out.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FocusArgs {
    /// Incident to analyse, by name [default: the first]
    #[arg(long, value_name = "ID", help_heading = FOCUS)]
    pub(crate) incident: Option<String>,
    /// Incident window, end exclusive: ticks in a run by ticks, else seconds from its origin, or
    /// RFC 3339
    #[arg(long, value_name = "A..B", allow_hyphen_values = true, help_heading = FOCUS)]
    pub(crate) incident_window: Option<String>,
    /// Normal period, end exclusive, in the same units
    #[arg(long, value_name = "A..B", allow_hyphen_values = true, help_heading = FOCUS)]
    pub(crate) baseline: Option<String>,
    /// Where the trouble was noticed
    #[arg(long, value_name = "SERVICE[/SIGNAL]", help_heading = FOCUS)]
    pub(crate) symptom: Option<String>,
}

/// How times are shown.
#[derive(Clone, Debug, Args)]
pub(crate) struct TimeArgs {
    /// Show times in this zone, as `Europe/Berlin` or `+02:00` [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = Zone::parse, allow_hyphen_values = true)]
    pub(crate) tz: Option<Zone>,
}

/// A device of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Device {
    /// The processor
    #[default]
    Cpu,
    /// The first NVIDIA GPU (needs the cuda build)
    Cuda,
}
