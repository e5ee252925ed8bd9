//! Alerts and snapshots as JSON.

use serde_json::{Value, json};

use super::{Alert, Metric, ServerSpec, Snapshot};

/// The value of an alert: a number, the services that are down, or the word `isolated`.
pub(crate) fn value_json(alert: &Alert, seen: &Snapshot, server: &ServerSpec) -> Value {
    match (alert.value, alert.metric) {
        (Some(value), _) => number_json(value),
        (None, Metric::ServiceDown) => names(server, &seen.services_down).collect(),
        (None, _) => "isolated".into(),
    }
}

/// A published snapshot; null where there is none.
pub(crate) fn snapshot_json(seen: &Snapshot, server: &ServerSpec) -> Value {
    if seen.missing {
        return Value::Null;
    }
    let up = (0..server.services.len()).filter(|service| !seen.services_down.contains(service));
    json!({
        "server": server.name,
        "type": server.kind,
        "round": seen.round,
        "health": number_json(seen.health),
        "cpu_usage": number_json(seen.cpu_usage),
        "memory_usage": number_json(seen.memory_usage),
        "disk_usage": number_json(seen.disk_usage),
        "request_rate": number_json(seen.request_rate),
        "error_rate": number_json(seen.error_rate),
        "latency_p50": number_json(seen.latency_p50),
        "latency_p99": number_json(seen.latency_p99),
        "services_up": up.filter_map(|service| server.services.get(service)).collect::<Vec<_>>(),
        "services_down": names(server, &seen.services_down).collect::<Value>(),
        "isolated": seen.isolated,
        "chaos_active": seen.chaos_active,
    })
}

/// Names of services by position.
pub(crate) fn names<'a>(server: &'a ServerSpec, positions: &'a [usize]) -> impl Iterator<Item = &'a str> {
    positions.iter().filter_map(|service| server.services.get(*service)).map(String::as_str)
}

/// Whole numbers without a decimal point.
fn number_json(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { (value as i64).into() } else { value.into() }
}
