//! Where a run comes from, and how it counts time.

use serde::{Deserialize, Serialize};

/// Name, description and hash of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScenarioInfo {
    /// Short name.
    pub name: String,
    /// One sentence that does not give the fault away.
    pub description: String,
    /// BLAKE3 of the scenario text, hex.
    pub hash: String,
}

/// How a run counts time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeInfo {
    /// `tick` or `ns`: how reports show time.
    pub unit: TimeUnit,
    /// Nanoseconds in a tick.
    pub tick_ns: i64,
    /// RFC 3339 instant of time 0, if the run has one.
    pub origin: Option<String>,
}

impl Default for TimeInfo {
    fn default() -> Self {
        Self { unit: TimeUnit::Ns, tick_ns: 1_000_000_000, origin: None }
    }
}

/// Unit in which a run's times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Dimensionless steps of a simulation.
    Tick,
    /// Physical time.
    #[default]
    Ns,
}

/// How complete the state rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observation {
    /// Every service after every event.
    Snapshot,
    /// Only what changed; a value holds until the next row.
    Delta,
    /// Whenever somebody looked.
    #[default]
    Sampled,
}
