//! A checked systems scenario; `effect`: what injections and remediations do; `json`: its canonical
//! text.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::scenario::Header;

mod effect;
mod json;

pub use effect::{Change, Effect, Operation, RemedyEffect};

/// A systems scenario that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemsScenario {
    /// Name, mode, seed, length of a round.
    pub header: Header,
    /// Documented deviations from the reference rules; all off in the reference mode.
    pub switches: Switches,
    /// Rounds played.
    pub rounds: u64,
    /// Rounds at the start in which no chaos is drawn.
    pub warmup: u64,
    /// Requests per round over all servers, before the daily factor of 0.8 to 1.5.
    pub base_traffic: f64,
    /// Availability that must be reached \[%\].
    pub sla_target: f64,
    /// The chaos level in force, a key of `chaos_levels`.
    pub chaos_level: String,
    /// Factors of the probabilities, by level.
    pub chaos_levels: BTreeMap<String, f64>,
    /// The skill of engineers that name none, a key of `skills`.
    pub sre_skill: String,
    /// Skills of engineers.
    pub skills: BTreeMap<String, Skill>,
    /// When alerts are raised.
    pub alert_thresholds: Thresholds,
    /// Time that an external diagnoser has for an answer \[s\].
    pub diagnoser_timeout_s: f64,
    /// In the order of the configuration.
    pub servers: Vec<ServerSpec>,
    /// What each service needs. A graph; cycles are allowed.
    pub service_dependencies: BTreeMap<String, Vec<String>>,
    /// In the order in which they are drawn.
    pub chaos_scenarios: Vec<ChaosScenario>,
    /// In the order of choice.
    pub remediation_actions: Vec<RemediationSpec>,
    /// Engineers; alert i goes to the engineer i mod n.
    pub sres: Vec<SreSpec>,
    /// Scripted injections.
    pub schedule: Vec<Scripted>,
    /// What is allowed and yet probably not meant.
    pub warnings: Vec<String>,
}

/// Documented deviations from the reference rules (specification, section 13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Switches {
    /// D1: effects last as long as their scenario says, and end.
    pub durations: bool,
    /// D2: an applicable command succeeds with success_rate times remediation_speed.
    pub success_rates: bool,
    /// D3: disk alerts, and a clear_cache that frees disk.
    pub disk_alerts: bool,
    /// D4: an isolated server publishes nothing and obeys only failover.
    pub isolation: bool,
    /// D5: how strongly failure travels to dependents; 0 is off.
    pub coupling: f64,
    /// Cooldowns count per server, not for the whole fleet (section 13, row 5).
    pub server_cooldowns: bool,
}

impl Switches {
    /// Names of the switches that are on.
    #[must_use]
    pub fn on(&self) -> Vec<&'static str> {
        [
            ("durations", self.durations),
            ("success_rates", self.success_rates),
            ("disk_alerts", self.disk_alerts),
            ("isolation", self.isolation),
            ("coupling", self.coupling > 0.0),
            ("server_cooldowns", self.server_cooldowns),
        ]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect()
    }
}

/// One server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServerSpec {
    /// Unique name.
    pub name: String,
    /// Any text; only `database` has a meaning.
    #[serde(rename = "type")]
    pub kind: String,
    /// Services that it hosts; may be none.
    pub services: Vec<String>,
    /// Metadata alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_capacity: Option<f64>,
    /// Metadata alone \[MB\].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_capacity: Option<f64>,
    /// Metadata alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_primary: Option<bool>,
}

impl ServerSpec {
    /// Whether slow databases are its problem.
    #[must_use]
    pub fn is_database(&self) -> bool {
        self.kind == "database"
    }
}

/// One chaos scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChaosScenario {
    /// Unique name.
    pub name: String,
    /// Chance per round, before the level's factor.
    pub probability: f64,
    /// Rounds that it lasts; read under D1 alone.
    pub duration: u64,
    /// What it does.
    pub effect: Effect,
}

/// One remediation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RemediationSpec {
    /// Unique name; six names have effects of their own.
    pub name: String,
    /// Chance of success, before the engineer's speed; read under D2 alone.
    pub success_rate: f64,
    /// Rounds until it may be used again; 0 is no limit.
    pub cooldown: u64,
    /// Alert metrics that it answers, before the table of section 8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handles: Vec<String>,
    /// What it does; `None`: what its name means, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<RemedyEffect>,
}

/// Alert thresholds, each strictly above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// \[%\]
    pub cpu_usage: Limit,
    /// \[%\]
    pub memory_usage: Limit,
    /// \[%\]
    pub error_rate: Limit,
    /// \[ms\]
    pub latency_p99: Limit,
    /// \[%\]; checked under D3 alone.
    pub disk_usage: Limit,
}

/// Thresholds of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// Warning above it.
    pub warning: f64,
    /// Critical above it.
    pub critical: f64,
}

/// What an engineer can do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Skill {
    /// Chance of the right action \[0..1\].
    pub diagnosis_accuracy: f64,
    /// Factor of success rates; read under D2 alone.
    pub remediation_speed: f64,
    /// More critical alerts than this overwhelm.
    pub panic_threshold: u64,
}

/// One engineer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SreSpec {
    /// Unique name.
    pub id: String,
    /// A key of `skills`.
    pub skill: String,
}

/// A scripted injection, after the drawn ones of its round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scripted {
    /// From 1.
    pub round: u64,
    /// Name of a chaos scenario.
    pub scenario: String,
    /// Name of a server.
    pub server: String,
}

impl SystemsScenario {
    /// Position of a server.
    pub(crate) fn server(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| server.name == name)
    }

    /// The factor of the chaos level in force.
    pub(crate) fn chaos_factor(&self) -> f64 {
        self.chaos_levels.get(&self.chaos_level).copied().unwrap_or(1.0)
    }
}
