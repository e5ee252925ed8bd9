//! What goes wrong in a mesh (specification, section 2.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::extra::Extra;

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Memory grows until the process is killed, again and again.
    Oom,
    /// Memory, latency and errors grow slowly.
    MemoryLeak,
    /// Errors and latency grow, descriptors run out.
    ConfigDrift,
    /// Calls time out.
    NetworkPartition,
    /// Errors and latency grow since a deployment.
    BadDeploy,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Oom, Self::MemoryLeak, Self::ConfigDrift, Self::NetworkPartition, Self::BadDeploy];

    /// Its name in scenarios, logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oom => "oom",
            Self::MemoryLeak => "memory_leak",
            Self::ConfigDrift => "config_drift",
            Self::NetworkPartition => "network_partition",
            Self::BadDeploy => "bad_deploy",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The plan of an episode: its primary fault and its decoys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultConfig {
    /// The service of the primary fault.
    pub root_cause_service: String,
    /// Its kind.
    pub fault_type: FaultKind,
    /// Services that look ill and are not. A cascade takes no way through them.
    #[serde(default)]
    pub red_herring_services: Vec<String>,
    /// A service whose log carries instruction-shaped text.
    #[serde(default)]
    pub prompt_injection_service: Option<String>,
    /// Speed of the legacy path.
    #[serde(default = "unit_speed")]
    pub degradation_speed: f64,
    /// Kept as golden data have it; the cascade always ends after 3 hops.
    #[serde(default = "default_depth")]
    pub cascade_depth: i64,
}

/// One fault of the multi path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultState {
    /// Its kind.
    pub fault_type: FaultKind,
    /// Where. A service that is not in the mesh makes a fault without effect.
    pub fault_service: String,
    /// How fast it grows; 1 is normal.
    #[serde(default = "unit_speed")]
    pub fault_speed: f64,
    /// Whether it was ended: its physics and cascade stop, and services recover.
    #[serde(default)]
    pub halted: bool,
    /// `tick_count` when it was halted.
    #[serde(default)]
    pub halted_at_tick: Option<i64>,
    /// Ticks that it has been at work.
    #[serde(default)]
    pub progression_tick: i64,
    /// Fields that generation sets on its service.
    #[serde(default)]
    pub initial_state: BTreeMap<String, Extra>,
    /// Ticks before it begins: until `tick_count` has reached this it does nothing at all. An
    /// extension; golden data have 0, active from the first tick.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub start_tick: i64,
}

impl FaultState {
    /// A fault that acts from the first tick.
    #[must_use]
    pub fn new(fault_type: FaultKind, fault_service: &str, fault_speed: f64) -> Self {
        Self {
            fault_type,
            fault_service: fault_service.to_owned(),
            fault_speed,
            halted: false,
            halted_at_tick: None,
            progression_tick: 0,
            initial_state: BTreeMap::new(),
            start_tick: 0,
        }
    }

    /// Whether it has begun in a mesh that has finished `tick_count` ticks; it may be halted.
    #[must_use]
    pub const fn has_begun(&self, tick_count: i64) -> bool {
        tick_count >= self.start_tick
    }

    /// Whether it is at work: begun and not halted.
    #[must_use]
    pub const fn is_live(&self, tick_count: i64) -> bool {
        self.has_begun(tick_count) && !self.halted
    }
}

const fn unit_speed() -> f64 {
    1.0
}

const fn default_depth() -> i64 {
    3
}

const fn is_zero(ticks: &i64) -> bool {
    *ticks == 0
}
