//! The registry of signals: what a number means, and which way is worse.
//!
//! A signal is a Float64 column of the events table or a `signal` value of the metrics table.
//! Names in [`STANDARD`] mean the same in every run; any other name is a signal too, with the
//! meaning that the run's metadata gives it. Units are ratios 0..1, seconds, bytes and counts.

use serde::{Deserialize, Serialize};

/// Which direction of a signal is bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Worse {
    /// Higher is worse (latency, stress, errors).
    #[default]
    High,
    /// Lower is worse (availability, remaining resource).
    Low,
    /// Both directions are suspicious (request rates).
    Both,
}

/// What a signal measures, and thus how evidence treats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Time per request \[s\].
    Latency,
    /// Share of requests that fail \[0..1\], or one minus it.
    Errors,
    /// Number of requests in an interval.
    Requests,
    /// Number of failed requests in an interval.
    FailedRequests,
    /// Accumulated distress of a component.
    Stress,
    /// Work waiting, or work offered.
    Queue,
    /// What is left of something finite.
    Resource,
    /// Processor use.
    Cpu,
    /// Memory use.
    Memory,
    /// Disk or network use.
    Io,
    /// Things of the operating system in use: file descriptors, connections.
    Handles,
    /// None of the above: shown, not ranked.
    Other,
}

/// One entry of the standard registry.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Name in files.
    pub name: &'static str,
    /// Unit in UCUM-like text; `1` is dimensionless.
    pub unit: &'static str,
    /// Bad direction.
    pub worse: Worse,
    /// Meaning.
    pub role: Role,
    /// The OpenTelemetry semantic-convention name, or empty.
    pub otel: &'static str,
}

const fn standard(
    name: &'static str,
    unit: &'static str,
    worse: Worse,
    role: Role,
    otel: &'static str,
) -> Standard {
    Standard { name, unit, worse, role, otel }
}

/// Signals that mean the same in every run (design, section 3).
pub const STANDARD: &[Standard] = &[
    standard("stress", "1", Worse::High, Role::Stress, ""),
    standard("resource", "1", Worse::Low, Role::Resource, ""),
    standard("load", "1", Worse::High, Role::Queue, ""),
    standard("queue_depth", "{item}", Worse::High, Role::Queue, ""),
    standard("requests", "{request}", Worse::Both, Role::Requests, "http.server.request.count"),
    standard("failed_requests", "{request}", Worse::High, Role::FailedRequests, ""),
    standard("throughput", "{request}/s", Worse::Low, Role::Other, ""),
    standard("latency", "s", Worse::High, Role::Latency, "http.server.request.duration"),
    standard("latency_p50", "s", Worse::High, Role::Latency, ""),
    standard("latency_p90", "s", Worse::High, Role::Latency, ""),
    standard("latency_p95", "s", Worse::High, Role::Latency, ""),
    standard("latency_p99", "s", Worse::High, Role::Latency, ""),
    standard("error_rate", "1", Worse::High, Role::Errors, ""),
    standard("availability", "1", Worse::Low, Role::Errors, ""),
    standard("cpu", "1", Worse::High, Role::Cpu, "system.cpu.utilization"),
    standard("memory", "1", Worse::High, Role::Memory, "system.memory.utilization"),
    standard("disk", "1", Worse::High, Role::Io, "system.filesystem.utilization"),
    standard("connections", "{connection}", Worse::High, Role::Handles, ""),
    standard(
        "open_fds",
        "{file_descriptor}",
        Worse::High,
        Role::Handles,
        "process.open_file_descriptor.count",
    ),
    standard("retry_ratio", "1", Worse::High, Role::Other, ""),
    standard("coverage", "1", Worse::Low, Role::Errors, ""),
    standard("quorum", "1", Worse::Low, Role::Other, ""),
    standard("conflict_rate", "1", Worse::High, Role::Errors, ""),
    standard("restarts", "{restart}", Worse::High, Role::Other, "k8s.container.restart.count"),
    standard("freshness", "s", Worse::High, Role::Other, ""),
    standard("health", "1", Worse::Low, Role::Other, ""),
    standard("impedance", "1", Worse::High, Role::Other, ""),
];

/// The registry's entry for `name`, if it has one.
#[must_use]
pub fn standard_signal(name: &str) -> Option<&'static Standard> {
    STANDARD.iter().find(|s| s.name == name)
}

/// The role of a signal; names outside the registry are [`Role::Other`].
#[must_use]
pub fn role(name: &str) -> Role {
    standard_signal(name).map_or(Role::Other, |s| s.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_role_but_other_is_used() {
        for (i, a) in STANDARD.iter().enumerate() {
            assert!(STANDARD[i + 1..].iter().all(|b| b.name != a.name), "{}", a.name);
        }
        assert_eq!(role("latency_p99"), Role::Latency);
        assert_eq!(role("anything"), Role::Other);
    }
}
