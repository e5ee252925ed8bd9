//! The log holds everything that the run's figures rest on: they are computed from its rows anew,
//! by code that shares nothing with the world, and held against the golden data.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use infra_eventlog::metadata::{EventRole, Visibility};
use infra_simulate::Scenario;
use infra_simulate::scenario::Format;
use serde_json::Value;

use crate::played::{Played, Row, play};
use crate::support::toml;

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mesh/cases");
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "json"));
    paths.sort();
    paths
}

fn case(path: &Path) -> Scenario {
    Scenario::parse(&fs::read_to_string(path).unwrap(), Format::Json, "case").unwrap()
}

/// Golden cases, showcases, and a generated mesh with two faults, one of them halted.
pub(super) fn scenarios() -> Vec<(String, Scenario)> {
    let named = |name: &str| (name.to_owned(), Scenario::named("mesh", name).unwrap());
    let mut all: Vec<(String, Scenario)> = cases()
        .iter()
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), case(path)))
        .collect();
    all.extend(["reference", "metastable", "dual-fault", "task_hard_pipeline_freshness"].map(named));
    let drawn =
        "world = \"mesh\"\nseed = 3\n[connected]\nservices = 40\nfaults = 2\nhalt_after = 12\nnoise = 0.0\n";
    all.push(("connected".to_owned(), toml(drawn).unwrap()));
    all
}

pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs())
}

/// Columns of golden rows and the signals that show them.
const COLUMNS: [(&str, &str); 17] = [
    ("http_server_request_duration_p99", "latency_p99"),
    ("http_server_error_rate", "error_rate"),
    ("http_server_active_requests", "load"),
    ("process_cpu_utilization", "cpu"),
    ("process_memory_usage_bytes", "memory_used"),
    ("process_memory_limit_bytes", "memory_limit"),
    ("process_memory_utilization", "memory"),
    ("process_open_file_descriptors", "open_fds"),
    ("runtime_gc_pause_duration_ms", "gc_pause_ms"),
    ("runtime_gc_count_per_second", "gc_per_second"),
    ("runtime_jvm_threads_count", "threads"),
    ("runtime_thread_pool_queue_depth", "thread_queue"),
    ("runtime_uptime_seconds", "uptime_s"),
    ("restart_count", "restarts"),
    ("last_deployment_age_seconds", "deployment_age_s"),
    ("last_config_revision", "config_revision"),
    ("last_config_age_seconds", "config_age_s"),
];
/// Columns of golden rows and the attributes of ticks that show them.
const FIGURES: [(&str, &str); 10] = [
    ("m.sim_time_s", "sim_time_s"),
    ("m.bcm_delta", "bcm_delta"),
    ("m.bcm_total", "bcm_total"),
    ("m.mttm_tick", "mttm_reference"),
    ("m.zero_streak", "zero_streak"),
    ("m.slo_budget", "slo_budget"),
    ("m.slo_shielded", "slo_shielded"),
    ("m.user_impact", "user_impact"),
    ("m.impacted", "impacted"),
    ("m.at_risk", "at_risk"),
];

#[test]
fn the_log_of_every_golden_case_shows_its_golden_rows() {
    let mut compared = 0;
    for path in cases() {
        let played = play(&case(&path));
        let text = fs::read_to_string(path.with_extension("csv")).unwrap();
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let golden: Vec<BTreeMap<&str, &str>> =
            lines.map(|cells| header.iter().copied().zip(cells).collect()).collect();
        let ticks: Vec<&Row> = played.events("TICK").collect();
        let states: Vec<&Row> = played.rows.iter().filter(|r| r.event_type == "TICK" && !r.own).collect();
        let golden: Vec<_> = golden.into_iter().filter(|row| row["phase"] == "0").collect();
        assert_eq!(golden.len(), states.len(), "{}", path.display());
        for (golden, row) in golden.iter().zip(states) {
            assert_eq!(
                (golden["service"], golden["status"]),
                (row.service.as_deref().unwrap(), row.status.as_deref().unwrap())
            );
            for (column, signal) in COLUMNS {
                let ours = played.signal(row, signal).unwrap();
                assert!(
                    near(golden[column].parse().unwrap(), ours),
                    "{} {golden:?}: {signal} {ours}",
                    path.display()
                );
                compared += 1;
            }
            let tick: usize = golden["tick"].parse().unwrap();
            for (column, key) in FIGURES.iter().filter(|_| tick > 0) {
                let ours = match &ticks[tick].attributes[key] {
                    Value::Null => None,
                    Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
                    value => value.as_f64(),
                };
                let golden: Option<f64> = golden[column].parse().ok();
                let same = golden.zip(ours).map_or(golden == ours, |(a, b)| near(a, b));
                assert!(same, "{} tick {tick}: {key} is {ours:?}, golden has {golden:?}", path.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 50_000, "{compared}");
}

const LEVELS: [(&str, &str, &str, &str); 3] = [
    ("error_rate", "http_server_error_rate", "err_before", "err_after"),
    ("latency_p99", "http_server_request_duration_p99", "lat_before", "lat_after"),
    ("memory", "process_memory_utilization", "mem_before", "mem_after"),
];

/// State rows by the event that they belong to.
pub(super) fn states(played: &Played) -> BTreeMap<i64, Vec<&Row>> {
    let mut states: BTreeMap<i64, Vec<&Row>> = BTreeMap::new();
    for row in played.rows.iter().filter(|r| r.event_type == "TICK" && !r.own) {
        states.entry(row.event_id).or_default().push(row);
    }
    states
}

#[test]
fn errors_latency_and_memory_are_the_sum_of_what_happened() {
    for (name, scenario) in scenarios() {
        let played = play(&scenario);
        let states = states(&played);
        let mut kept: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
        for row in played.rows.iter().filter(|r| r.own) {
            match row.event_type.as_str() {
                "FAULT_STEP" | "CASCADE_HOP" | "RECOVERY_STEP" | "RULE" => {
                    let levels = kept.get_mut(row.service.as_deref().unwrap()).unwrap();
                    for (level, (_, _, before, after)) in levels.iter_mut().zip(LEVELS) {
                        assert!(near(*level, row.real(before)), "{name}: {level} {row:?}");
                        *level += row.real(after) - row.real(before);
                    }
                },
                "OPERATION" => {
                    for change in row.attributes["changes"].as_array().unwrap() {
                        let levels = kept.get_mut(change["service"].as_str().unwrap()).unwrap();
                        let Some(at) = LEVELS.iter().position(|l| change["field"] == l.1) else { continue };
                        assert!(near(levels[at], change["before"].as_f64().unwrap()), "{name}: {change}");
                        levels[at] = change["after"].as_f64().unwrap();
                    }
                },
                "TICK" => {
                    for state in &states[&row.event_id] {
                        let shown = LEVELS.map(|level| played.signal(state, level.0).unwrap());
                        let levels = kept.entry(state.service.as_deref().unwrap()).or_insert(shown);
                        for (a, b) in levels.iter().zip(shown) {
                            assert!(near(*a, b), "{name}: {levels:?} {state:?}");
                        }
                    }
                },
                _ => {},
            }
        }
    }
}

#[test]
fn hops_carry_a_share_of_what_they_came_from() {
    let mut applied = 0;
    for (name, scenario) in scenarios() {
        let played = play(&scenario);
        let own: BTreeMap<i64, &Row> =
            played.rows.iter().filter(|r| r.own).map(|r| (r.event_id, r)).collect();
        for row in played.events("CASCADE_HOP") {
            let cause = own[&row.cause_id.unwrap()];
            let (hop, share) = (row.real("hop"), row.real("contribution"));
            if hop > 1.0 {
                assert_eq!(
                    (cause.event_type.as_str(), cause.service.as_deref()),
                    ("CASCADE_HOP", row.attributes["parent"].as_str())
                );
                assert!(
                    near(share, cause.real("contribution") * 0.40) && cause.real("hop") + 1.0 == hop,
                    "{name}: {row:?}"
                );
                assert_eq!(cause.text("outcome"), "applied", "{name}: {row:?}");
            } else {
                assert_eq!(row.text("source"), row.text("parent"), "{name}");
                assert!(cause.event_type != "CASCADE_HOP", "{name}: {cause:?}");
            }
            let (before, after) = (row.real("err_before"), row.real("err_after"));
            let slower = row.real("lat_after") - row.real("lat_before");
            match row.text("outcome") {
                "applied" => {
                    assert!(hop <= 3.0 && near(after, (before + share).min(1.0)), "{name}: {row:?}");
                    assert!(near(slower, share * 0.5), "{name}: {row:?}");
                    applied += 1;
                },
                _ => assert_eq!((before, slower), (after, 0.0), "{name}: {row:?}"),
            }
            // Failures travel from callee to caller.
            let edge = |e: &infra_eventlog::metadata::EdgeInfo| {
                e.from == row.service.as_deref().unwrap() && e.to == row.text("parent")
            };
            assert!(played.metadata.edges.iter().any(edge), "{name}: {row:?}");
        }
    }
    assert!(applied > 50, "{applied}");
}

/// The status that numbers call for: section 3.
fn judged(error: f64, latency: f64, memory: f64) -> &'static str {
    match () {
        () if error >= 0.90 || memory >= 0.98 => "down",
        () if error >= 0.50 || latency >= 2.0 => "critical",
        () if error >= 0.10 || latency >= 0.50 => "degraded",
        () => "healthy",
    }
}

#[test]
fn statuses_follow_from_the_numbers_and_every_change_is_told() {
    for (name, scenario) in scenarios() {
        let played = play(&scenario);
        played.check_order();
        let states = states(&played);
        let own: BTreeMap<i64, &Row> =
            played.rows.iter().filter(|r| r.own).map(|r| (r.event_id, r)).collect();
        let mut statuses: BTreeMap<&str, &str> = BTreeMap::new();
        for row in played.rows.iter().filter(|r| r.own) {
            match row.event_type.as_str() {
                "OPERATION" => {
                    for change in row.attributes["changes"].as_array().unwrap() {
                        if change["field"] == "status" {
                            statuses.insert(
                                change["service"].as_str().unwrap(),
                                change["after"].as_str().unwrap(),
                            );
                        }
                    }
                },
                "STATUS_CHANGE" | "STATUS_CLEARED" => {
                    let old = statuses.insert(row.service.as_deref().unwrap(), row.text("new"));
                    assert_eq!(old, Some(row.text("old")), "{name}: {row:?}");
                    // What touched the service; initial values alone decide in the first tick.
                    let Some(cause) = row.cause_id.map(|id| own[&id]) else {
                        assert_eq!(row.time_ns, 30_000_000_000, "{name}: {row:?}");
                        continue;
                    };
                    let about = cause.event_type == "OPERATION" || cause.service == row.service;
                    let idle = cause.event_type == "CASCADE_HOP" && cause.text("outcome") != "applied";
                    assert!(about && !idle, "{name}: {row:?} {cause:?}");
                },
                "TICK" => {
                    for state in &states[&row.event_id] {
                        let status = state.status.as_deref().unwrap();
                        let service = state.service.as_deref().unwrap();
                        let told = *statuses.entry(service).or_insert(status);
                        assert_eq!(told, status, "{name}: {state:?}");
                        if row.time_ns > 0 {
                            let levels = LEVELS.map(|level| played.signal(state, level.0).unwrap());
                            assert_eq!(judged(levels[0], levels[1], levels[2]), status, "{name}: {state:?}");
                        }
                    }
                },
                _ => {},
            }
        }
    }
}

#[test]
fn the_truth_is_what_the_mechanism_rows_tell() {
    for (name, scenario) in scenarios() {
        let played = play(&scenario);
        let mut sums: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for row in played.events("CASCADE_HOP").filter(|r| r.text("outcome") == "applied") {
            *sums.entry((row.text("parent"), row.service.as_deref().unwrap())).or_default() +=
                row.real("contribution");
        }
        let truth = &played.truth;
        assert_eq!(truth.propagation.len(), sums.len(), "{name}");
        for hop in &truth.propagation {
            assert!(near(hop.contribution, sums[&(hop.from.as_str(), hop.to.as_str())]), "{name}: {hop:?}");
        }
        let injected: Vec<(Option<&str>, i64, &str)> = played
            .events("FAULT_INJECTED")
            .map(|r| (r.service.as_deref(), r.time_ns, r.text("kind")))
            .collect();
        let told: Vec<_> =
            truth.faults.iter().map(|f| (Some(f.service.as_str()), f.start_ns, f.kind.as_str())).collect();
        assert_eq!(injected.len(), told.len(), "{name}");
        assert!(injected.iter().all(|fault| told.contains(fault)), "{name}: {injected:?} {told:?}");
        assert!(
            told.iter().all(|f| truth.root_causes.iter().any(|root| Some(root.as_str()) == f.0)),
            "{name}"
        );
    }
}

#[test]
fn without_the_mechanism_a_usable_log_remains() {
    let (full, bare) = ("mechanism = true\n", "mechanism = false\n");
    let text = "world = \"mesh\"\nname = \"m\"\ntask = \"task_hard_multiteam_dual_fault\"\n";
    let [full, bare] = [full, bare].map(|line| play(&toml(&(text.to_owned() + line)).unwrap()));
    bare.check_order();
    let hidden: Vec<&str> = full
        .metadata
        .event_types
        .iter()
        .filter(|t| t.visibility == Visibility::Mechanism)
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(hidden, ["FAULT_INJECTED", "FAULT_STEP", "CASCADE_HOP", "RECOVERY_STEP", "RULE"]);
    let seen = |played: &Played| -> Vec<_> {
        played
            .rows
            .iter()
            .filter(|row| !hidden.contains(&row.event_type.as_str()))
            .map(|r| {
                (r.time_ns, r.event_type.clone(), r.service.clone(), r.message.clone(), r.signals.clone())
            })
            .collect()
    };
    assert_eq!(seen(&full), seen(&bare));
    assert!(bare.events("STATUS_CHANGE").count() > 0);
    assert_eq!(full.metadata.event_type("STATUS_CHANGE").role, EventRole::Alert);
    let json = serde_json::to_string(&full.metadata).unwrap();
    assert!(full.truth.root_causes.len() == 2 && !json.contains("root_cause"));
}
