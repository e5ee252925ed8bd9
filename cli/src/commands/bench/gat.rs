//! `bench gat`: the two-layer network in f32 on random graphs, on the CPU.

use std::path::Path;

use infra_gat::ConvKind;
use infra_gat::measure::{Problem, Size, on_threads};

use super::case::{Case, MIB, Measured, Outcome, Suite, Target};
use crate::exit::CliError;

pub(super) struct Gat;

/// Seed of the random problems.
const SEED: u64 = 20_240;

const fn within(seconds: f64, mebibytes: u64) -> Target {
    Target { rate: None, seconds: Some(seconds), peak_bytes: Some(mebibytes * MIB) }
}

/// Name, what it is, target, size, runs within a process.
type Row = (&'static str, &'static str, Target, Size, usize);

const SMALL: Size =
    Size { nodes: 100_000, edges: 1_000_000, in_channels: 8, hidden: 8, heads: 2, kind: ConvKind::Gat };

static ROWS: [Row; 5] = [
    (
        "10",
        "GAT 8 -> 8x2 -> 1, 10 nodes, 20 edges",
        Target { rate: None, seconds: Some(11e-6), peak_bytes: None },
        Size { nodes: 10, edges: 20, ..SMALL },
        2_000,
    ),
    ("100k", "GAT 8 -> 8x2 -> 1, 100,000 nodes, 1 M edges", within(0.010, 100), SMALL, 40),
    (
        "1m",
        "GAT 8 -> 8x2 -> 1, 1 M nodes, 5 M edges",
        within(0.120, 400),
        Size { nodes: 1_000_000, edges: 5_000_000, ..SMALL },
        7,
    ),
    (
        "wide",
        "GAT 32 -> 32x4 -> 1, 100,000 nodes, 1 M edges",
        Target { rate: None, seconds: Some(0.040), peak_bytes: None },
        Size { in_channels: 32, hidden: 32, heads: 4, ..SMALL },
        15,
    ),
    (
        "gatv2",
        "GATv2 8 -> 8x2 -> 1, 100,000 nodes, 1 M edges",
        Target { rate: None, seconds: Some(0.033), peak_bytes: None },
        Size { kind: ConvKind::GatV2, ..SMALL },
        20,
    ),
];

impl Suite for Gat {
    fn name(&self) -> &'static str {
        "gat"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |(name, size, target, _, _): &Row| Case {
            name,
            size,
            unit: "edges",
            target: *target,
            only_named: false,
        };
        ROWS.iter().map(case).collect()
    }

    fn measure(&self, case: &Case, _input: Option<&Path>, _scratch: &Path) -> anyhow::Result<Outcome> {
        let Some((_, _, _, size, repeats)) = ROWS.iter().find(|row| row.0 == case.name) else {
            return Err(CliError::Internal(format!("no case {}", case.name)).into());
        };
        let problem = Problem::random(*size, SEED)?;
        let mut seconds = problem.run_seconds(*repeats)?;
        seconds.sort_by(f64::total_cmp);
        let seconds = seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN);
        let work = size.edges as u64;
        Ok(Outcome::Measured(Measured { work, seconds, bytes: Some(problem.bytes()) }))
    }
}

/// Runs a problem that other programs run, too; one line of JSON.
///
/// # Errors
/// Those of the network.
pub(super) fn peer(file: &Path, kind: ConvKind, repeats: usize, threads: usize) -> anyhow::Result<String> {
    let problem = Problem::read(file, kind)?;
    let seconds = on_threads(threads, || problem.run_seconds(repeats))?;
    let mut csr = problem.csr_seconds(3)?;
    csr.sort_by(f64::total_cmp);
    let out = problem.run()?;
    let sum: f64 = out.iter().map(|v| f64::from(*v)).sum();
    let value = serde_json::json!({
        "seconds": seconds,
        "csr_build_s": csr.get(1),
        "check": { "sum": sum },
        "out_first": out.first(),
    });
    Ok(format!("{value}\n"))
}
