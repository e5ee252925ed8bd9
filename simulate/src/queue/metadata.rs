//! What a run says about itself. Nothing here names a fault.

use infra_eventlog::metadata::{
    EdgeInfo, EventRole, EventTypeSpec, RunMetadata, ServiceInfo, SignalSpec, SloSpec, StatusSpec, TimeUnit,
    Visibility,
};
use infra_eventlog::signal::Worse;

use super::detector::State;
use super::log::{SERVICES, SIGNALS};
use super::observer::Kind;
use super::settings::QueueScenario;
use crate::identity::identity;

/// Metadata of the run of a scenario whose canonical text is `json`.
pub(super) fn metadata(scenario: &QueueScenario, json: &str) -> RunMetadata {
    let mut metadata = identity("queue", &scenario.header, json, TimeUnit::Ns);
    let capacity = [None, Some(scenario.queue.buffer), Some(scenario.queue.workers)];
    metadata.services = SERVICES
        .iter()
        .zip(["client", "queue", "worker pool"])
        .zip(capacity)
        .map(|((id, kind), capacity)| ServiceInfo {
            id: (*id).to_owned(),
            kind: Some(kind.to_owned()),
            tier: None,
            attributes: capacity.map(|c| ("capacity".to_owned(), c.into())).into_iter().collect(),
        })
        .collect();
    metadata.edges = SERVICES
        .windows(2)
        .map(|pair| EdgeInfo {
            from: pair[0].to_owned(),
            to: pair[1].to_owned(),
            kind: Some("depends_on".to_owned()),
            weight: None,
        })
        .collect();
    metadata.signals = SIGNALS.map(|name| signal(name, scenario)).into();
    metadata.statuses = [(State::Stable, 0), (State::Degraded, 1), (State::Collapsed, 1)]
        .map(|(state, severity)| StatusSpec { name: state.name().to_owned(), severity })
        .into();
    metadata.event_types = event_types();
    metadata.slos = vec![SloSpec {
        service: "clients".to_owned(),
        signal: "error_rate".to_owned(),
        objective: scenario.resolution.degraded_loss,
        window_ns: 0,
    }];
    metadata
}

/// Thresholds are those of the scenario's own detector. A single COLLAPSED tick is no trouble by
/// itself: two thirds of healthy runs have one (section 9, point 5).
fn signal(name: &str, scenario: &QueueScenario) -> SignalSpec {
    let mut spec = SignalSpec::named(name);
    let (queue, limits) = (scenario.queue, scenario.resolution);
    match name {
        "error_rate" => {
            spec.baseline = Some(queue.drop_rate.min(0.5 * limits.degraded_loss));
            (spec.warning, spec.critical) = (Some(limits.degraded_loss), Some(limits.collapsed_loss));
        },
        "pressure" => {
            (spec.unit, spec.worse) = ("1".to_owned(), Worse::High);
            spec.baseline = Some(0.0);
            spec.warning = Some(scenario.detector.pressure_degraded);
            spec.critical = Some(scenario.detector.pressure_collapsed);
        },
        "latency_p95" => {
            spec.baseline = Some(queue.normal_service + queue.extra_service);
            spec.critical = Some(queue.slow_service + queue.extra_service * queue.heavy_weight);
        },
        "throttle" => spec.unit = "s".to_owned(),
        _ => {},
    }
    spec
}

fn event_types() -> Vec<EventTypeSpec> {
    let observed =
        |name: &str, role| EventTypeSpec { name: name.to_owned(), visibility: Visibility::Observed, role };
    vec![
        observed("CONTROL_TICK", EventRole::State),
        observed("QUEUE_COLLAPSED", EventRole::Alert),
        observed(Kind::Created.name(), EventRole::State),
        observed(Kind::Completed.name(), EventRole::State),
        observed(Kind::Fault.name(), EventRole::State),
        observed(Kind::TimedOut.name(), EventRole::State),
        observed(Kind::Throttled.name(), EventRole::State),
    ]
}
