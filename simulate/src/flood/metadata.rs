//! What a run says about itself. Nothing here names a fault.

use std::collections::BTreeSet;

use infra_eventlog::metadata::{
    ControllerSpec, EdgeInfo, EventRole, EventTypeSpec, RunMetadata, ServiceInfo, SignalSpec, StatusSpec,
    TimeUnit, Visibility,
};

use super::action::Action;
use crate::identity::identity;

use super::scenario::{FloodScenario, Role, Service};

/// The signals of a state row, in this order.
pub(crate) const SIGNALS: [&str; 3] = ["stress", "resource", "load"];

/// Statuses with their severity.
const STATUSES: [(&str, u8); 4] = [("nominal", 0), ("stressed", 1), ("overloaded", 2), ("down", 3)];

/// Metadata of the run of a scenario whose canonical text is `json`.
pub(crate) fn metadata(scenario: &FloodScenario, json: &str) -> RunMetadata {
    let mut metadata = identity("flood", &scenario.header, json, TimeUnit::Tick);
    metadata.services = services(scenario).map(|(id, service)| info(id, service)).collect();
    metadata.edges = edges(scenario);
    metadata.signals = signals(scenario);
    metadata.statuses =
        STATUSES.map(|(name, severity)| StatusSpec { name: name.to_owned(), severity }).into();
    metadata.event_types = event_types(scenario);
    metadata.controllers = controllers(scenario);
    metadata
}

/// The services with their ids, in registration order.
pub(crate) fn services(scenario: &FloodScenario) -> impl Iterator<Item = (&str, &Service)> {
    scenario.agents.iter().filter_map(|agent| match &agent.role {
        Role::Service(service) => Some((agent.id.as_str(), service)),
        _ => None,
    })
}

/// Policies: each acts when the total stress of active agents exceeds its threshold.
///
/// The log shows the stress of services alone, so they are declared only where that is the total:
/// all agents are active, and no citizen or policy starts with stress (no rule changes theirs).
fn controllers(scenario: &FloodScenario) -> Vec<ControllerSpec> {
    let total_is_logged = scenario.agents.iter().all(|agent| {
        agent.is_active && (matches!(agent.role, Role::Service(_)) || agent.initial_stress == 0.0)
    });
    if !total_is_logged {
        return Vec::new();
    }
    let policies = scenario.agents.iter().filter_map(|agent| match &agent.role {
        Role::Policy(policy) => Some((agent.id.as_str(), policy)),
        _ => None,
    });
    policies
        .map(|(id, policy)| ControllerSpec {
            id: id.to_owned(),
            signal: "stress".to_owned(),
            threshold: policy.stress_threshold,
            delay: String::new(),
        })
        .collect()
}

fn info(id: &str, service: &Service) -> ServiceInfo {
    ServiceInfo {
        id: id.to_owned(),
        kind: Some("service".to_owned()),
        tier: None,
        attributes: [("capacity", service.capacity), ("overload_threshold", service.overload_threshold)]
            .map(|(key, value)| (key.to_owned(), value.into()))
            .into(),
    }
}

/// Duplicate entries collapse; a dependency that is no service stays and becomes a node.
fn edges(scenario: &FloodScenario) -> Vec<EdgeInfo> {
    let mut seen = BTreeSet::new();
    let mut edges = Vec::new();
    for (id, service) in services(scenario) {
        for dependency in &service.dependencies {
            if seen.insert((id, dependency)) {
                edges.push(EdgeInfo {
                    from: id.to_owned(),
                    to: dependency.clone(),
                    kind: Some("depends_on".to_owned()),
                    weight: None,
                });
            }
        }
    }
    edges
}

fn signals(scenario: &FloodScenario) -> Vec<SignalSpec> {
    let smallest = |values: Vec<f64>| values.into_iter().min_by(f64::total_cmp);
    SIGNALS
        .map(|name| {
            let mut signal = SignalSpec::named(name);
            if name == "stress" {
                let increments = services(scenario).map(|(_, s)| s.stress_increment);
                signal.baseline = Some(0.0);
                signal.warning = smallest(increments.filter(|x| *x > 0.0).collect());
                signal.critical = smallest(services(scenario).map(|(_, s)| s.overload_threshold).collect());
            }
            signal
        })
        .into()
}

fn event_types(scenario: &FloodScenario) -> Vec<EventTypeSpec> {
    let observed = Visibility::Observed;
    let known = [
        ("FLOOD_IMPACT", observed, EventRole::Hazard),
        ("NORMAL_DEMAND", observed, EventRole::Demand),
        ("DEMAND_SPIKE", observed, EventRole::Demand),
        ("SERVICE_OVERLOAD", observed, EventRole::Alert),
        ("POLICY_INTENT", observed, EventRole::Decision),
        ("POLICY_INTERVENTION", observed, EventRole::Remediation),
        ("DEPENDENCY_IMPACT", Visibility::Mechanism, EventRole::State),
    ];
    let mut types: Vec<EventTypeSpec> = known
        .map(|(name, visibility, role)| EventTypeSpec { name: name.to_owned(), visibility, role })
        .into();
    let others: BTreeSet<&str> = scenario
        .schedule
        .iter()
        .filter_map(|entry| match &entry.action {
            Action::Other { event_type, .. } => Some(event_type.as_str()),
            _ => None,
        })
        .filter(|name| known.iter().all(|(known, ..)| known != name))
        .collect();
    types.extend(
        others.into_iter().map(|name| EventTypeSpec { name: name.to_owned(), ..EventTypeSpec::default() }),
    );
    types
}
