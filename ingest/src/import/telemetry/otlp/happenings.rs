//! Log records that tell of a deploy, a configuration change or an alert.

use infra_eventlog::metadata::EventRole;

use super::attributes;
use super::model::LogLine;

/// Event names, by the part before the first dot.
const NAMES: &[(&str, &str, EventRole)] = &[
    ("deployment", "DEPLOY", EventRole::Deploy),
    ("deploy", "DEPLOY", EventRole::Deploy),
    ("release", "DEPLOY", EventRole::Deploy),
    ("config", "CONFIG_CHANGE", EventRole::Config),
    ("configuration", "CONFIG_CHANGE", EventRole::Config),
    ("alert", "ALERT", EventRole::Alert),
];

/// Reasons of Kubernetes events, as the Collector's receivers write them.
const REASONS: &[(&str, &str, EventRole)] = &[
    ("ScalingReplicaSet", "SCALING", EventRole::Config),
    ("SuccessfulRescale", "SCALING", EventRole::Config),
    ("Killing", "CONTAINER_KILLED", EventRole::Alert),
    ("OOMKilling", "OUT_OF_MEMORY", EventRole::Alert),
    ("OOMKilled", "OUT_OF_MEMORY", EventRole::Alert),
    ("BackOff", "CRASH_LOOP", EventRole::Alert),
    ("Unhealthy", "PROBE_FAILED", EventRole::Alert),
    ("Evicted", "EVICTED", EventRole::Alert),
    ("FailedScheduling", "SCHEDULING_FAILED", EventRole::Alert),
    ("NodeNotReady", "NODE_NOT_READY", EventRole::Alert),
];

/// Event type and role, if the record tells of such an event.
pub(super) fn of(line: &LogLine) -> Option<(String, EventRole)> {
    let name = Some(line.event_name.as_str())
        .filter(|n| !n.is_empty())
        .or_else(|| attributes::text(&line.attributes, "event.name"));
    let by_name = name.and_then(|name| {
        let first = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
        NAMES.iter().find(|(prefix, ..)| *prefix == first)
    });
    let reason = || attributes::text(&line.attributes, "k8s.event.reason").or(name);
    let found = by_name.or_else(|| REASONS.iter().find(|(known, ..)| Some(*known) == reason()));
    found.map(|(_, event_type, role)| ((*event_type).to_owned(), *role))
}
