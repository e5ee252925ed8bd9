//! How fast and how large simulations are: what `infra-analyze bench simulate` measures.
//!
//! Reading order: [`Case`] and [`CASES`] here, `clock`, then one file a kind of case: `hold` (the
//! kernel), `rows` (the log writer), `scenarios` (whole worlds, their logs written to disk; the
//! text of the flood stands in `flood`).
//! A measurement runs once, in the process and thread that asks; who wants medians and peaks of
//! memory that do not mix repeats it in processes of its own.

mod clock;
mod flood;
mod hold;
mod rows;
mod scenarios;

use std::path::Path;

use infra_eventlog::RunError;

use crate::error::SimulateError;
use crate::kernel::AgendaError;

/// Something to measure.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Short name, as on the command line.
    pub name: &'static str,
    /// What is done, and how much of it.
    pub size: &'static str,
    /// What the throughput counts.
    pub unit: &'static str,
    /// What it should reach.
    pub target: Target,
    kind: Kind,
}

/// What a case should reach; no field: no wish.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// At least so much work a second \[1/s\].
    pub rate: Option<f64>,
    /// At most so long \[s\].
    pub seconds: Option<f64>,
    /// At most so much memory at the peak \[bytes\].
    pub peak_bytes: Option<u64>,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Units of work done: events or rows.
    pub work: u64,
    /// How long it took \[s\].
    pub seconds: f64,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// The scenario was not played.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// The log was not written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The agenda refused.
    #[error(transparent)]
    Agenda(#[from] AgendaError),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Hold,
    Rows,
    Scenario(&'static str),
    Flood { ticks: u64 },
}

const MIB: u64 = 1 << 20;

/// All cases, in the order of listings.
pub static CASES: &[Case] = &[
    Case {
        name: "kernel",
        size: "hold model, 30,000 pending, 10 million events",
        unit: "events",
        target: Target { rate: Some(20e6), seconds: None, peak_bytes: None },
        kind: Kind::Hold,
    },
    Case {
        name: "log",
        size: "7 services, 12 columns, 4 million rows",
        unit: "rows",
        target: Target { rate: Some(1e6), seconds: None, peak_bytes: None },
        kind: Kind::Rows,
    },
    Case {
        name: "flood-200",
        size: "200 services, 8,000 ticks",
        unit: "rows",
        target: Target { rate: Some(5e6), seconds: None, peak_bytes: None },
        kind: Kind::Flood { ticks: 8_000 },
    },
    Case {
        name: "mesh-7",
        size: "7 services, 100,000 ticks",
        unit: "rows",
        target: Target { rate: Some(3e6), seconds: None, peak_bytes: None },
        kind: Kind::Scenario(scenarios::MESH_7),
    },
    Case {
        name: "mesh-10000",
        size: "10,000 services, 100 ticks",
        unit: "rows",
        target: Target { rate: None, seconds: Some(3.0), peak_bytes: None },
        kind: Kind::Scenario(scenarios::MESH_10000),
    },
    Case {
        name: "coordination-30000",
        size: "30,000 agents, 10 minutes, 10 cascades",
        unit: "rows",
        target: Target { rate: None, seconds: Some(5.0), peak_bytes: Some(1024 * MIB) },
        kind: Kind::Scenario(scenarios::COORDINATION_30000),
    },
    Case {
        name: "coordination-1000000",
        size: "1,000,000 agents, 1 minute, a cascade",
        unit: "rows",
        target: Target { rate: None, seconds: None, peak_bytes: Some(4096 * MIB) },
        kind: Kind::Scenario(scenarios::COORDINATION_1000000),
    },
];

impl Case {
    /// The case of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.name == name)
    }

    /// Measures once; files go into `scratch`, which the caller removes.
    ///
    /// # Errors
    /// [`MeasureError`]; a refused scenario is [`SimulateError::Scenario`].
    pub fn measure(&self, scratch: &Path) -> Result<Measured, MeasureError> {
        match self.kind {
            Kind::Hold => hold::measure(),
            Kind::Rows => rows::measure(&scratch.join("rows.parquet")),
            Kind::Scenario(text) => scenarios::measure(self.unit, text, &scratch.join("run.parquet")),
            Kind::Flood { ticks } => {
                scenarios::measure(self.unit, &flood::scenario(ticks), &scratch.join("run.parquet"))
            },
        }
    }
}

impl Measured {
    /// Work a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.work as f64 / self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_found_by_their_names() {
        for case in CASES {
            assert!(std::ptr::eq(Case::named(case.name).unwrap(), case), "{} is listed twice", case.name);
        }
        assert!(Case::named("none").is_none());
    }
}
