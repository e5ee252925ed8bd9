//! From published metrics to alerts (section 8, step 2).

use super::facet::Facet;
use super::{Limit, Snapshot, Thresholds};

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Metric {
    Cpu,
    Memory,
    Errors,
    Latency,
    Disk,
    ServiceDown,
    Network,
    Health,
}

impl Metric {
    pub(crate) const ALL: [Self; 8] = [
        Self::Cpu,
        Self::Memory,
        Self::Errors,
        Self::Latency,
        Self::Disk,
        Self::ServiceDown,
        Self::Network,
        Self::Health,
    ];

    /// Its name in alerts.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu_usage",
            Self::Memory => "memory_usage",
            Self::Errors => "error_rate",
            Self::Latency => "latency_p99",
            Self::Disk => "disk_usage",
            Self::ServiceDown => "service_down",
            Self::Network => "network",
            Self::Health => "health",
        }
    }

    /// The part of the state that it watches; health and errors follow from others.
    pub(crate) const fn facet(self) -> Option<Facet> {
        match self {
            Self::Cpu => Some(Facet::Cpu),
            Self::Memory => Some(Facet::Memory),
            Self::Latency => Some(Facet::Latency),
            Self::Disk => Some(Facet::Disk),
            Self::ServiceDown => Some(Facet::Services),
            Self::Network => Some(Facet::Isolation),
            Self::Errors | Self::Health => None,
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Warning,
    Critical,
}

impl Level {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Alert {
    /// Position in the round's list of all alerts.
    pub(crate) number: usize,
    /// Position of the server.
    pub(crate) server: usize,
    pub(crate) metric: Metric,
    pub(crate) level: Level,
    /// The published value; the services that are down and the word `isolated` have none.
    pub(crate) value: Option<f64>,
}

/// All alerts of a round, servers in order. `disk` is switch D3; a missing snapshot (D4) is a
/// network alert.
pub(crate) fn alerts(snapshots: &[Snapshot], limits: &Thresholds, disk: bool, list: &mut Vec<Alert>) {
    list.clear();
    for (server, seen) in snapshots.iter().enumerate() {
        let mut raise = |metric, level, value| {
            let number = list.len();
            list.push(Alert { number, server, metric, level, value });
        };
        if seen.missing {
            raise(Metric::Network, Level::Critical, None);
            continue;
        }
        let checks = [
            (Metric::Cpu, seen.cpu_usage, limits.cpu_usage),
            (Metric::Memory, seen.memory_usage, limits.memory_usage),
            (Metric::Errors, seen.error_rate, limits.error_rate),
            (Metric::Latency, seen.latency_p99, limits.latency_p99),
            (Metric::Disk, seen.disk_usage, limits.disk_usage),
        ];
        for (metric, value, limit) in
            checks.into_iter().filter(|(metric, ..)| disk || *metric != Metric::Disk)
        {
            if let Some(level) = level(value, limit) {
                raise(metric, level, Some(value));
            }
        }
        if !seen.services_down.is_empty() {
            raise(Metric::ServiceDown, Level::Critical, None);
        }
        if seen.isolated {
            raise(Metric::Network, Level::Critical, None);
        }
        if seen.health < 50.0 {
            raise(Metric::Health, Level::Critical, Some(seen.health));
        }
    }
}

fn level(value: f64, limit: Limit) -> Option<Level> {
    if value > limit.critical {
        Some(Level::Critical)
    } else if value > limit.warning {
        Some(Level::Warning)
    } else {
        None
    }
}
