//! What a run says about itself: services, calls, signals. Nothing here names a fault.

use std::collections::BTreeSet;

use infra_eventlog::metadata::{
    EdgeInfo, EventRole, EventTypeSpec, Period, PeriodKind, RunMetadata, ServiceInfo, SignalSpec, SloSpec,
    StatusSpec, TimeUnit, Visibility,
};

use super::extra::{
    DRAIN_RATE, FEATURE_AGE, FRESHNESS_LAG, INGESTION_RATE, METASTABLE, PROCESSING_RATE, REQUEST_QUEUE,
    RPS_MULTIPLIER, THROTTLE_RATE, THROUGHPUT_RATIO,
};
use super::scenario::MeshScenario;
use super::{Mesh, Op, SECONDS_PER_TICK, Status};
use crate::identity::identity;

/// Nanoseconds of a tick.
pub(super) const TICK_NS: i64 = SECONDS_PER_TICK * 1_000_000_000;

/// Signals of every state row, before the further values.
pub(super) const DECLARED: [&str; 17] = [
    "error_rate",
    "latency_p99",
    "memory",
    "cpu",
    "load",
    "restarts",
    "open_fds",
    "memory_used",
    "memory_limit",
    "gc_pause_ms",
    "gc_per_second",
    "threads",
    "thread_queue",
    "uptime_s",
    "deployment_age_s",
    "config_revision",
    "config_age_s",
];

/// Names of further values that mean what a registered signal means.
const REGISTERED: [(&str, &str); 5] = [
    ("http_client_retry_ratio", "retry_ratio"),
    (REQUEST_QUEUE, "queue_depth"),
    (DRAIN_RATE, "throughput"),
    (FRESHNESS_LAG, "freshness"),
    ("process_disk_usage_ratio", "disk"),
];

const OBSERVED: Visibility = Visibility::Observed;
const MECHANISM: Visibility = Visibility::Mechanism;
/// Event types with who could have seen them.
const EVENT_TYPES: [(&str, Visibility, EventRole); 9] = [
    ("TICK", OBSERVED, EventRole::State),
    ("STATUS_CHANGE", OBSERVED, EventRole::Alert),
    ("STATUS_CLEARED", OBSERVED, EventRole::State),
    ("LOG_LINE", OBSERVED, EventRole::State),
    ("OPERATION", OBSERVED, EventRole::Remediation),
    ("FAULT_INJECTED", MECHANISM, EventRole::Hazard),
    ("FAULT_STEP", MECHANISM, EventRole::State),
    ("CASCADE_HOP", MECHANISM, EventRole::State),
    ("RECOVERY_STEP", MECHANISM, EventRole::State),
];

/// The signal that a further value is logged as.
pub(super) fn signal_of(field: &str) -> &str {
    REGISTERED.iter().find(|(name, _)| *name == field).map_or(field, |(_, signal)| signal)
}

/// Further values that are numbers or flags, in the order of their names: those at the start, those
/// that rules write, and those that operations set.
pub(super) fn extra_fields(mesh: &Mesh, scenario: &MeshScenario) -> Vec<String> {
    let mut fields: BTreeSet<String> = BTreeSet::new();
    for service in mesh.services() {
        let numbers = service.extras.iter().filter(|(_, value)| value.number().is_some());
        fields.extend(numbers.map(|(name, _)| name.to_owned()));
    }
    for operation in scenario.script.operations() {
        if let Op::Set { field, value, .. } = &operation.op
            && value.number().is_some()
            && !super::FIELDS.contains(&field.as_str())
        {
            fields.insert(field.clone());
        }
    }
    let has = |name: &str| fields.contains(name);
    let mut written: Vec<&str> = Vec::new();
    if has(THROTTLE_RATE) {
        written.push(RPS_MULTIPLIER);
    }
    if has(PROCESSING_RATE) && has(INGESTION_RATE) {
        written.extend([super::extra::PIPELINE_QUEUE, THROUGHPUT_RATIO, FRESHNESS_LAG, FEATURE_AGE]);
    }
    if has(METASTABLE) {
        written.extend([REQUEST_QUEUE, DRAIN_RATE]);
    }
    fields.extend(written.into_iter().map(str::to_owned));
    fields.into_iter().collect()
}

/// Metadata of the run of a scenario whose canonical text is `json`.
pub(super) fn metadata(scenario: &MeshScenario, mesh: &Mesh, json: &str, extras: &[String]) -> RunMetadata {
    let mut metadata = identity("mesh", &scenario.header, json, TimeUnit::Tick);
    metadata.services = (0..mesh.services().len()).map(|i| service(mesh, i)).collect();
    metadata.edges = edges(mesh);
    metadata.signals =
        DECLARED.into_iter().chain(extras.iter().map(|field| signal_of(field))).map(signal).collect();
    metadata.statuses =
        Status::ALL.map(|s| StatusSpec { name: s.name().to_owned(), severity: s.severity() }).into();
    let rule = ("RULE", MECHANISM, EventRole::State);
    metadata.event_types = EVENT_TYPES
        .into_iter()
        .chain([rule])
        .map(|(name, visibility, role)| EventTypeSpec { name: name.to_owned(), visibility, role })
        .collect();
    metadata.slos = (0..mesh.services().len())
        .filter(|i| mesh.is_user_facing(*i))
        .map(|i| SloSpec {
            service: mesh.services()[i].name.clone(),
            signal: "error_rate".to_owned(),
            objective: 0.10,
            ..SloSpec::default()
        })
        .collect();
    if scenario.warmup() > 0 {
        metadata.periods = vec![Period {
            kind: PeriodKind::Normal,
            start_ns: 0,
            end_ns: scenario.warmup().min(scenario.ticks).saturating_add(1).saturating_mul(TICK_NS),
            lead_end_ns: None,
            scope: None,
        }];
    }
    metadata
}

fn service(mesh: &Mesh, place: usize) -> ServiceInfo {
    let service = &mesh.services()[place];
    let mut attributes = vec![
        ("version".to_owned(), service.version.clone().into()),
        ("instance_id".to_owned(), service.instance_id.clone().into()),
        ("deployment_sha".to_owned(), service.deployment_sha.clone().into()),
    ];
    if mesh.is_user_facing(place) {
        attributes.push(("user_facing".to_owned(), true.into()));
    }
    ServiceInfo {
        id: service.name.clone(),
        kind: Some("service".to_owned()),
        tier: None,
        attributes: attributes.into_iter().collect(),
    }
}

fn edges(mesh: &Mesh) -> Vec<EdgeInfo> {
    let name = |place: usize| mesh.services()[place].name.clone();
    (0..mesh.services().len())
        .flat_map(|caller| mesh.graph().calls(caller).map(move |callee| (caller, callee)))
        .map(|(caller, callee)| EdgeInfo {
            from: name(caller),
            to: name(callee),
            kind: Some("calls".to_owned()),
            weight: None,
        })
        .collect()
}

/// Thresholds are those of section 3; baselines the middle of what section 14 draws.
fn signal(name: &str) -> SignalSpec {
    let mut spec = SignalSpec::named(name);
    match name {
        "error_rate" => {
            (spec.baseline, spec.warning, spec.critical) = (Some(0.01), Some(0.10), Some(0.50));
        },
        "latency_p99" => {
            (spec.baseline, spec.warning, spec.critical) = (Some(0.1), Some(0.50), Some(2.0));
        },
        "memory" => (spec.baseline, spec.critical) = (Some(0.33), Some(0.98)),
        "cpu" => spec.baseline = Some(0.15),
        "memory_used" | "memory_limit" => spec.unit = "By".to_owned(),
        "gc_pause_ms" => spec.unit = "ms".to_owned(),
        "uptime_s" | "deployment_age_s" | "config_age_s" => spec.unit = "s".to_owned(),
        _ => {},
    }
    spec
}
