//! Which metric means what: the one table of names, OpenTelemetry's and Prometheus'.
//!
//! Names are compared in one spelling: lower case, `_` for every other mark, without the endings
//! that Prometheus adds (`_total`, and a unit, which is then the metric's unit).

/// What is made of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A distribution of durations: `latency`, and its counts are `requests`, `failed_requests`.
    Latency,
    /// A count of requests: `requests` and `failed_requests`.
    Requests,
    /// A count or a level under this signal.
    Signal(&'static str),
    /// A growing number of seconds; what it grows by in a second is this signal.
    Rate(&'static str),
}

/// Name, unit where the telemetry tells none, and use.
const KNOWN: &[(&str, &str, Use)] = &[
    // OpenTelemetry semantic conventions, current and former.
    ("http_server_request_duration", "s", Use::Latency),
    ("http_server_duration", "ms", Use::Latency),
    ("rpc_server_duration", "ms", Use::Latency),
    ("rpc_server_call_duration", "s", Use::Latency),
    ("http_server_request_count", "1", Use::Requests),
    ("process_cpu_utilization", "1", Use::Signal("cpu")),
    ("container_cpu_utilization", "1", Use::Signal("cpu")),
    ("k8s_pod_cpu_utilization", "1", Use::Signal("cpu")),
    ("system_cpu_utilization", "1", Use::Signal("cpu")),
    ("jvm_cpu_recent_utilization", "1", Use::Signal("cpu")),
    ("process_cpu_time", "s", Use::Rate("cpu")),
    ("container_cpu_time", "s", Use::Rate("cpu")),
    ("process_memory_utilization", "1", Use::Signal("memory")),
    ("container_memory_utilization", "1", Use::Signal("memory")),
    ("k8s_pod_memory_limit_utilization", "1", Use::Signal("memory")),
    ("system_memory_utilization", "1", Use::Signal("memory")),
    ("system_filesystem_utilization", "1", Use::Signal("disk")),
    ("k8s_container_restarts", "{restart}", Use::Signal("restarts")),
    // Client libraries of Prometheus, Micrometer, gRPC, Istio.
    ("http_request_duration", "s", Use::Latency),
    ("http_requests", "1", Use::Requests),
    ("http_server_requests", "s", Use::Latency),
    ("grpc_server_handled", "1", Use::Requests),
    ("grpc_server_handling", "s", Use::Latency),
    ("istio_requests", "1", Use::Requests),
    ("istio_request_duration", "ms", Use::Latency),
    // The kubelet and kube-state-metrics.
    ("process_cpu", "s", Use::Rate("cpu")),
    ("container_cpu_usage", "s", Use::Rate("cpu")),
    ("kube_pod_container_status_restarts", "{restart}", Use::Signal("restarts")),
    ("container_memory_usage", "By", Use::Signal("memory_usage")),
    ("container_memory_working_set", "By", Use::Signal("memory_usage")),
    ("process_resident_memory", "By", Use::Signal("memory_usage")),
];

/// Endings that name a unit.
const UNIT_ENDINGS: &[(&str, &str)] = &[
    ("_seconds", "s"),
    ("_milliseconds", "ms"),
    ("_microseconds", "us"),
    ("_bytes", "By"),
    ("_ratio", "1"),
    ("_percent", "%"),
];

/// A metric's name in one spelling, and the unit that its ending tells.
pub(super) fn spelled(name: &str) -> (String, Option<&'static str>) {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let plain = plain.strip_suffix("_total").unwrap_or(&plain);
    for (ending, unit) in UNIT_ENDINGS {
        if let Some(rest) = plain.strip_suffix(ending).filter(|rest| !rest.is_empty()) {
            return (rest.to_owned(), Some(unit));
        }
    }
    (plain.to_owned(), None)
}

/// The table's unit and use of a spelled name.
pub(super) fn find(spelled: &str) -> Option<(&'static str, Use)> {
    KNOWN.iter().find(|(name, ..)| *name == spelled).map(|(_, unit, usage)| (*unit, *usage))
}

/// Whether a label says that requests failed: `None` if it says nothing about that.
pub(super) fn failure(label: &str, value: &str) -> Option<bool> {
    let server_error = |code: &str| code.starts_with('5');
    match label {
        "http.response.status_code"
        | "http.status_code"
        | "http_response_status_code"
        | "http_status_code"
        | "status_code"
        | "code"
        | "status"
        | "response_code"
            if value.bytes().next().is_some_and(|b| b.is_ascii_digit()) && value.len() == 3 =>
        {
            Some(server_error(value))
        },
        "error.type" | "error_type" => Some(!value.is_empty()),
        "rpc.grpc.status_code" | "rpc_grpc_status_code" => {
            // Unknown, deadline exceeded, unimplemented, internal, unavailable, data loss.
            Some(matches!(value, "2" | "4" | "12" | "13" | "14" | "15"))
        },
        "grpc_code" => Some(matches!(
            value,
            "Unknown" | "DeadlineExceeded" | "Unimplemented" | "Internal" | "Unavailable" | "DataLoss"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otel_and_prometheus_names_meet() {
        let (otel, _) = spelled("http.server.request.duration");
        let (prometheus, unit) = spelled("http_server_request_duration_seconds");
        assert_eq!((otel.as_str(), unit), (prometheus.as_str(), Some("s")));
        assert_eq!(find(&otel), Some(("s", Use::Latency)));
        assert_eq!(spelled("http_requests_total"), ("http_requests".to_owned(), None));
        assert_eq!(spelled("container_cpu_usage_seconds_total").0, "container_cpu_usage");
    }

    #[test]
    fn only_the_servers_own_failures_count() {
        assert_eq!(failure("status", "503"), Some(true));
        assert_eq!(failure("status", "404"), Some(false));
        assert_eq!(failure("status", "running"), None);
        assert_eq!(failure("grpc_code", "NotFound"), Some(false));
        assert_eq!(failure("method", "500"), None);
    }
}
