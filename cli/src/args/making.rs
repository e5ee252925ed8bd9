//! Flags of the commands that make runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::pair;
use super::telemetry::{JaegerArgs, OtlpArgs, PrometheusArgs, ZipkinArgs};

/// Run a simulated world and write its log as a run
#[derive(Debug, Args)]
#[command(after_help = "\
The ground truth goes to a sidecar beside the run, NAME.truth.json; no report opens it.

Without --scenario, --task and --difficulty start from nothing but the world's defaults.

A diagnoser is a program that reads one JSON line an alert and answers one JSON line with an
action. It is started without a shell; its answers stay in the log, and --diagnoser-replay takes
them from there.

Example:
  infra-analyze simulate flood -o results/run.parquet
  infra-analyze simulate mesh --task task_easy_oom_baseline -o task.parquet
  infra-analyze simulate mesh --difficulty hard --seed 7 -o episode.parquet
  infra-analyze simulate systems --diagnoser 'python3 mine.py --model small' -o mine.parquet
  infra-analyze simulate systems --diagnoser-replay mine.parquet -o again.parquet
  infra-analyze simulate flood --scenario late-policy --set agents.policy:council.budget=2 -o late.parquet
  infra-analyze simulate --list")]
pub(crate) struct SimulateArgs {
    /// The world (see --list)
    #[arg(required_unless_present = "list")]
    pub(crate) world: Option<String>,
    /// Built-in scenario or scenario file (TOML or JSON) [default: reference]
    #[arg(long, value_name = "NAME or FILE")]
    pub(crate) scenario: Option<String>,
    /// Task of a catalogue, as the scenario's key `task`
    #[arg(long, value_name = "ID", conflicts_with = "difficulty")]
    pub(crate) task: Option<String>,
    /// Difficulty of an episode drawn from the seed, as the scenario's key `difficulty`
    #[arg(long, value_name = "LEVEL")]
    pub(crate) difficulty: Option<String>,
    /// Seed, instead of the scenario's
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Override a value of the scenario by its path, `until=20` or `agents.power.capacity=2`; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Program that diagnoses alerts in the systems world, with arguments [default: the rules]
    #[arg(long, value_name = "COMMAND", conflicts_with = "diagnoser_replay")]
    pub(crate) diagnoser: Option<String>,
    /// Run whose log holds the diagnoser's answers
    #[arg(long, value_name = "RUN")]
    pub(crate) diagnoser_replay: Option<PathBuf>,
    /// The run to write
    #[arg(short, long, value_name = "RUN", required_unless_present = "list")]
    pub(crate) output: Option<PathBuf>,
    /// List worlds and built-in scenarios
    #[arg(long, conflicts_with_all = LIST_ALONE)]
    pub(crate) list: bool,
}

/// What `--list` has no use for.
const LIST_ALONE: [&str; 9] =
    ["world", "scenario", "task", "difficulty", "seed", "set", "diagnoser", "diagnoser_replay", "output"];

/// Turn telemetry into a run
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze import tables petshop -o bundle
  infra-analyze import otlp traces.jsonl metrics.jsonl logs.jsonl.gz -o bundle
  infra-analyze import tables --metrics metrics.parquet --edges calls.csv --config map.toml -o bundle")]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    pub(crate) kind: ImportKind,
}

/// What the telemetry is.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportKind {
    Tables(Box<TablesArgs>),
    Otlp(OtlpArgs),
    Jaeger(JaegerArgs),
    Zipkin(ZipkinArgs),
    Prometheus(PrometheusArgs),
}

/// Import tables of metrics, spans, logs and calls with dependencies, services, events and incidents
#[derive(Debug, Args)]
#[command(after_help = "\
Tables are Parquet, CSV or TSV; records are JSON or tables. Text may be packed with gzip or Zstandard.
Without --config a folder is read with the built-in map that knows most of its files.

Example:
  infra-analyze import tables nezha-2022-08-22 -o nezha
  infra-analyze import tables petshop --config petshop --where scenario=low_traffic -o petshop
  infra-analyze import tables --metrics m.csv.gz --spans s.parquet --incidents cases.json \\
      --config map.toml -o shop")]
pub(crate) struct TablesArgs {
    /// A folder whose files are told apart by their columns, instead of the flags below
    #[arg(value_name = "DIR", required_unless_present_any = ["metrics", "spans", "logs"], conflicts_with_all = TABLE_FLAGS)]
    pub(crate) dir: Option<PathBuf>,
    /// Metric tables
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "config")]
    pub(crate) metrics: Vec<PathBuf>,
    /// Span tables
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "config")]
    pub(crate) spans: Vec<PathBuf>,
    /// Tables of log lines
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "config")]
    pub(crate) logs: Vec<PathBuf>,
    /// Tables of calls between services
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) calls: Vec<PathBuf>,
    /// Records of deploys, configuration changes and alerts: JSON or tables
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) events: Vec<PathBuf>,
    /// Dependency tables
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) edges: Vec<PathBuf>,
    /// Service tables
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) services: Vec<PathBuf>,
    /// Incident records: JSON or tables
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) incidents: Vec<PathBuf>,
    /// Times not to be taken for normal: JSON or tables
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) excluded: Vec<PathBuf>,
    /// Keep rows with this value of that column; may be repeated
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = pair)]
    pub(crate) filters: Vec<(String, String)>,
    /// The map (TOML, infra-map/1) or the name of a built-in one: which columns mean what
    #[arg(long, value_name = "MAP.toml or NAME")]
    pub(crate) config: Option<PathBuf>,
    /// The bundle to write
    #[arg(short, long, value_name = "BUNDLE")]
    pub(crate) output: PathBuf,
}

/// What names single files.
const TABLE_FLAGS: [&str; 9] =
    ["metrics", "spans", "logs", "calls", "events", "edges", "services", "incidents", "excluded"];
