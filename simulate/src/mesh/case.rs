//! A run as a golden case describes it: initial state, faults, script. Such a text is also a
//! scenario.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::difficulty::Difficulty;
use super::extra::Extra;
use super::fault::{FaultConfig, FaultState};
use super::graph::Graph;
use super::model::{BcmMode, Blueprint, Mesh, MeshError};
use super::script::Script;
use super::state::Service;
use super::task::{PlantedLine, Task};

/// More services than this are refused.
const MAX_SERVICES: usize = 200_000;
/// More ticks than this are refused.
const MAX_TICKS: i64 = 1_000_000;
/// Faster faults are refused.
const MAX_SPEED: f64 = 1000.0;

/// A run to be played.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name; empty if it has none.
    pub name: String,
    /// What it shows; empty if that is not told.
    pub kind: String,
    /// Seed of its draws.
    pub seed: u64,
    /// Ticks to play.
    pub ticks: i64,
    /// Operations between the ticks.
    pub script: Script,
    /// The mesh before its first tick.
    pub mesh: Mesh,
}

/// Why a text is no case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// A key is missing, unknown or of the wrong kind.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// A value makes no sense.
    #[error("{path}: {why}")]
    Value {
        /// Where.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The state contradicts itself.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

/// The keys of a case that are read; others are results.
#[derive(Deserialize)]
struct CaseText {
    #[serde(default)]
    case: String,
    #[serde(default)]
    kind: String,
    difficulty: Difficulty,
    #[serde(deserialize_with = "absolute")]
    seed: u64,
    ticks: i64,
    #[serde(default)]
    script: Script,
    #[serde(default)]
    task: Option<Task>,
    fault_config: FaultConfig,
    #[serde(default)]
    active_faults: Vec<FaultState>,
    #[serde(default)]
    fault_halted: bool,
    #[serde(default)]
    adversarial_logs: Vec<PlantedLine>,
    #[serde(default)]
    bcm_mode: BcmMode,
    service_order: Vec<String>,
    dependency_graph: BTreeMap<String, Vec<String>>,
    slo_budget: f64,
    slo_burn_rate: f64,
    services: BTreeMap<String, BTreeMap<String, Extra>>,
    #[serde(default)]
    user_facing: Option<Vec<String>>,
}

impl Case {
    /// Reads a case. `user_facing`, a list of services, may be given beside the keys of golden
    /// cases.
    ///
    /// # Errors
    /// [`CaseError`], the first thing wrong.
    pub fn from_json(value: &Value) -> Result<Self, CaseError> {
        let text = CaseText::deserialize(value)?;
        text.check()?;
        let services = text.services()?;
        let graph = text.graph()?;
        let user_facing = text
            .user_facing
            .as_ref()
            .map(|facing| text.service_order.iter().map(|name| facing.contains(name)).collect());
        let mesh = Mesh::new(Blueprint {
            services,
            graph,
            config: text.fault_config,
            difficulty: text.difficulty,
            faults: text.active_faults,
            fault_halted: text.fault_halted,
            planted: text.adversarial_logs,
            task: text.task,
            bcm_mode: text.bcm_mode,
            slo_budget: text.slo_budget,
            slo_burn_rate: text.slo_burn_rate,
            user_facing,
        })?;
        Ok(Self {
            name: text.case,
            kind: text.kind,
            seed: text.seed,
            ticks: text.ticks,
            script: text.script,
            mesh,
        })
    }
}

impl CaseText {
    /// Refuses absurd numbers.
    fn check(&self) -> Result<(), CaseError> {
        if self.service_order.len() > MAX_SERVICES {
            return Err(wrong("service_order", format!("at most {MAX_SERVICES} services")));
        }
        if !(0..=MAX_TICKS).contains(&self.ticks) {
            return Err(wrong("ticks", format!("must be between 0 and {MAX_TICKS}")));
        }
        let speeds = self.active_faults.iter().map(|fault| fault.fault_speed);
        for speed in speeds.chain([self.fault_config.degradation_speed]) {
            if !(0.0..=MAX_SPEED).contains(&speed) {
                return Err(wrong("active_faults", format!("speeds must be between 0 and {MAX_SPEED}")));
            }
        }
        for (key, value) in [("slo_budget", self.slo_budget), ("slo_burn_rate", self.slo_burn_rate)] {
            if !(0.0..=1e9).contains(&value) {
                return Err(wrong(key, "must be between 0 and 1e9"));
            }
        }
        Ok(())
    }

    fn services(&self) -> Result<Vec<Service>, CaseError> {
        let read = |name: &String| {
            let fields =
                self.services.get(name).ok_or_else(|| wrong("services", format!("lacks `{name}`")))?;
            let mut service = Service::new(name);
            for (field, value) in fields.iter().filter(|(field, _)| *field != "service_name") {
                service
                    .set_field(field, value.clone())
                    .map_err(|holds| wrong(format!("services.{name}.{field}"), format!("must be {holds}")))?;
            }
            Ok(service)
        };
        self.service_order.iter().map(read).collect()
    }

    fn graph(&self) -> Result<Graph, CaseError> {
        let places: BTreeMap<&str, usize> =
            self.service_order.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let mut calls = vec![Vec::new(); self.service_order.len()];
        for (caller, callees) in &self.dependency_graph {
            let place = |name: &str| {
                let place = places.get(name).copied();
                place.ok_or_else(|| {
                    wrong(format!("dependency_graph.{caller}"), format!("no service is named `{name}`"))
                })
            };
            let caller = place(caller)?;
            calls[caller] = callees.iter().map(|callee| place(callee)).collect::<Result<_, _>>()?;
        }
        Graph::new(&calls).map_err(|error| wrong("dependency_graph", error.to_string()))
    }
}

/// A seed counts without its sign.
fn absolute<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seed {
        Plain(u64),
        Signed(i64),
    }
    Ok(match Seed::deserialize(deserializer)? {
        Seed::Plain(seed) => seed,
        Seed::Signed(seed) => seed.unsigned_abs(),
    })
}

fn wrong(path: impl Into<String>, why: impl Into<String>) -> CaseError {
    CaseError::Value { path: path.into(), why: why.into() }
}
