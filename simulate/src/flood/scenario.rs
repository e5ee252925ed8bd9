//! A checked flood scenario, and its canonical JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::action::Action;
use crate::kernel::Limits;
use crate::scenario::{Header, SCHEMA};

/// A flood scenario that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodScenario {
    /// Name, mode, seed, length of a tick.
    pub header: Header,
    /// Deviations from the reference rules; all off in the reference mode.
    pub switches: Switches,
    /// Horizon \[ticks\]. One event beyond it may run (specification, section 2).
    pub until: i64,
    /// In registration order.
    pub agents: Vec<Agent>,
    /// In the order of the scheduling calls made before the run.
    pub schedule: Vec<Entry>,
    /// Caps on events, not part of the scenario text.
    pub limits: Limits,
    /// What is allowed and yet probably not meant.
    pub warnings: Vec<String>,
}

/// Deviations from the reference rules (specification, section 10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Switches {
    /// A: citizens' intents come true after this many ticks, one pending each, and panic looks
    /// at the system's stress; 0 is off.
    pub citizen_demand_delay: i64,
    /// B: overload compares load with the smaller of capacity and remaining resource.
    pub effective_capacity: bool,
    /// C: the policy's delay counts once.
    pub single_delay: bool,
    /// D: what a policy releases is taken from its budget when it decides.
    pub spend_budget: bool,
    /// E: share of load and of a stress increment that an intervention takes away; 0 is off.
    pub relief: f64,
    /// F: how strongly an overload loads the dependents; 0 is off.
    pub coupling: f64,
}

impl Switches {
    /// Names of the switches that are on.
    #[must_use]
    pub fn on(&self) -> Vec<&'static str> {
        [
            ("citizen_demand_delay", self.citizen_demand_delay > 0),
            ("effective_capacity", self.effective_capacity),
            ("single_delay", self.single_delay),
            ("spend_budget", self.spend_budget),
            ("relief", self.relief > 0.0),
            ("coupling", self.coupling > 0.0),
        ]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect()
    }
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agent {
    /// What it is, with its parameters.
    #[serde(flatten)]
    pub role: Role,
    /// Unique name.
    pub id: String,
    /// Stress at the start \[dimensionless\].
    pub initial_stress: f64,
    /// Whether it counts for the policy's sum and the budget split. No rule changes it.
    pub is_active: bool,
}

/// What an agent is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Role {
    /// Serves load.
    Service(Service),
    /// Makes demand.
    Citizen(Citizen),
    /// Watches stress and intervenes.
    Policy(Policy),
}

impl Role {
    /// Its name in scenarios.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Citizen(_) => "citizen",
            Self::Policy(_) => "policy",
        }
    }
}

/// Parameters of a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Service {
    /// Load above which it reports overload \[load units\].
    pub capacity: f64,
    /// Ids of what it depends on.
    pub dependencies: Vec<String>,
    /// Stress below which it may report again.
    pub overload_threshold: f64,
    /// Stress that one report adds.
    pub stress_increment: f64,
    /// Load at the start; `None`: no entry in the load map, load 0, out of reach of demand.
    pub initial_load: Option<f64>,
}

/// Parameters of a citizen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Citizen {
    /// Load that one demand adds to every service \[load units\].
    pub demand_profile: f64,
    /// Stress from which demand doubles.
    pub panic_threshold: f64,
}

/// Parameters of a policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Policy {
    /// Delay of its interventions \[ticks\]; counted twice unless switch C is on.
    pub intervention_delay: i64,
    /// Resource at the start.
    pub budget: f64,
    /// System stress above which it decides to intervene.
    pub stress_threshold: f64,
}

/// An event scheduled before the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Ticks from the start to the first.
    pub delay: i64,
    /// Number of scheduling calls.
    pub repeat: u64,
    /// Ticks between two of them.
    pub spacing: i64,
    /// Who emits it.
    pub source: String,
    /// What happens.
    pub action: Action,
}

impl FloodScenario {
    /// The scenario with every default spelled out; parsing it gives the same scenario.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing to a String fails only for maps with keys that are no texts.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for FloodScenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SCHEMA)?;
        map.serialize_entry("world", "flood")?;
        map.serialize_entry("name", &self.header.name)?;
        map.serialize_entry("description", &self.header.description)?;
        map.serialize_entry("mode", self.header.mode.name())?;
        map.serialize_entry("seed", &self.header.seed)?;
        map.serialize_entry("tick", &(self.header.tick_ns as f64 / 1e9))?;
        map.serialize_entry("switches", &self.switches)?;
        map.serialize_entry("until", &self.until)?;
        map.serialize_entry("agents", &self.agents)?;
        map.serialize_entry("schedule", &self.schedule)?;
        map.end()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("delay", &self.delay)?;
        map.serialize_entry("repeat", &self.repeat)?;
        map.serialize_entry("spacing", &self.spacing)?;
        map.serialize_entry("event_type", self.action.event_type())?;
        map.serialize_entry("source", &self.source)?;
        map.serialize_entry("payload", &self.action.payload())?;
        map.end()
    }
}
