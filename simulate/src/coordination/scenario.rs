//! A checked coordination scenario: population, run, defaults of operations, and what happens.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::actions::Action;
use crate::scenario::{Header, SCHEMA};

/// A checked scenario of the coordination world.
#[derive(Clone, Debug, PartialEq)]
pub struct CoordinationScenario {
    /// Name, seed, mode.
    pub header: Header,
    /// How many agents, in which shape.
    pub population: PopulationPlan,
    /// Simulated time \[s\].
    pub duration_s: u64,
    /// What operations use that say nothing else.
    pub operations: OperationDefaults,
    /// What happens, in the scenario's order.
    pub actions: Vec<Action>,
}

/// `[population]`: specification, section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PopulationPlan {
    /// Agents, 100 to 1,000,000.
    pub agents: u32,
    /// Agents of a cluster; the last cluster may have fewer.
    pub cluster_size: u32,
    /// Clusters of a sector; the last sector may have fewer.
    pub clusters_per_sector: u32,
    /// How classes are laid out over ids.
    pub layout: LayoutName,
}

impl Default for PopulationPlan {
    /// 30,000 agents, 30 in a cluster, 10 clusters in a sector.
    fn default() -> Self {
        Self { agents: 30_000, cluster_size: 30, clusters_per_sector: 10, layout: LayoutName::Mixed }
    }
}

/// Layout of classes over agent ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LayoutName {
    /// Every cluster holds all classes.
    #[default]
    Mixed,
    /// Classes occupy ranges of ids.
    ByClass,
}

/// `[operations]`: what an operation uses that says nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperationDefaults {
    /// From the start to the target time \[ms\].
    pub window_ms: f64,
    /// Share of sent messages that must be answered with READY, 0 to 1.
    pub min_rate: f64,
    /// Longest wait for answers \[ms\].
    pub timeout_ms: f64,
    /// Payload weight, at least 0.
    pub weight: f64,
    /// 0 (background) to 3 (urgent).
    pub priority: u8,
}

impl Default for OperationDefaults {
    fn default() -> Self {
        Self { window_ms: 500.0, min_rate: 0.95, timeout_ms: 5000.0, weight: 0.5, priority: 2 }
    }
}

impl CoordinationScenario {
    /// The scenario with every default spelled out; parsing it gives the same scenario.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing to a String fails only for maps with keys that are no texts.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Simulated time \[µs\].
    #[must_use]
    pub const fn end_us(&self) -> u64 {
        self.duration_s * 1_000_000
    }

    /// When the first fault begins \[µs\]; `None` without faults.
    #[must_use]
    pub fn first_fault_us(&self) -> Option<u64> {
        self.actions.iter().filter(|action| action.is_fault()).map(|action| action.t_ms * 1000).min()
    }
}

impl Serialize for CoordinationScenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct RunPlan {
            duration_s: u64,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SCHEMA)?;
        map.serialize_entry("world", "coordination")?;
        map.serialize_entry("name", &self.header.name)?;
        map.serialize_entry("description", &self.header.description)?;
        map.serialize_entry("mode", self.header.mode.name())?;
        map.serialize_entry("seed", &self.header.seed)?;
        map.serialize_entry("population", &self.population)?;
        map.serialize_entry("run", &RunPlan { duration_s: self.duration_s })?;
        map.serialize_entry("operations", &self.operations)?;
        map.serialize_entry("actions", &self.actions)?;
        map.end()
    }
}
