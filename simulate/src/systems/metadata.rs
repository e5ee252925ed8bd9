//! What a run says about itself. Nothing here names a fault.

use infra_eventlog::metadata::{
    EdgeInfo, EventTypeSpec, Period, PeriodKind, RunMetadata, ServiceInfo, SignalSpec, SloSpec, StatusSpec,
    TimeUnit,
};

use super::log::EVENT_TYPES;
use super::scenario::{Limit, ServerSpec, SystemsScenario};
use super::server::{OK_ABOVE, UP_ABOVE};
use super::spread::Dependencies;
use crate::identity::identity;

/// The signals of a state row, in this order.
pub(crate) const SIGNALS: [&str; 9] =
    ["cpu", "memory", "disk", "error_rate", "latency_p50", "latency_p99", "load", "availability", "health"];

/// Statuses with their severity.
const STATUSES: [(&str, u8); 3] = [("OK", 0), ("WARN", 1), ("CRIT", 2)];

/// Metadata of the run of a scenario whose canonical text is `json`.
pub(crate) fn metadata(scenario: &SystemsScenario, json: &str) -> RunMetadata {
    let mut metadata = identity("systems", &scenario.header, json, TimeUnit::Tick);
    metadata.services = scenario.servers.iter().map(service).collect();
    metadata.edges = edges(scenario);
    metadata.signals = SIGNALS.map(|name| signal(name, scenario)).into();
    metadata.statuses =
        STATUSES.map(|(name, severity)| StatusSpec { name: name.to_owned(), severity }).into();
    metadata.event_types = EVENT_TYPES
        .map(|(name, visibility, role)| EventTypeSpec { name: name.to_owned(), visibility, role })
        .into();
    metadata.slos = vec![slo(scenario)];
    metadata.periods = normal_time(scenario).into_iter().collect();
    metadata
}

/// Being up is the objective: health above 50 in every round.
fn slo(scenario: &SystemsScenario) -> SloSpec {
    SloSpec {
        service: "*".to_owned(),
        signal: "health".to_owned(),
        objective: UP_ABOVE,
        window_ns: scenario.header.tick_ns,
    }
}

/// The warm-up without chaos. Rounds count from 1.
fn normal_time(scenario: &SystemsScenario) -> Option<Period> {
    let first_fault = scenario.schedule.iter().map(|entry| entry.round).min().unwrap_or(u64::MAX);
    let rounds = scenario.warmup.min(scenario.rounds).min(first_fault.saturating_sub(1));
    let ns = |round: u64| i64::try_from(round).ok()?.checked_mul(scenario.header.tick_ns);
    (rounds > 0).then_some(())?;
    Some(Period {
        kind: PeriodKind::Normal,
        start_ns: ns(1)?,
        end_ns: ns(rounds + 1)?,
        lead_end_ns: None,
        scope: None,
    })
}

fn service(server: &ServerSpec) -> ServiceInfo {
    let mut info = ServiceInfo {
        id: server.name.clone(),
        kind: (!server.kind.is_empty()).then(|| server.kind.clone()),
        ..ServiceInfo::default()
    };
    info.attributes.insert("services".to_owned(), server.services.clone().into());
    let mut known = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            info.attributes.insert(key.to_owned(), value);
        }
    };
    known("cpu_capacity", server.cpu_capacity.map(Into::into));
    known("memory_capacity_mb", server.memory_capacity.map(Into::into));
    known("is_primary", server.is_primary.map(Into::into));
    info
}

fn edges(scenario: &SystemsScenario) -> Vec<EdgeInfo> {
    let name =
        |server: usize| scenario.servers.get(server).map_or_else(String::new, |spec| spec.name.clone());
    Dependencies::new(scenario)
        .edges()
        .into_iter()
        .map(|(from, to)| EdgeInfo {
            from: name(from),
            to: name(to),
            kind: Some("depends_on".to_owned()),
            weight: None,
        })
        .collect()
}

fn signal(name: &str, scenario: &SystemsScenario) -> SignalSpec {
    let mut signal = SignalSpec::named(name);
    let limits = &scenario.alert_thresholds;
    let mut scaled = |limit: Limit, unit: f64| {
        signal.warning = Some(limit.warning / unit);
        signal.critical = Some(limit.critical / unit);
    };
    match name {
        "cpu" => scaled(limits.cpu_usage, 100.0),
        "memory" => scaled(limits.memory_usage, 100.0),
        "disk" => scaled(limits.disk_usage, 100.0),
        "error_rate" => scaled(limits.error_rate, 100.0),
        "latency_p99" => scaled(limits.latency_p99, 1000.0),
        // The share of the services on it that can be reached.
        // One service down is a critical alert (section 8).
        "availability" => {
            (signal.baseline, signal.warning, signal.critical) = (Some(1.0), Some(0.99), Some(0.99));
        },
        "health" => {
            scaled(Limit { warning: OK_ABOVE, critical: UP_ABOVE }, 1.0);
            signal.baseline = Some(100.0);
        },
        _ => {},
    }
    signal
}
