//! Flags of the commands that read runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AnalysisArgs, TimeArgs, pair, size};

/// Write the failure-analysis report of a run
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze report results/run.parquet -o report.md
  infra-analyze report results/run.parquet --format md,html -o report.md --assets pictures
  infra-analyze report bundle --incident case-7 --symptom shop/latency --format json
  infra-analyze report bundle --tz Europe/Berlin --template postmortem.md.j2 -o postmortem.md")]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
    /// Template instead of the built-in one (see `template dump`); Markdown only
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// File to write [default: standard output]; of several formats, each gets its own ending. What
    /// people wrote between the markers of an older Markdown report is kept
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Formats, comma separated
    #[arg(long, value_enum, value_delimiter = ',', default_value = "md")]
    pub(crate) format: Vec<ReportFormat>,
    /// Folder for pictures (SVG), which the Markdown report then shows; other files in it stay
    #[arg(long, value_name = "DIR")]
    pub(crate) assets: Option<PathBuf>,
    /// Put the pictures into the Markdown report itself, as data URIs
    #[arg(long, conflicts_with = "assets")]
    pub(crate) embed: bool,
}

/// Formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Markdown
    Md,
    /// One HTML file that needs nothing else
    Html,
    /// JSON, infra-report/1
    Json,
}

impl ReportFormat {
    /// What files of this format end with.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

/// Rank root causes and paths
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze rank results/run.parquet --why power")]
pub(crate) struct RankArgs {
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
    /// Show the evidence of this service as well
    #[arg(long, value_name = "SERVICE")]
    pub(crate) why: Option<String>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: RankFormat,
}

/// Formats of a ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RankFormat {
    /// Lines for people
    #[default]
    Table,
    /// JSON, infra-rank/1
    Json,
    /// One line a service
    Csv,
}

/// Show what is in a run, or the rows that a report cites
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze inspect results/run.parquet
  infra-analyze inspect results/run.parquet --rows 9-14
  infra-analyze inspect bundle --rows 'metrics:120-124, rows 3'")]
pub(crate) struct InspectArgs {
    /// A run: a Parquet file, or a bundle folder with run.json
    pub(crate) run: PathBuf,
    /// Rows as reports cite them: `9-14`, `[rows 9-14]`, `metrics:120-124`; several with commas
    #[arg(long, value_name = "RANGES")]
    pub(crate) rows: Option<String>,
    /// Count, mean, spread, 95th percentile and extremes of every signal of every service, over all
    /// rows of events; large logs are read on all cores
    #[arg(long, conflicts_with = "rows")]
    pub(crate) statistics: bool,
    /// Memory that --statistics keeps to, as `512MiB`
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "statistics")]
    pub(crate) memory: Option<u64>,
    #[command(flatten)]
    pub(crate) time: TimeArgs,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: InspectFormat,
    /// Column of a foreign Parquet file that stands for one of ours; may be repeated
    #[arg(long = "map", value_name = "OUR=THEIRS", value_parser = pair)]
    pub(crate) map: Vec<(String, String)>,
}

/// Formats of an inspection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// Aligned columns for people
    #[default]
    Table,
    /// JSON
    Json,
}

/// Check a run against the format, every row of it
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0 if nothing breaks the format, 3 otherwise.

Example:
  infra-analyze validate results/run.parquet")]
pub(crate) struct ValidateArgs {
    /// A run: a Parquet file, or a bundle folder with run.json
    pub(crate) run: PathBuf,
}

/// Export summary frames, the dependency graph and its attention, or telemetry, to other tools
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze export results/run.parquet -o frames --format arrow,graphml
  infra-analyze export results/run.parquet -o otlp --format otlp
  python -c 'import pyarrow.feather as f; print(f.read_table(\"frames/ranking.arrow\"))'")]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
    /// Folder to write into; other files in it stay
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Formats, comma separated
    #[arg(long, value_enum, value_delimiter = ',', default_value = "arrow")]
    pub(crate) format: Vec<ExportFormat>,
}

/// Formats of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Arrow IPC files, one a frame
    Arrow,
    /// Parquet files, one a frame
    Parquet,
    /// CSV files, one a frame
    Csv,
    /// The graph as GraphML
    Graphml,
    /// The graph as Graphviz DOT
    Dot,
    /// The graph as Mermaid
    Mermaid,
    /// The run itself as OpenTelemetry's JSON lines: metrics, logs, traces
    Otlp,
}
