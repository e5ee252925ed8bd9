//! `bench`: every case several times, each time in a process of its own.
//!
//! `case` is what a suite offers; `gat`, `graph`, `ingest`, `report`, `simulate` are the suites;
//! `once` is what the child does, `summary` what is told of its measurements.

mod bandwidth;
mod case;
mod clock;
mod gat;
mod graph;
mod ingest;
mod log;
mod once;
mod report;
mod scenario;
mod simulate;
mod summary;

use std::path::Path;
use std::process::Command;

use infra_eventlog::scratch::ScratchDir;
use infra_gat::ConvKind;

use crate::args::{BenchArgs, BenchCommonArgs, BenchFormat, BenchKind};
use crate::exit::{CliError, Exit, usage};
use crate::{output, terminal};
use case::{Case, Suite};
use once::Once;
use summary::{Outcome, Summary};

pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Exit> {
    let text = match &args.kind {
        BenchKind::Gat(args) => match &args.peer {
            Some(file) => {
                let kind = if args.gatv2 { ConvKind::GatV2 } else { ConvKind::Gat };
                gat::peer(file, kind, args.reps, args.threads)?
            },
            None => suite(&gat::Gat, &args.common)?,
        },
        BenchKind::Graph(args) => suite(&graph::Graph, args)?,
        BenchKind::Ingest(args) => match &args.peer {
            Some(file) => ingest::peer(file, args.threads)?,
            None => suite(&ingest::Ingest, &args.common)?,
        },
        BenchKind::Report(args) => suite(&report::Report, args)?,
        BenchKind::Simulate(args) => suite(&simulate::Simulate, args)?,
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}

fn suite(suite: &dyn Suite, args: &BenchCommonArgs) -> anyhow::Result<String> {
    if let Some(name) = &args.once {
        let once = Once::of(suite, &case(suite, name)?, args.input.as_deref())?;
        return Ok(format!("{}\n", serde_json::to_string(&once)?));
    }
    let mut cases: Vec<Case> =
        args.cases.iter().map(|name| case(suite, name)).collect::<anyhow::Result<_>>()?;
    if cases.is_empty() {
        cases = suite.cases().into_iter().filter(|case| !case.only_named).collect();
    }
    let scratch = ScratchDir::create()?;
    let mut summaries = Vec::with_capacity(cases.len());
    for case in cases {
        terminal::step(|| format!("{}: {}", case.name, case.size));
        let input = suite.prepare(&case, scratch.path())?;
        let outcome = repeat(suite, &case, input.as_deref(), args.runs)?;
        if let Some(input) = input {
            // Best effort: the folder goes at the end.
            let _ = std::fs::remove_file(input);
        }
        summaries.push(Summary { case, outcome });
    }
    let moves_memory = summaries.iter().any(Summary::moves_memory);
    let copy_rate = moves_memory.then(bandwidth::copy_rate);
    match args.format {
        BenchFormat::Table => Ok(summary::table(&summaries, copy_rate)),
        BenchFormat::Json => {
            let json = summary::json(suite.name(), &summaries, copy_rate);
            Ok(format!("{}\n", serde_json::to_string_pretty(&json)?))
        },
    }
}

/// The case of that name.
fn case(suite: &dyn Suite, name: &str) -> anyhow::Result<Case> {
    let cases = suite.cases();
    let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
    cases
        .iter()
        .find(|case| case.name == name)
        .cloned()
        .ok_or_else(|| usage(format!("no case `{}` (there are {})", name.escape_debug(), names.join(", "))))
}

fn repeat(suite: &dyn Suite, case: &Case, input: Option<&Path>, runs: u32) -> anyhow::Result<Outcome> {
    let mut all = Vec::new();
    for _ in 0..runs {
        match in_child(suite, case, input)? {
            Once::Measured(measurement) => all.push(measurement),
            Once::NotBuilt(reason) => return Ok(Outcome::NotBuilt(reason)),
        }
    }
    Ok(Outcome::Measured(all))
}

/// Measures once in a child of this program.
fn in_child(suite: &dyn Suite, case: &Case, input: Option<&Path>) -> anyhow::Result<Once> {
    let failed = |why: String| CliError::Internal(format!("bench {}: {why}", case.name));
    let program = std::env::current_exe().map_err(|e| failed(format!("this program is not found: {e}")))?;
    let mut command = Command::new(program);
    command.args(["bench", suite.name(), "--once", case.name]);
    if let Some(input) = input {
        command.arg("--input").arg(input);
    }
    let child = command.output().map_err(|e| failed(format!("no child process: {e}")))?;
    if !child.status.success() {
        let said = String::from_utf8_lossy(&child.stderr);
        return Err(failed(format!("the child ended with {}: {}", child.status, said.trim())).into());
    }
    serde_json::from_slice(&child.stdout).map_err(|e| failed(format!("the child's answer: {e}")).into())
}
