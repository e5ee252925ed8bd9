//! One measurement in this process, with its peak of memory.

use infra_eventlog::scratch::ScratchDir;
use infra_simulate::SimulateError;
use infra_simulate::measure::{Case, MeasureError};
use serde::{Deserialize, Serialize};

use crate::exit::CliError;

/// What the child tells its parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Once {
    /// It was measured.
    Measured(Measurement),
    /// The scenario was refused, by this reason.
    NotBuilt(String),
}

/// One run of a case.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Measurement {
    /// Units of work.
    pub(super) work: u64,
    /// How long they took \[s\].
    pub(super) seconds: f64,
    /// Most memory that the process ever held \[bytes\]; `None` where the system does not tell.
    pub(super) peak_bytes: Option<u64>,
}

impl Once {
    /// Measures.
    ///
    /// # Errors
    /// Whatever kept a scenario that was accepted from being played.
    pub(super) fn of(case: &Case) -> anyhow::Result<Self> {
        let scratch = ScratchDir::create()?;
        match case.measure(scratch.path()) {
            Ok(done) => Ok(Self::Measured(Measurement {
                work: done.work,
                seconds: done.seconds,
                peak_bytes: peak_bytes(),
            })),
            Err(MeasureError::Simulate(SimulateError::Scenario(refusal))) => {
                Ok(Self::NotBuilt(refusal.to_string()))
            },
            Err(MeasureError::Simulate(error)) => Err(error.into()),
            Err(MeasureError::Run(error)) => Err(error.into()),
            Err(other) => Err(CliError::Internal(other.to_string()).into()),
        }
    }
}

/// Peak resident memory of this process, where Linux tells it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    peak_of(&status)
}

/// `VmHWM:     1234 kB`.
fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_status() {
        assert_eq!(peak_of("Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n"), Some(1234 * 1024));
        assert_eq!(peak_of("Name:\tx\n"), None);
    }
}
