//! Why a simulation failed.

use infra_eventlog::RunError;

use crate::flood::FloodError;
use crate::scenario::ScenarioError;

/// Why no run was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The scenario cannot be used. Nothing was simulated.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The flood could not be simulated to its end. Nothing was written.
    #[error(transparent)]
    Flood(#[from] FloodError),
    /// The world cannot be set up as the scenario says. Nothing was written.
    #[error("{0}")]
    World(String),
    /// The run could not be written. What stood there before is unchanged.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl SimulateError {
    /// Whether the environment (a full disk, no permission) rather than the input is to blame.
    #[must_use]
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::Run(error) if error.is_environment())
    }

    /// Whether the command line (a name, an override) rather than a file is to blame.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Scenario(error) if error.is_usage())
    }
}
