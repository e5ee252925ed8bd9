//! The state of a mesh (specification, section 2.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::budget::Budget;
use super::cascade::Wave;
use super::difficulty::Difficulty;
use super::fault::{FaultConfig, FaultState};
use super::graph::Graph;
use super::impact::Impact;
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

/// Why no mesh can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeshError {
    /// There is nothing to simulate.
    #[error("a mesh needs at least one service")]
    NoServices,
    /// Two services have the same name.
    #[error("two services are named `{0}`")]
    TwiceNamed(String),
    /// A list has not one entry a service.
    #[error("{what} has {found} entries for {services} services")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its entries.
        found: usize,
        /// Services.
        services: usize,
    },
}

/// A mesh during its run. Service and fault indices are positions in [`Mesh::services`] and
/// [`Mesh::faults`].
#[derive(Clone, Debug)]
pub struct Mesh {
    pub(super) services: Vec<Service>,
    pub(super) graph: Graph,
    pub(super) config: FaultConfig,
    pub(super) difficulty: Difficulty,
    pub(super) faults: Vec<FaultState>,
    pub(super) fault_halted: bool,
    pub(super) planted: Vec<PlantedLine>,
    pub(super) task: Option<Task>,
    pub(super) bcm_mode: BcmMode,
    pub(super) tick_count: i64,
    pub(super) sim_time_s: i64,
    pub(super) impact: Impact,
    pub(super) budget: Budget,
    /// Index of each name.
    names: BTreeMap<String, usize>,
    /// Service of the primary fault.
    pub(super) root: Option<usize>,
    /// Service of each fault.
    pub(super) fault_places: Vec<Option<usize>>,
    /// Service whose data decides mitigation in freshness mode.
    pub(super) freshness_place: Option<usize>,
    /// Which services are decoys.
    pub(super) decoys: Vec<bool>,
    /// Which services users meet.
    pub(super) user_facing: Vec<bool>,
    /// Buffers of the cascade.
    pub(super) wave: Wave,
    /// User impact of the latest tick, per service.
    pub(super) shares: Vec<f64>,
}

impl Mesh {
    /// The mesh of a blueprint, before its first tick.
    ///
    /// # Errors
    /// [`MeshError`] if the blueprint contradicts itself.
    pub fn new(blueprint: Blueprint) -> Result<Self, MeshError> {
        let Blueprint { services, graph, config, difficulty, faults, planted, task, .. } = blueprint;
        let count = services.len();
        let mut names = BTreeMap::new();
        for (i, service) in services.iter().enumerate() {
            if names.insert(service.name.clone(), i).is_some() {
                return Err(MeshError::TwiceNamed(service.name.clone()));
            }
        }
        let user_facing = blueprint.user_facing.unwrap_or_else(|| {
            services.iter().map(|service| USER_FACING.contains(&service.name.as_str())).collect()
        });
        for (what, found) in [("the graph", graph.len()), ("the list of flags", user_facing.len())] {
            if found != count {
                return Err(MeshError::Length { what, found, services: count });
            }
        }
        if count == 0 {
            return Err(MeshError::NoServices);
        }
        let place = |name: &str| names.get(name).copied();
        let mut decoys = vec![false; count];
        for decoy in config.red_herring_services.iter().filter_map(|name| place(name)) {
            decoys[decoy] = true;
        }
        Ok(Self {
            root: place(&config.root_cause_service),
            fault_places: faults.iter().map(|fault| place(&fault.fault_service)).collect(),
            freshness_place: task.as_ref().and_then(|task| place(&task.fault_service)),
            impact: Impact::default(),
            budget: Budget::new(blueprint.slo_budget, blueprint.slo_burn_rate),
            fault_halted: blueprint.fault_halted,
            bcm_mode: blueprint.bcm_mode,
            tick_count: 0,
            sim_time_s: 0,
            wave: Wave::new(count),
            shares: vec![0.0; count],
            services,
            graph,
            config,
            difficulty,
            faults,
            planted,
            task,
            names,
            decoys,
            user_facing,
        })
    }

    /// Services in order.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// Position of the service of that name.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Who calls whom.
    #[must_use]
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Primary fault and decoys.
    #[must_use]
    pub const fn config(&self) -> &FaultConfig {
        &self.config
    }

    /// How hard it is.
    #[must_use]
    pub const fn difficulty(&self) -> Difficulty {
        self.difficulty
    }

    /// Faults of the multi path; none on the legacy path.
    #[must_use]
    pub fn faults(&self) -> &[FaultState] {
        &self.faults
    }

    /// Service of a fault; `None` stands for the legacy path's fault.
    #[must_use]
    pub fn fault_place(&self, fault: Option<usize>) -> Option<usize> {
        fault.map_or(self.root, |index| self.fault_places.get(index).copied().flatten())
    }

    /// Whether the legacy path's fault has ended, or an action halted a fault.
    #[must_use]
    pub const fn fault_halted(&self) -> bool {
        self.fault_halted
    }

    /// Hostile log lines.
    #[must_use]
    pub fn planted(&self) -> &[PlantedLine] {
        &self.planted
    }

    /// The task that it was generated from.
    #[must_use]
    pub const fn task(&self) -> Option<&Task> {
        self.task.as_ref()
    }

    /// How user impact is measured.
    #[must_use]
    pub const fn bcm_mode(&self) -> BcmMode {
        self.bcm_mode
    }

    /// Finished ticks.
    #[must_use]
    pub const fn tick_count(&self) -> i64 {
        self.tick_count
    }

    /// Simulated time \[s\].
    #[must_use]
    pub const fn sim_time_s(&self) -> i64 {
        self.sim_time_s
    }

    /// User impact so far.
    #[must_use]
    pub const fn impact(&self) -> &Impact {
        &self.impact
    }

    /// SLO budgets.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Whether a service is a decoy.
    #[must_use]
    pub fn is_decoy(&self, service: usize) -> bool {
        self.decoys.get(service).copied().unwrap_or(false)
    }

    /// Whether users meet a service.
    #[must_use]
    pub fn is_user_facing(&self, service: usize) -> bool {
        self.user_facing.get(service).copied().unwrap_or(false)
    }
}
