//! `bench report`: this program's `report`, from its start to its exit.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::case::{Case, MIB, Measured, Outcome, Suite, Target};
use super::clock::timed;
use super::{log, scenario};
use crate::exit::CliError;

pub(super) struct Report;

/// Name, what it is, rows (0: the built-in flood), target, whether only if named.
type Row = (&'static str, &'static str, u64, Target, bool);

static ROWS: [Row; 3] = [
    (
        "flood",
        "the built-in flood, process start to exit",
        0,
        Target { rate: None, seconds: Some(0.030), peak_bytes: None },
        false,
    ),
    (
        "5m",
        "200 services, 6 signals, 5 M rows",
        5_000_000,
        Target { rate: None, seconds: None, peak_bytes: Some(1_536 * MIB) },
        false,
    ),
    (
        "100m",
        "200 services, 6 signals, 100 M rows",
        100_000_000,
        Target { rate: None, seconds: None, peak_bytes: Some(1_536 * MIB) },
        true,
    ),
];

impl Suite for Report {
    fn name(&self) -> &'static str {
        "report"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |(name, size, _, target, only_named): &Row| Case {
            name,
            size,
            unit: "rows",
            target: *target,
            only_named: *only_named,
        };
        ROWS.iter().map(case).collect()
    }

    fn prepare(&self, case: &Case, scratch: &Path) -> anyhow::Result<Option<PathBuf>> {
        let path = scratch.join(format!("report-{}.parquet", case.name));
        match row(case)?.2 {
            0 => scenario::flood(&path)?,
            rows => log::write(&path, rows)?,
        }
        Ok(Some(path))
    }

    fn measure(&self, case: &Case, input: Option<&Path>, scratch: &Path) -> anyhow::Result<Outcome> {
        let input = input.ok_or_else(|| CliError::Internal("no input".to_owned()))?;
        let program = std::env::current_exe()?;
        let out = scratch.join("report.md");
        let run = || {
            Command::new(&program).arg("report").arg(input).arg("-o").arg(&out).stderr(Stdio::null()).status()
        };
        if row(case)?.2 == 0 {
            // The first start pays for reading the program from disk.
            run()?;
        }
        let (status, seconds) = timed(run)?;
        if !status.success() {
            return Err(CliError::Internal(format!("report ended with {status}")).into());
        }
        let rows = infra_eventlog::Run::open(input)?.tables().map(|t| t.rows()).sum::<i64>();
        Ok(Outcome::Measured(Measured { work: rows.unsigned_abs(), seconds, bytes: None }))
    }
}

fn row(case: &Case) -> anyhow::Result<&'static Row> {
    let row = ROWS.iter().find(|row| row.0 == case.name);
    row.ok_or_else(|| CliError::Internal(format!("no case {}", case.name)).into())
}
