//! The command line as types. Every command's help ends with an example.

mod analysis;
mod batch;
mod bench;
mod comparing;
mod evaluating;
mod making;
mod reading;
mod telemetry;
mod tools;

use clap::{Parser, Subcommand};

pub(crate) use analysis::{AnalysisArgs, Device, FocusArgs, MethodArgs, TimeArgs};
pub(crate) use batch::{Annotations, BatchArgs};
pub(crate) use bench::{BenchArgs, BenchCommonArgs, BenchFormat, BenchKind};
pub(crate) use comparing::{CompareArgs, CompareFormat, CompareGate};
pub(crate) use evaluating::{EvaluateArgs, EvaluateFormat};
pub(crate) use making::{ImportArgs, ImportKind, SimulateArgs, TablesArgs};
pub(crate) use reading::{
    ExportArgs, ExportFormat, InspectArgs, InspectFormat, RankArgs, RankFormat, ReportArgs, ReportFormat,
    ValidateArgs,
};
pub(crate) use telemetry::{SignalArgs, TelemetryArgs};
pub(crate) use tools::{
    CompletionsArgs, ConfigArgs, ConfigFormat, ConfigKind, ManArgs, TemplateArgs, TemplateKind, VerifyArgs,
    VerifyKind,
};

const EXAMPLE: &str = "\
Example:
  infra-analyze simulate flood -o results/run.parquet
  infra-analyze report results/run.parquet

Exit codes:
  0 success                    3 bad input (run, telemetry, map, scenario file)
  1 a gate or verify failed    4 environment (output, disk, device) or internal failure
  2 wrong usage                130 interrupted";

/// Post-hoc failure analysis for distributed systems: what happened, where it started, how it
/// spread
#[derive(Debug, Parser)]
#[command(name = "infra-analyze", version, after_help = EXAMPLE, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EVERYWHERE: &str = "Everywhere";

/// Flags of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct GlobalArgs {
    /// Tell errors only, neither warnings nor notes
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub(crate) quiet: bool,
    /// Tell the steps as well
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub(crate) verbose: bool,
    /// Replace log messages and attribute values in outputs
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) redact: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Simulate(SimulateArgs),
    Import(ImportArgs),
    Report(ReportArgs),
    Batch(BatchArgs),
    Rank(RankArgs),
    Compare(CompareArgs),
    Inspect(InspectArgs),
    Validate(ValidateArgs),
    Export(ExportArgs),
    Evaluate(EvaluateArgs),
    Verify(VerifyArgs),
    Bench(BenchArgs),
    Template(TemplateArgs),
    Config(ConfigArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// A size of memory: a number with B, KiB, MiB, GiB, KB, MB, GB, or K, M, G.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("expected a size as `512MiB` or `2GiB`".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "expected a size as `512MiB` or `2GiB`".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "a size beyond 64 bits".to_owned())
}

/// `NAME=VALUE`, both sides as given; the name is not empty.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}
