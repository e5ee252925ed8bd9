//! `bench simulate`: the event queue, the log writer, the worlds.

use std::path::Path;

use infra_simulate::SimulateError;
use infra_simulate::measure::{CASES, Case as Simulated, MeasureError};

use super::case::{Case, Measured, Outcome, Suite, Target};
use crate::exit::CliError;

pub(super) struct Simulate;

impl Suite for Simulate {
    fn name(&self) -> &'static str {
        "simulate"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |case: &Simulated| Case {
            name: case.name,
            size: case.size,
            unit: case.unit,
            target: Target {
                rate: case.target.rate,
                seconds: case.target.seconds,
                peak_bytes: case.target.peak_bytes,
            },
            only_named: false,
        };
        CASES.iter().map(case).collect()
    }

    fn measure(&self, case: &Case, _input: Option<&Path>, scratch: &Path) -> anyhow::Result<Outcome> {
        let Some(simulated) = Simulated::named(case.name) else {
            return Err(CliError::Internal(format!("no case {}", case.name)).into());
        };
        match simulated.measure(scratch) {
            Ok(done) => {
                Ok(Outcome::Measured(Measured { work: done.work, seconds: done.seconds, bytes: None }))
            },
            Err(MeasureError::Simulate(SimulateError::Scenario(refusal))) => {
                Ok(Outcome::NotBuilt(refusal.to_string()))
            },
            Err(MeasureError::Simulate(error)) => Err(error.into()),
            Err(MeasureError::Run(error)) => Err(error.into()),
            Err(other) => Err(CliError::Internal(other.to_string()).into()),
        }
    }
}
