//! The ground truth of a simulated run: a sidecar `NAME.truth.json` beside the run.
//!
//! It names the faults, so nothing but `analysis::evaluate` opens it: a report is the same with it,
//! without it, and with a false one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic::write_file;
use crate::error::RunError;

/// Ground truth of one simulated run. Times are nanoseconds since the run's origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Run that it belongs to.
    pub run_id: String,
    /// Injected faults.
    pub faults: Vec<Fault>,
    /// Services where it started; several are allowed, none if nothing failed.
    pub root_causes: Vec<String>,
    /// How failure travelled.
    pub propagation: Vec<Hop>,
    /// How it ended.
    pub outcome: String,
    /// The full scenario text.
    pub scenario: String,
    /// Anything else that a world wants to keep.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// An injected fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Where it was injected.
    pub service: String,
    /// What it was.
    pub kind: String,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it; null: never repaired.
    pub end_ns: Option<i64>,
    /// Size in the world's own unit.
    pub magnitude: f64,
}

/// One step of failure from a failing service to its victim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The failing service.
    pub from: String,
    /// Its victim.
    pub to: String,
    /// When.
    pub time_ns: i64,
    /// How much it added, in the world's own unit.
    pub contribution: f64,
}

/// Where the sidecar of a run stands: `results/run.parquet` has `results/run.truth.json`.
#[must_use]
pub fn sidecar(run: &Path) -> PathBuf {
    run.with_extension("truth.json")
}

impl Truth {
    /// Writes the sidecar of `run`.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn write(&self, run: &Path) -> Result<(), RunError> {
        let mut json = serde_json::to_string_pretty(self)
            .map_err(|e| RunError::Producer(format!("truth cannot be written as JSON: {e}")))?;
        json.push('\n');
        write_file(&sidecar(run), json.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sidecar_stands_beside_the_run() {
        assert_eq!(sidecar(Path::new("results/run.parquet")), Path::new("results/run.truth.json"));
        assert_eq!(sidecar(Path::new("bundle")), Path::new("bundle.truth.json"));
    }
}
