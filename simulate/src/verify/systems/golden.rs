//! Golden data as values: states, snapshots, draws, scenarios.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::RELATIVE;
use crate::scenario::{Format, Scenario};
use crate::systems::{Drawn, Server, ServerSpec, Snapshot, SystemsScenario, Tape};
use crate::verify::{Check, VerifyError, read};

/// A recorded draw: `["u", u, a, b]`, `["r", u]` or `["c", index, n]`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<Value>")]
pub(super) struct GoldenDraw(Drawn);

impl TryFrom<Vec<Value>> for GoldenDraw {
    type Error = String;

    fn try_from(parts: Vec<Value>) -> Result<Self, String> {
        let real = |i: usize| parts.get(i).and_then(Value::as_f64);
        let int = |i: usize| parts.get(i).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let drawn = match parts.first().and_then(Value::as_str) {
            Some("u") => real(1).zip(real(2)).zip(real(3)).map(|((u, a), b)| Drawn::Uniform(u, a, b)),
            Some("r") => real(1).map(Drawn::Plain),
            Some("c") => int(1).zip(int(2)).map(|(index, n)| Drawn::Choice(index, n)),
            _ => None,
        };
        drawn.map(Self).ok_or_else(|| format!("no draw: {}", Value::from(parts)))
    }
}

pub(super) fn tape<'a>(draws: impl IntoIterator<Item = &'a GoldenDraw>) -> Tape {
    Tape::new(draws.into_iter().map(|draw| draw.0))
}

/// A whole tape must be used, and only that.
pub(super) fn used_up(check: &mut Check, place: &str, tape: &Tape) {
    if let Some(problem) = tape.problem() {
        check.differs(place, problem);
    }
}

/// A server's exact state.
#[derive(Debug, Deserialize)]
pub(super) struct GoldenState {
    health: f64,
    cpu_usage: f64,
    memory_usage: f64,
    disk_usage: f64,
    request_rate: f64,
    error_rate: f64,
    latency_p50: f64,
    latency_p99: f64,
    isolated: bool,
    round: u64,
    services_down: Vec<String>,
    chaos_effects: Vec<String>,
}

impl GoldenState {
    /// The state as ours; `chaos` collects the names of scenarios.
    pub(super) fn server(&self, spec: &ServerSpec, chaos: &mut Vec<String>) -> Option<Server> {
        let position = |name: &String| spec.services.iter().position(|service| service == name);
        Some(Server {
            health: self.health,
            cpu_usage: self.cpu_usage,
            memory_usage: self.memory_usage,
            disk_usage: self.disk_usage,
            request_rate: self.request_rate,
            error_rate: self.error_rate,
            latency_p50: self.latency_p50,
            latency_p99: self.latency_p99,
            isolated: self.isolated,
            services_down: self.services_down.iter().map(position).collect::<Option<_>>()?,
            chaos_effects: self.chaos_effects.iter().map(|name| number_of(name, chaos)).collect(),
            round: self.round,
            burden: None,
            held: Vec::new(),
        })
    }

    pub(super) fn compare(
        &self,
        check: &mut Check,
        place: &str,
        spec: &ServerSpec,
        chaos: &[String],
        ours: &Server,
    ) {
        let reals = [
            ("health", self.health, ours.health),
            ("cpu_usage", self.cpu_usage, ours.cpu_usage),
            ("memory_usage", self.memory_usage, ours.memory_usage),
            ("disk_usage", self.disk_usage, ours.disk_usage),
            ("request_rate", self.request_rate, ours.request_rate),
            ("error_rate", self.error_rate, ours.error_rate),
            ("latency_p50", self.latency_p50, ours.latency_p50),
            ("latency_p99", self.latency_p99, ours.latency_p99),
        ];
        for (what, golden, ours) in reals {
            check.real(place, what, golden, ours, 0.0, RELATIVE);
        }
        check.same(place, "isolated", self.isolated, ours.isolated);
        check.same(place, "round", self.round, ours.round);
        check.same(place, "services_down", &self.services_down, &names(spec, &ours.services_down));
        let effects: Vec<&str> =
            ours.chaos_effects.iter().map(|i| chaos.get(*i).map_or("?", String::as_str)).collect();
        check.same(place, "chaos_effects", &self.chaos_effects, &effects);
    }
}

/// The number of a scenario's name, which is noted if it is new.
pub(super) fn number_of(name: &str, chaos: &mut Vec<String>) -> usize {
    chaos.iter().position(|known| known == name).unwrap_or_else(|| {
        chaos.push(name.to_owned());
        chaos.len() - 1
    })
}

/// A published snapshot; engineers' rounds hold only the fields that are read.
#[derive(Debug, Deserialize)]
pub(super) struct GoldenSnapshot {
    pub(super) server: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    health: f64,
    cpu_usage: f64,
    memory_usage: f64,
    disk_usage: f64,
    error_rate: f64,
    latency_p99: f64,
    pub(super) services_down: Vec<String>,
    isolated: bool,
    round: Option<u64>,
    request_rate: Option<f64>,
    latency_p50: Option<f64>,
    services_up: Option<Vec<String>>,
    chaos_active: Option<bool>,
}

impl GoldenSnapshot {
    /// The snapshot of a server whose services are those that are down.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            missing: false,
            round: self.round.unwrap_or(0),
            health: self.health,
            cpu_usage: self.cpu_usage,
            memory_usage: self.memory_usage,
            disk_usage: self.disk_usage,
            request_rate: self.request_rate.unwrap_or(0.0),
            error_rate: self.error_rate,
            latency_p50: self.latency_p50.unwrap_or(0.0),
            latency_p99: self.latency_p99,
            services_down: (0..self.services_down.len()).collect(),
            isolated: self.isolated,
            chaos_active: self.chaos_active.unwrap_or(false),
        }
    }

    pub(super) fn compare(&self, check: &mut Check, place: &str, spec: &ServerSpec, ours: &Snapshot) {
        check.same(place, "server", &self.server, &spec.name);
        check.same(place, "type", &self.kind, &spec.kind);
        let reals = [
            ("health", Some(self.health), ours.health),
            ("cpu_usage", Some(self.cpu_usage), ours.cpu_usage),
            ("memory_usage", Some(self.memory_usage), ours.memory_usage),
            ("disk_usage", Some(self.disk_usage), ours.disk_usage),
            ("error_rate", Some(self.error_rate), ours.error_rate),
            ("latency_p99", Some(self.latency_p99), ours.latency_p99),
            ("request_rate", self.request_rate, ours.request_rate),
            ("latency_p50", self.latency_p50, ours.latency_p50),
        ];
        for (what, golden, ours) in reals {
            if let Some(golden) = golden {
                check.real(place, &format!("published {what}"), golden, ours, 0.0, RELATIVE);
            }
        }
        check.same(place, "published isolated", self.isolated, ours.isolated);
        check.same(place, "published services_down", &self.services_down, &names(spec, &ours.services_down));
        if let Some(round) = self.round {
            check.same(place, "published round", round, ours.round);
        }
        if let Some(up) = &self.services_up {
            let is_up = |i: &usize| !ours.services_down.contains(i);
            let ours: Vec<usize> = (0..spec.services.len()).filter(is_up).collect();
            check.same(place, "published services_up", up, &names(spec, &ours));
        }
        if let Some(active) = self.chaos_active {
            check.same(place, "published chaos_active", active, ours.chaos_active);
        }
    }
}

fn names<'a>(spec: &'a ServerSpec, positions: &[usize]) -> Vec<&'a str> {
    positions.iter().map(|i| spec.services.get(*i).map_or("?", String::as_str)).collect()
}

/// An engineer's counters.
#[derive(Debug, Deserialize)]
pub(super) struct GoldenCounters {
    pub(super) alerts_handled: u64,
    pub(super) incidents_resolved: u64,
    pub(super) failed_remediations: u64,
}

/// First allowed round by action.
pub(super) type GoldenCooldowns = BTreeMap<String, u64>;

/// The lines of a `jsonl` file with their places.
pub(super) fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<(String, T)>, VerifyError> {
    let text = read(path)?;
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| {
            let value =
                serde_json::from_str(line).map_err(|e| malformed(path, format!("line {}: {e}", i + 1)))?;
            Ok((format!("{file} line {}", i + 1), value))
        })
        .collect()
}

pub(super) fn malformed(path: &Path, why: impl std::fmt::Display) -> VerifyError {
    VerifyError::Malformed { path: path.to_owned(), why: why.to_string() }
}

/// The scenario of a golden configuration. Keys that no rule reads are left out.
pub(super) fn scenario(config: &Value, path: &Path) -> Result<SystemsScenario, VerifyError> {
    let mut document = Map::from_iter([("world".to_owned(), json!("systems"))]);
    for key in ["rounds", "base_traffic", "sla_target", "alert_thresholds"] {
        document.extend(config.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let lists: [(&str, &[&str]); 3] = [
        ("servers", &["name", "type", "services"]),
        ("chaos_scenarios", &["name", "probability", "duration", "effect"]),
        ("remediation_actions", &["name", "success_rate", "cooldown"]),
    ];
    for (key, known) in lists {
        let only = |item: &Value| -> Value {
            known.iter().filter_map(|key| Some(((*key).to_owned(), item.get(key)?.clone()))).collect()
        };
        if let Some(items) = config.get(key).and_then(Value::as_array) {
            document.insert(key.to_owned(), items.iter().map(only).collect());
        }
    }
    let text = Value::Object(document).to_string();
    Scenario::parse(&text, Format::Json, "config")
        .and_then(|scenario| scenario.systems())
        .map_err(|error| malformed(path, error))
}
