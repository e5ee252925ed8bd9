//! What a run declares: services, dependencies, signals, statuses, event types, objectives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::signal::{Worse, standard_signal};

/// A declared service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// Name, unique in the run.
    pub id: String,
    /// What it is (`service`, `database`, ...).
    #[serde(default)]
    pub kind: Option<String>,
    /// Layer in the system.
    #[serde(default)]
    pub tier: Option<String>,
    /// Anything else (capacity, zone, ...).
    #[serde(default)]
    pub attributes: BTreeMap<String, serde_json::Value>,
}

/// A declared dependency: `from` depends on `to`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EdgeInfo {
    /// The dependent (caller).
    pub from: String,
    /// The dependency (callee).
    pub to: String,
    /// `calls`, `reads`, ...
    #[serde(default)]
    pub kind: Option<String>,
    /// Calls per request or any relative strength.
    #[serde(default)]
    pub weight: Option<f64>,
}

/// A registered signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalSpec {
    /// Column name, or value of `signal` in the metrics table.
    pub name: String,
    /// Unit; `1` is dimensionless.
    #[serde(default)]
    pub unit: String,
    /// Bad direction.
    #[serde(default)]
    pub worse: Worse,
    /// Beyond it something is wrong.
    #[serde(default)]
    pub warning: Option<f64>,
    /// Beyond it the service is failing.
    #[serde(default)]
    pub critical: Option<f64>,
    /// The value when all is well.
    #[serde(default)]
    pub baseline: Option<f64>,
    /// OpenTelemetry name.
    #[serde(default)]
    pub otel: Option<String>,
}

impl SignalSpec {
    /// A signal with the registry's unit and direction, or neutral ones for a new name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let standard = standard_signal(name);
        Self {
            name: name.to_owned(),
            unit: standard.map_or("", |s| s.unit).to_owned(),
            worse: standard.map_or(Worse::High, |s| s.worse),
            otel: standard.map(|s| s.otel).filter(|o| !o.is_empty()).map(str::to_owned),
            ..Self::default()
        }
    }
}

/// A status and how bad it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusSpec {
    /// Name as in the `status` column.
    pub name: String,
    /// 0 well, 1 warning, 2 critical, 3 down.
    pub severity: u8,
}

/// An event type and who could have seen it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventTypeSpec {
    /// UPPER_SNAKE_CASE name.
    pub name: String,
    /// Whether an operator could have seen it.
    #[serde(default)]
    pub visibility: Visibility,
    /// What kind of happening it is.
    #[serde(default)]
    pub role: EventRole,
}

/// Whether an operator could have seen an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Evidence: detectors and ranking may use it.
    #[default]
    Observed,
    /// A simulator's inner truth: shown in the timeline, never evidence.
    Mechanism,
}

/// What kind of happening an event type is (an addition to the design's list).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventRole {
    /// A request or a load on the system.
    Demand,
    /// Something happened to the system from outside.
    Hazard,
    /// The system reported trouble.
    Alert,
    /// Somebody, or an automaton, decided to act.
    Decision,
    /// An action was carried out.
    Remediation,
    /// Software was rolled out.
    Deploy,
    /// Configuration changed.
    Config,
    /// Everything else.
    #[default]
    State,
}

/// A service-level objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SloSpec {
    /// Service name, or `*` for all.
    pub service: String,
    /// Signal that it is about.
    pub signal: String,
    /// Bound that the signal must keep, in its bad direction.
    pub objective: f64,
    /// Length of the window that is judged \[ns\].
    #[serde(default)]
    pub window_ns: i64,
}

/// Somebody who acts when the sum of a signal over all services exceeds a threshold (an addition
/// to the design: without it a report cannot say that a policy had no reason to act).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ControllerSpec {
    /// Name, as in the `source` of its events.
    pub id: String,
    /// Signal that it watches.
    pub signal: String,
    /// It acts when the sum over services exceeds this.
    pub threshold: f64,
    /// What is known of its delay, in the run's time unit, as text.
    #[serde(default)]
    pub delay: String,
}
