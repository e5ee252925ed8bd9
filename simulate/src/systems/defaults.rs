//! The configuration of the specification, section 1.

use std::collections::BTreeMap;

use super::scenario::{
    ChaosScenario, Effect, Limit, RemediationSpec, ServerSpec, Skill, SreSpec, Switches, SystemsScenario,
    Thresholds,
};
use crate::scenario::{Header, Mode};

/// The level in force where none is named.
const LEVEL: &str = "medium";
/// The skill of engineers where none is named.
const SKILL: &str = "mid";

/// The reference scenario.
pub(crate) fn defaults() -> SystemsScenario {
    SystemsScenario {
        header: Header {
            name: "reference".to_owned(),
            description: String::new(),
            mode: Mode::Reference,
            seed: 0,
            tick_ns: 1_000_000_000,
        },
        switches: Switches::default(),
        rounds: 15,
        warmup: 0,
        base_traffic: 1000.0,
        sla_target: 99.9,
        chaos_level: LEVEL.to_owned(),
        chaos_levels: [("low", 0.5), (LEVEL, 1.0), ("high", 2.0), ("extreme", 3.0)]
            .map(|(name, factor)| (name.to_owned(), factor))
            .into(),
        sre_skill: SKILL.to_owned(),
        skills: skills(),
        alert_thresholds: thresholds(),
        diagnoser_timeout_s: 10.0,
        servers: servers(),
        service_dependencies: dependencies(),
        chaos_scenarios: chaos(),
        remediation_actions: remediations(),
        sres: vec![SreSpec { id: "sre-oncall".to_owned(), skill: SKILL.to_owned() }],
        schedule: Vec::new(),
        warnings: Vec::new(),
    }
}

/// The factor of a level of the specification; unknown names count as medium.
pub(crate) fn chaos_level_factor(level: &str) -> f64 {
    match level {
        "low" => 0.5,
        "high" => 2.0,
        "extreme" => 3.0,
        _ => 1.0,
    }
}

/// A skill of the specification; unknown names count as mid.
pub(crate) fn skill(name: &str) -> Skill {
    let (diagnosis_accuracy, remediation_speed, panic_threshold) = match name {
        "junior" => (0.6, 0.5, 2),
        "senior" => (0.95, 0.9, 8),
        _ => (0.8, 0.7, 4),
    };
    Skill { diagnosis_accuracy, remediation_speed, panic_threshold }
}

fn skills() -> BTreeMap<String, Skill> {
    ["junior", SKILL, "senior"].map(|name| (name.to_owned(), skill(name))).into()
}

fn thresholds() -> Thresholds {
    let limit = |warning, critical| Limit { warning, critical };
    Thresholds {
        cpu_usage: limit(70.0, 90.0),
        memory_usage: limit(75.0, 95.0),
        error_rate: limit(1.0, 5.0),
        latency_p99: limit(500.0, 2000.0),
        disk_usage: limit(80.0, 95.0),
    }
}

fn servers() -> Vec<ServerSpec> {
    let server = |name: &str, kind: &str, services: &[&str], cpu, memory, is_primary| ServerSpec {
        name: name.to_owned(),
        kind: kind.to_owned(),
        services: services.iter().map(|&s| s.to_owned()).collect(),
        cpu_capacity: Some(cpu),
        memory_capacity: Some(memory),
        is_primary,
    };
    vec![
        server("web-1", "web", &["nginx", "app-frontend"], 100.0, 8192.0, None),
        server("web-2", "web", &["nginx", "app-frontend"], 100.0, 8192.0, None),
        server("api-1", "api", &["app-api", "redis-client"], 100.0, 16384.0, None),
        server("db-primary", "database", &["postgresql"], 100.0, 32768.0, Some(true)),
        server("db-replica", "database", &["postgresql"], 100.0, 32768.0, Some(false)),
        server("cache-1", "cache", &["redis"], 50.0, 16384.0, None),
    ]
}

fn dependencies() -> BTreeMap<String, Vec<String>> {
    [("nginx", &["app-frontend"][..]), ("app-frontend", &["app-api"]), ("app-api", &["postgresql", "redis"])]
        .into_iter()
        .map(|(service, needs)| (service.to_owned(), needs.iter().map(|&s| s.to_owned()).collect()))
        .collect()
}

fn chaos() -> Vec<ChaosScenario> {
    let scenario = |name: &str, probability, duration, effect| ChaosScenario {
        name: name.to_owned(),
        probability,
        duration,
        effect,
    };
    let nothing = Effect::default;
    vec![
        scenario("cpu_spike", 0.15, 3, Effect { cpu_usage: Some(95.0), ..nothing() }),
        scenario("memory_leak", 0.1, 5, Effect { memory_growth: Some(10.0), ..nothing() }),
        scenario("network_partition", 0.05, 2, Effect { isolated: true, ..nothing() }),
        scenario("disk_full", 0.08, 4, Effect { disk_usage: Some(98.0), ..nothing() }),
        scenario("service_crash", 0.12, 1, Effect { service_down: true, ..nothing() }),
        scenario("traffic_surge", 0.1, 3, Effect { traffic_multiplier: Some(10.0), ..nothing() }),
        scenario("database_slowdown", 0.1, 4, Effect { db_latency_multiplier: Some(5.0), ..nothing() }),
    ]
}

fn remediations() -> Vec<RemediationSpec> {
    [
        ("restart_service", 0.9, 2),
        ("scale_up", 0.95, 3),
        ("failover", 0.85, 1),
        ("clear_cache", 0.98, 1),
        ("rate_limit", 0.95, 1),
        ("rollback", 0.8, 5),
    ]
    .map(|(name, success_rate, cooldown)| RemediationSpec {
        name: name.to_owned(),
        success_rate,
        cooldown,
        handles: Vec::new(),
        effects: None,
    })
    .into()
}
