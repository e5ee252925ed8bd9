//! What a run says about itself. Nothing here names a fault.

use infra_eventlog::metadata::{
    EdgeInfo, EventRole, EventTypeSpec, Period, PeriodKind, RunMetadata, ServiceInfo, SignalSpec, SloSpec,
    StatusSpec, TimeUnit, Visibility,
};
use infra_eventlog::signal::Worse;

use super::names::Names;
use super::population::Population;
use super::scenario::CoordinationScenario;
use crate::identity::identity;

/// The signals of a state row, in this order.
pub(crate) const SIGNALS: [&str; 13] = [
    "availability",
    "impedance",
    "impedance_p95",
    "slowest",
    "fastest",
    "queue_depth",
    "load",
    "requests",
    "failed_requests",
    "error_rate",
    "conflict_rate",
    "coverage",
    "failures",
];

/// Statuses with their severity: of clusters and sectors the breaker, of the orchestrator the mode.
const STATUSES: [(&str, u8); 10] = [
    ("CLOSED", 0),
    ("HALF_OPEN", 1),
    ("OPEN", 2),
    ("ISOLATED", 2),
    ("DOWN", 3),
    ("FULL", 0),
    ("DEGRADED_LIGHT", 1),
    ("DEGRADED_MODERATE", 2),
    ("DEGRADED_SEVERE", 2),
    ("EMERGENCY", 3),
];

/// Event types: name, whether an operator could have seen it, what it is.
const EVENT_TYPES: [(&str, Visibility, EventRole); 23] = {
    use EventRole::{Alert, Decision, Hazard, Remediation, State};
    use Visibility::{Mechanism, Observed};
    [
        ("RUN", Observed, State),
        ("INJECT", Mechanism, Hazard),
        ("OP_START", Observed, State),
        ("OP_END", Observed, State),
        ("OP_REFUSED", Observed, Decision),
        ("TARGET_OUTCOME", Observed, State),
        ("TARGETS_READY", Observed, State),
        ("AGENT_STATE", Observed, State),
        ("FLAG", Observed, State),
        ("FAILURE", Observed, State),
        ("BREAKER_OPEN", Observed, Alert),
        ("BREAKER_PROBE_FAILED", Observed, State),
        ("BREAKER_RECOVERY", Observed, Remediation),
        ("CONFLICT", Observed, State),
        ("CONFLICT_RESOLVED", Observed, State),
        ("CLUSTER_SUMMARY", Observed, State),
        ("GLOBAL_MAP", Observed, State),
        ("MODE", Observed, Alert),
        ("MODE_RECOVERY", Observed, State),
        ("THREAT_DETECTED", Observed, Alert),
        ("RESPONSE", Observed, Remediation),
        ("KPI", Observed, State),
        ("STATUS", Observed, State),
    ]
};

/// Time before the first summary has come in \[s\].
const WARMUP_S: i64 = 10;

/// Metadata of the run of a scenario whose canonical text is `json`.
pub(crate) fn metadata(
    scenario: &CoordinationScenario,
    population: &Population,
    names: &Names,
    json: &str,
) -> RunMetadata {
    let mut metadata = identity("coordination", &scenario.header, json, TimeUnit::Ns);
    metadata.services = services(population, names);
    metadata.edges = edges(population, names);
    metadata.signals = SIGNALS.map(signal).into();
    metadata.statuses =
        STATUSES.map(|(name, severity)| StatusSpec { name: name.to_owned(), severity }).into();
    metadata.event_types = EVENT_TYPES
        .map(|(name, visibility, role)| EventTypeSpec { name: name.to_owned(), visibility, role })
        .into();
    metadata.slos = slos();
    metadata.periods = periods(scenario);
    metadata
}

fn services(population: &Population, names: &Names) -> Vec<ServiceInfo> {
    let info = |id: &str, kind: &str, agents: u32| ServiceInfo {
        id: id.to_owned(),
        kind: Some(kind.to_owned()),
        tier: Some(kind.to_owned()),
        attributes: [("agents".to_owned(), agents.into())].into(),
    };
    let orchestrator = info(names.orchestrator(), "orchestrator", population.agents());
    let sectors = (0..population.sectors())
        .map(|s| info(names.sector(s), "sector", population.sector_agents(s).len() as u32));
    let clusters = (0..population.clusters())
        .map(|c| info(names.cluster(c), "cluster", population.cluster_agents(c).len() as u32));
    std::iter::once(orchestrator).chain(sectors).chain(clusters).collect()
}

/// The orchestrator depends on its sectors, a sector on its clusters.
fn edges(population: &Population, names: &Names) -> Vec<EdgeInfo> {
    let edge = |from: &str, to: &str| EdgeInfo {
        from: from.to_owned(),
        to: to.to_owned(),
        kind: Some("coordinates".to_owned()),
        weight: None,
    };
    let sectors = (0..population.sectors()).map(|s| edge(names.orchestrator(), names.sector(s)));
    let clusters = (0..population.clusters())
        .map(|c| edge(names.sector(population.sector_of_cluster(c)), names.cluster(c)));
    sectors.chain(clusters).collect()
}

fn signal(name: &str) -> SignalSpec {
    let mut signal = SignalSpec::named(name);
    match name {
        "availability" => {
            (signal.baseline, signal.warning, signal.critical) = (Some(1.0), Some(0.95), Some(0.8));
        },
        // The agent that scores above 800 is degraded (section 10).
        "impedance" | "impedance_p95" | "slowest" | "fastest" => {
            signal.unit = "ms".to_owned();
        },
        // Share of the message rate that the mesh is built for.
        "load" => (signal.baseline, signal.warning, signal.critical) = (Some(0.0), Some(0.6), Some(1.0)),
        "error_rate" => {
            (signal.baseline, signal.warning, signal.critical) = (Some(0.0), Some(0.05), Some(0.2))
        },
        // The KPI's target (section 14), and the limit of the quorum (section 7).
        "conflict_rate" => {
            signal.unit = "1".to_owned();
            (signal.baseline, signal.warning, signal.critical) = (Some(0.005), Some(0.05), Some(0.2));
        },
        "coverage" => {
            signal.unit = "1".to_owned();
            signal.worse = Worse::Low;
        },
        // At the sixth failure the breaker of a cluster trips (section 9).
        "failures" => {
            signal.unit = "{failure}".to_owned();
            signal.baseline = Some(0.0);
        },
        _ => {},
    }
    signal
}

/// Targets of section 14 that a signal shows.
fn slos() -> Vec<SloSpec> {
    let slo = |signal: &str, objective: f64| SloSpec {
        service: "orchestrator".to_owned(),
        signal: signal.to_owned(),
        objective,
        window_ns: 10_000_000_000,
    };
    vec![slo("availability", 0.95), slo("conflict_rate", 0.01)]
}

/// Warm-up until the first map, then normal time for as long as nothing is broken.
fn periods(scenario: &CoordinationScenario) -> Vec<Period> {
    let ns = 1_000_000_000;
    let end_ns = i64::try_from(scenario.end_us()).unwrap_or(i64::MAX / 1000) * 1000;
    let fault_ns = scenario.first_fault_us().and_then(|us| i64::try_from(us).ok()).map(|us| us * 1000);
    let period = |kind, start_ns, end_ns| Period { kind, start_ns, end_ns, lead_end_ns: None, scope: None };
    let quiet_ns = fault_ns.unwrap_or(end_ns);
    if quiet_ns <= WARMUP_S * ns {
        return Vec::new();
    }
    vec![period(PeriodKind::Warmup, 0, WARMUP_S * ns), period(PeriodKind::Normal, WARMUP_S * ns, quiet_ns)]
}
