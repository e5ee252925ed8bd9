//! A task of the catalogue (specification, section 16).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::difficulty::Difficulty;
use super::extra::Extra;
use super::fault::FaultKind;
use super::model::BcmMode;

/// Fields to set, by service and field.
pub type FieldsByService = BTreeMap<String, BTreeMap<String, Extra>>;

/// A fixed episode: services, faults, decoys and what is special at the start. Golden data use
/// these names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Unique id, such as `task_easy_oom_baseline`.
    pub task_id: String,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Kind of the primary fault.
    pub fault_type: FaultKind,
    /// Where the primary fault is.
    pub fault_service: String,
    /// Seed of its draws.
    pub seed: u64,
    /// Services in order.
    pub services: Vec<String>,
    /// Speed of the primary fault.
    #[serde(default = "unit_speed")]
    pub fault_speed: f64,
    /// Decoys; they need not be among the services.
    #[serde(default)]
    pub red_herrings: Vec<String>,
    /// Log lines that were planted. Data: nothing acts on them.
    #[serde(default)]
    pub adversarial_logs: Vec<PlantedLine>,
    /// Fields that are attached last; the status is not derived again.
    #[serde(default)]
    pub task_metrics_schema: FieldsByService,
    /// Fields that are overwritten; the status is derived again.
    #[serde(default)]
    pub initial_state_overrides: FieldsByService,
    /// How user impact is measured.
    #[serde(default)]
    pub bcm_mode: BcmMode,
    /// Kind of a second fault.
    #[serde(default)]
    pub secondary_fault_type: Option<FaultKind>,
    /// Where the second fault is.
    #[serde(default)]
    pub secondary_fault_service: Option<String>,
    /// Speed of the second fault.
    #[serde(default = "unit_speed")]
    pub secondary_fault_speed: f64,
}

/// A hostile log line of the input, passed through verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedLine {
    /// Whose log it is in.
    pub service: String,
    /// The line.
    pub line: String,
}

const fn unit_speed() -> f64 {
    1.0
}
