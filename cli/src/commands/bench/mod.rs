//! `bench simulate`: every case several times, each time in a process of its own.
//!
//! `once` is what the child does, `summary` what is told of its measurements.

mod once;
mod summary;

use std::process::Command;

use infra_simulate::measure::{CASES, Case};

use crate::args::{BenchArgs, BenchFormat, BenchKind, BenchSimulateArgs};
use crate::exit::{CliError, Exit, usage};
use crate::{output, terminal};
use once::Once;
use summary::{Outcome, Summary};

pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Exit> {
    let BenchKind::Simulate(args) = &args.kind;
    let text = match &args.once {
        Some(name) => format!("{}\n", serde_json::to_string(&Once::of(case(name)?)?)?),
        None => simulate(args)?,
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}

fn simulate(args: &BenchSimulateArgs) -> anyhow::Result<String> {
    let mut cases: Vec<&'static Case> =
        args.cases.iter().map(|name| case(name)).collect::<anyhow::Result<_>>()?;
    if cases.is_empty() {
        cases.extend(CASES);
    }
    let mut summaries = Vec::with_capacity(cases.len());
    for case in cases {
        terminal::step(|| format!("{}: {}", case.name, case.size));
        summaries.push(Summary { case, outcome: repeat(case, args.runs)? });
    }
    match args.format {
        BenchFormat::Table => Ok(summary::table(&summaries)),
        BenchFormat::Json => Ok(format!("{}\n", serde_json::to_string_pretty(&summary::json(&summaries))?)),
    }
}

/// The case of that name.
fn case(name: &str) -> anyhow::Result<&'static Case> {
    Case::named(name).ok_or_else(|| {
        let names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
        usage(format!("no case `{}` (there are {})", name.escape_debug(), names.join(", ")))
    })
}

fn repeat(case: &Case, runs: u32) -> anyhow::Result<Outcome> {
    let mut all = Vec::new();
    for _ in 0..runs {
        match in_child(case)? {
            Once::Measured(measurement) => all.push(measurement),
            Once::NotBuilt(reason) => return Ok(Outcome::NotBuilt(reason)),
        }
    }
    Ok(Outcome::Measured(all))
}

/// Measures once in a child of this program.
fn in_child(case: &Case) -> anyhow::Result<Once> {
    let failed = |why: String| CliError::Internal(format!("bench {}: {why}", case.name));
    let program = std::env::current_exe().map_err(|e| failed(format!("this program is not found: {e}")))?;
    let child = Command::new(program)
        .args(["bench", "simulate", "--once", case.name])
        .output()
        .map_err(|e| failed(format!("no child process: {e}")))?;
    if !child.status.success() {
        let said = String::from_utf8_lossy(&child.stderr);
        return Err(failed(format!("the child ended with {}: {}", child.status, said.trim())).into());
    }
    serde_json::from_slice(&child.stdout).map_err(|e| failed(format!("the child's answer: {e}")).into())
}
