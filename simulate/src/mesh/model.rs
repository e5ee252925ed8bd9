//! The state of a mesh (specification, section 2.2).

use serde::{Deserialize, Serialize};

use super::difficulty::Difficulty;
use super::fault::{FaultConfig, FaultState};
use super::graph::Graph;
use super::state::Service;
use super::task::{PlantedLine, Task};

/// Names of the services that users meet, unless a blueprint says otherwise.
pub const USER_FACING: [&str; 2] = ["api-gateway", "checkout-service"];

/// How user impact is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BcmMode {
    /// By errors and latency of services that are not healthy.
    #[default]
    Standard,
    /// By the age of data.
    Freshness,
}

impl BcmMode {
    /// Its name in golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Freshness => "freshness",
        }
    }
}

/// What a mesh is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    /// Services in order; names are unique.
    pub services: Vec<Service>,
    /// Their calls, as many nodes as services.
    pub graph: Graph,
    /// Primary fault and decoys.
    pub config: FaultConfig,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Faults of the multi path. None: the legacy path, driven by `config`.
    pub faults: Vec<FaultState>,
    /// Whether the fault of the legacy path has ended.
    pub fault_halted: bool,
    /// Hostile log lines.
    pub planted: Vec<PlantedLine>,
    /// The task that it was generated from.
    pub task: Option<Task>,
    /// How user impact is measured.
    pub bcm_mode: BcmMode,
    /// SLO budget at the start.
    pub slo_budget: f64,
    /// SLO budget burned by a tick in which every service is bad.
    pub slo_burn_rate: f64,
    /// Which services users meet, one flag a service; `None`: those of [`USER_FACING`].
    pub user_facing: Option<Vec<bool>>,
}

/// A mesh during its run. Service, fault and caller indices are positions in these lists.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// Services in order.
    pub services: Vec<Service>,
    /// Their calls.
    pub graph: Graph,
    /// Primary fault and decoys.
    pub config: FaultConfig,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Faults of the multi path.
    pub faults: Vec<FaultState>,
    /// Whether any fault was ended.
    pub fault_halted: bool,
    /// Hostile log lines.
    pub planted: Vec<PlantedLine>,
    /// The task that it was generated from.
    pub task: Option<Task>,
    /// How user impact is measured.
    pub bcm_mode: BcmMode,
    /// Finished ticks.
    pub tick_count: i64,
    /// Simulated time \[s\].
    pub sim_time_s: i64,
}
