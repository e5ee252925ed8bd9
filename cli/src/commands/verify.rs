//! `verify`: golden data replayed; cases, values and the largest error.

use std::path::Path;

use infra_gat::verify::{TOLERANCE, verify_dir, write_dir};
use infra_simulate::scenario::WorldName;

use crate::args::{VerifyArgs, VerifyKind};
use crate::exit::Exit;
use crate::{output, terminal};

pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    match &args.kind {
        VerifyKind::World { world, dir } => verify_world(world, dir),
        VerifyKind::Gat { dir, write: None } => verify_gat(dir),
        VerifyKind::Gat { dir, write: Some(out) } => write_gat(dir, out),
    }
}

fn verify_world(world: &str, dir: &Path) -> anyhow::Result<Exit> {
    let report = infra_simulate::verify::verify_world(WorldName::named(world)?, dir)?;
    let mut text = String::new();
    for failure in &report.failures {
        text.push_str(&format!("differs: {}\n", terminal::safe(failure)));
    }
    text.push_str(&format!(
        "{world}: {} cases, {} values, largest error {:e}: {}\n",
        report.cases,
        report.values,
        report.max_error,
        verdict(report.passed())
    ));
    output::stdout(&text)?;
    Ok(exit(report.passed()))
}

fn verify_gat(dir: &Path) -> anyhow::Result<Exit> {
    let cases = verify_dir(dir)?;
    let mut text = String::new();
    for case in cases.iter().filter(|case| !case.passes()) {
        let name = terminal::safe(&case.name);
        text.push_str(&format!("differs: {name}: largest error {:e}\n", case.max_abs_error));
    }
    let passed = cases.iter().all(infra_gat::verify::CaseResult::passes);
    let values: usize = cases.iter().map(|case| case.values).sum();
    let largest = cases.iter().map(|case| case.max_abs_error).fold(0.0, f64::max);
    text.push_str(&format!(
        "gat: {} cases, {values} values, largest error {largest:e} (tolerance {TOLERANCE:e}): {}\n",
        cases.len(),
        verdict(passed)
    ));
    output::stdout(&text)?;
    Ok(exit(passed))
}

fn write_gat(dir: &Path, out: &Path) -> anyhow::Result<Exit> {
    let written = write_dir(dir, out)?;
    let out = out.display().to_string();
    output::stdout(&format!("gat: {} cases written: {}\n", written.len(), terminal::safe(&out)))?;
    Ok(Exit::Success)
}

const fn verdict(passed: bool) -> &'static str {
    if passed { "ok" } else { "FAILED" }
}

const fn exit(passed: bool) -> Exit {
    if passed { Exit::Success } else { Exit::Gate }
}
