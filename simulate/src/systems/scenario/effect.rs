//! What injections and remediations do to a server (sections 6 and 12).

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::systems::Signal;

/// What an injection does (section 6).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// New processor use \[%\].
    pub cpu_usage: Option<f64>,
    /// Added memory use \[%\].
    pub memory_growth: Option<f64>,
    /// Cuts the server off.
    pub isolated: bool,
    /// New disk use \[%\].
    pub disk_usage: Option<f64>,
    /// Crashes one service.
    pub service_down: bool,
    /// Multiplies requests.
    pub traffic_multiplier: Option<f64>,
    /// Multiplies the latency of databases.
    pub db_latency_multiplier: Option<f64>,
    /// Generic changes, in the order set, add, multiply.
    pub changes: Vec<Change>,
    /// Keys that do nothing.
    pub ignored: Vec<String>,
}

impl Effect {
    /// Whether it cuts the server off and does nothing else.
    pub(crate) fn is_isolation(&self) -> bool {
        let rest = Self { isolated: false, ignored: Vec::new(), ..self.clone() };
        self.isolated && rest == Self::default()
    }
}

/// A generic change of one signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// How.
    pub operation: Operation,
    /// What.
    pub signal: Signal,
    /// By how much, in the signal's unit or as a factor.
    pub value: f64,
}

/// How a generic change works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// The signal takes the value.
    Set,
    /// The value is added.
    Add,
    /// The value is a factor.
    Multiply,
}

impl Operation {
    /// In the order of application.
    pub const ALL: [Self; 3] = [Self::Set, Self::Add, Self::Multiply];

    /// Its name in scenarios.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Add => "add",
            Self::Multiply => "multiply",
        }
    }
}

/// What a custom remediation does. It succeeds if anything of it applies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RemedyEffect {
    /// Brings the service up that is down longest.
    pub restart: bool,
    /// Ends isolation.
    pub reconnect: bool,
    /// Generic changes; they always apply.
    pub changes: Vec<Change>,
}

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = [
            ("cpu_usage", self.cpu_usage),
            ("memory_growth", self.memory_growth),
            ("disk_usage", self.disk_usage),
            ("traffic_multiplier", self.traffic_multiplier),
            ("db_latency_multiplier", self.db_latency_multiplier),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in numbers.iter().filter_map(|(key, value)| Some((key, (*value)?))) {
            map.serialize_entry(key, &value)?;
        }
        for (key, _) in
            [("isolated", self.isolated), ("service_down", self.service_down)].iter().filter(|f| f.1)
        {
            map.serialize_entry(key, &true)?;
        }
        serialize_changes(&self.changes, &mut map)?;
        for key in &self.ignored {
            map.serialize_entry(key, &true)?;
        }
        map.end()
    }
}

impl Serialize for RemedyEffect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("restart", &self.restart)?;
        map.serialize_entry("reconnect", &self.reconnect)?;
        serialize_changes(&self.changes, &mut map)?;
        map.end()
    }
}

fn serialize_changes<M: SerializeMap>(changes: &[Change], map: &mut M) -> Result<(), M::Error> {
    for operation in Operation::ALL {
        let table: BTreeMap<&str, f64> = changes
            .iter()
            .filter(|change| change.operation == operation)
            .map(|change| (change.signal.name(), change.value))
            .collect();
        if !table.is_empty() {
            map.serialize_entry(operation.name(), &table)?;
        }
    }
    Ok(())
}
