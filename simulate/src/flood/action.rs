//! What events do, with their payloads.

use std::collections::BTreeMap;

use serde_json::Value;

/// What an event does, with its payload.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A flood hits services.
    FloodImpact {
        /// Load added to each.
        intensity: f64,
        /// Ids, in order.
        affected_services: Vec<String>,
    },
    /// Demand on every service.
    Demand {
        /// Whether it is a `DEMAND_SPIKE`; the name is the only difference.
        spike: bool,
        /// Load added to each.
        intensity: f64,
    },
    /// A service reports overload.
    ServiceOverload {
        /// Stress added to it.
        delta_stress: f64,
    },
    /// A policy has decided.
    PolicyIntent {
        /// Ticks until it acts.
        desired_delay: i64,
        /// What it will release.
        budget_release: f64,
    },
    /// A policy acts.
    PolicyIntervention {
        /// Resource split over all active services.
        budget_release: f64,
    },
    /// An overload loads a dependent (coupling switch).
    DependencyImpact {
        /// The dependent.
        target: String,
        /// Load added to it.
        intensity: f64,
    },
    /// An event without effect.
    Other {
        /// Its name.
        event_type: String,
        /// Its payload, kept for the log.
        payload: BTreeMap<String, Value>,
    },
}

/// Names of the event types that have an effect.
pub(crate) const EVENT_TYPES: [&str; 7] = [
    "FLOOD_IMPACT",
    "NORMAL_DEMAND",
    "DEMAND_SPIKE",
    "SERVICE_OVERLOAD",
    "POLICY_INTENT",
    "POLICY_INTERVENTION",
    "DEPENDENCY_IMPACT",
];

impl Action {
    /// Its name in logs.
    #[must_use]
    pub fn event_type(&self) -> &str {
        match self {
            Self::FloodImpact { .. } => "FLOOD_IMPACT",
            Self::Demand { spike: false, .. } => "NORMAL_DEMAND",
            Self::Demand { spike: true, .. } => "DEMAND_SPIKE",
            Self::ServiceOverload { .. } => "SERVICE_OVERLOAD",
            Self::PolicyIntent { .. } => "POLICY_INTENT",
            Self::PolicyIntervention { .. } => "POLICY_INTERVENTION",
            Self::DependencyImpact { .. } => "DEPENDENCY_IMPACT",
            Self::Other { event_type, .. } => event_type,
        }
    }

    /// Whether agents perceive and decide after it.
    #[must_use]
    pub const fn is_reaction_event(&self) -> bool {
        matches!(
            self,
            Self::FloodImpact { .. }
                | Self::Demand { .. }
                | Self::PolicyIntervention { .. }
                | Self::DependencyImpact { .. }
        )
    }

    /// Its payload by key.
    #[must_use]
    pub fn payload(&self) -> BTreeMap<String, Value> {
        let pairs: Vec<(&str, Value)> = match self {
            Self::FloodImpact { intensity, affected_services } => {
                vec![
                    ("intensity", number(*intensity)),
                    ("affected_services", affected_services.clone().into()),
                ]
            },
            Self::Demand { intensity, .. } => vec![("intensity", number(*intensity))],
            Self::ServiceOverload { delta_stress } => vec![("delta_stress", number(*delta_stress))],
            Self::PolicyIntent { desired_delay, budget_release } => {
                vec![("desired_delay", (*desired_delay).into()), ("budget_release", number(*budget_release))]
            },
            Self::PolicyIntervention { budget_release } => vec![("budget_release", number(*budget_release))],
            Self::DependencyImpact { target, intensity } => {
                vec![("target", target.clone().into()), ("intensity", number(*intensity))]
            },
            Self::Other { payload, .. } => return payload.clone(),
        };
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// A finite number as JSON; every payload number is finite.
fn number(value: f64) -> Value {
    Value::from(value)
}
