//! What the written log says agrees with the golden results, and with the ground truth.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infra_eventlog::metadata::{EventRole, Visibility};
use infra_eventlog::signal::Worse;
use serde_json::{Value, json};

use super::support::{Played, SIGNALS, builtin};

/// The results of section 10, from rows alone.
#[derive(Debug, PartialEq)]
struct Derived {
    chaos_events: usize,
    up: usize,
    checks: usize,
    alerts_handled: usize,
    incidents_resolved: usize,
    failed_remediations: usize,
    misdiagnoses: usize,
    overwhelmed: usize,
}

fn derive(played: &Played, successes_count: bool) -> Derived {
    let count = |event_type: &str| played.of(event_type).len();
    let checks = played.of("HEALTH_CHECK");
    for check in &checks {
        assert_eq!(check.flag("up"), check.signal("health") > 50.0);
        let status = check.status.as_deref().unwrap();
        assert_eq!((status != "CRIT", status == "OK"), (check.flag("up"), check.signal("health") > 80.0));
    }
    let results = played.of("REMEDIATION_RESULT");
    let succeeded = results.iter().filter(|row| row.flag("success")).count();
    Derived {
        chaos_events: count("CHAOS_INJECT"),
        up: checks.iter().filter(|row| row.flag("up")).count(),
        checks: checks.len(),
        alerts_handled: count("DIAGNOSIS"),
        incidents_resolved: if successes_count { succeeded } else { count("REMEDIATE") },
        failed_remediations: count("COOLDOWN_BLOCKED") + results.len() - succeeded,
        misdiagnoses: played.of("DIAGNOSIS").iter().filter(|row| row.flag("misdiagnosed")).count(),
        overwhelmed: count("SRE_OVERWHELMED"),
    }
}

/// The same from the truth.
fn told(played: &Played) -> Derived {
    let count = |key: &str| usize::try_from(played.extra(key).as_u64().unwrap()).unwrap();
    Derived {
        chaos_events: count("chaos_events"),
        up: count("healthy_server_rounds"),
        checks: count("server_rounds"),
        alerts_handled: count("alerts_handled"),
        incidents_resolved: count("incidents_resolved"),
        failed_remediations: count("failed_remediations"),
        misdiagnoses: count("misdiagnoses"),
        overwhelmed: count("overwhelmed_rounds"),
    }
}

/// Mean rounds until an alert that was raised is no longer raised.
fn mttr(played: &Played, rounds: i64) -> (Option<f64>, usize, usize) {
    let mut alerted: BTreeMap<(String, String), BTreeSet<i64>> = BTreeMap::new();
    for row in played.of("ALERT") {
        let incident = (row.service.clone().unwrap(), row.text("metric").to_owned());
        alerted.entry(incident).or_default().insert(row.round(&played.run));
    }
    let (mut spans, mut open) = (Vec::new(), 0);
    for seen in alerted.values() {
        let mut since = None;
        for round in 1..=rounds {
            match (since, seen.contains(&round)) {
                (None, true) => since = Some(round),
                (Some(start), false) => {
                    spans.push(round - start);
                    since = None;
                },
                _ => {},
            }
        }
        open += usize::from(since.is_some());
    }
    (mean(&spans), spans.len(), open)
}

/// Mean rounds from an injection to the alert that shows it; and how many are never shown.
fn mttd(played: &Played) -> (Option<f64>, usize) {
    let mut spans = Vec::new();
    let mut unseen = 0;
    for injection in played.of("CHAOS_INJECT") {
        let metric = match injection.text("scenario") {
            "cpu_spike" | "traffic_surge" => "cpu_usage",
            "memory_leak" => "memory_usage",
            "network_partition" => "network",
            "disk_full" => "disk_usage",
            "service_crash" | "out_of_memory" => "service_down",
            "database_slowdown" => "latency_p99",
            other => panic!("{other}"),
        };
        let first = played
            .of("ALERT")
            .into_iter()
            .filter(|row| row.service == injection.service && row.text("metric") == metric)
            .map(|row| row.round(&played.run) - injection.round(&played.run))
            .find(|span| *span >= 0);
        match first {
            Some(span) => spans.push(span),
            None => unseen += 1,
        }
    }
    (mean(&spans), unseen)
}

fn mean(spans: &[i64]) -> Option<f64> {
    (!spans.is_empty()).then(|| spans.iter().sum::<i64>() as f64 / spans.len() as f64)
}

/// Every row of `seeded_runs.csv`, from a run that was written and read back.
#[test]
fn logs_hold_the_golden_results() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/systems/seeded_runs.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut cases = 0;
    for line in lines {
        let row: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split(',')).collect();
        let [level, skill] = ["chaos_level", "sre_skill"].map(|key| format!("\"{}\"", row[key]));
        let set = [
            ("seed", row["seed"]),
            ("rounds", row["rounds"]),
            ("chaos_level", &level),
            ("sre_skill", &skill),
        ];
        let played = builtin("reference", &set);
        let number = |key: &str| row[key].parse::<usize>().unwrap();
        let derived = derive(&played, false);
        assert_eq!(
            [
                derived.chaos_events,
                derived.alerts_handled,
                derived.incidents_resolved,
                derived.failed_remediations,
                derived.up,
            ],
            [
                number("chaos_events"),
                number("alerts_handled"),
                number("incidents_resolved"),
                number("failed_remediations"),
                number("healthy_server_rounds"),
            ],
            "{line}"
        );
        assert_eq!(derived, told(&played), "{line}");
        let availability = 100.0 * derived.up as f64 / derived.checks as f64;
        assert_eq!(availability, row["availability_pct"].parse::<f64>().unwrap(), "{line}");
        assert_eq!(json!(availability), *played.extra("availability_pct"));
        assert_eq!(played.extra("sla_met").as_bool().unwrap(), row["sla_met"] == "1");
        check_final_state(&played, &row);
        cases += 1;
    }
    assert_eq!(cases, 60);
}

/// The last published state of all servers: health exact, use as published with one decimal.
fn check_final_state(played: &Played, row: &BTreeMap<&str, &str>) {
    let servers = &played.run.metadata().services;
    let health: Vec<String> = played
        .of("HEALTH_CHECK")
        .iter()
        .rev()
        .take(servers.len())
        .rev()
        .map(|row| row.signal("health").to_string())
        .collect();
    assert_eq!(health.join(" "), row["final_health"]);
    for (signal, column) in [("cpu", "sum_final_cpu"), ("memory", "sum_final_memory")] {
        let last = |server: &str| {
            let of_server = |row: &&&_| is_state_of(row, server);
            100.0
                * played.rows.iter().collect::<Vec<_>>().iter().rev().find(of_server).unwrap().signal(signal)
        };
        let sum: f64 = servers.iter().map(|server| last(&server.id)).sum();
        let golden: f64 = row[column].parse().unwrap();
        assert!((sum - golden).abs() <= 0.05 * servers.len() as f64 + 1e-9, "{signal} {sum} {golden}");
    }
}

fn is_state_of(row: &super::support::Row, server: &str) -> bool {
    row.service.as_deref() == Some(server) && row.signals[0].is_some()
}

#[test]
fn times_to_repair_and_to_detect_follow_from_the_log() {
    for (name, seed) in [
        ("reference", "42"),
        ("extreme-junior", "7"),
        ("extreme-junior", "8"),
        ("cascading-outage", "11"),
        ("unreachable", "5"),
        ("slow-leak", "2"),
        ("calm", "3"),
    ] {
        let played = builtin(name, &[("seed", seed)]);
        let scenario: Value = serde_json::from_str(&played.truth.scenario).unwrap();
        let (repair, cleared, open) = mttr(&played, scenario["rounds"].as_i64().unwrap());
        assert_eq!(
            [&json!(repair), &json!(cleared), &json!(open)],
            ["mttr_rounds", "alerts_cleared", "alerts_still_open"].map(|key| played.extra(key)),
            "{name}"
        );
        let (detect, unseen) = mttd(&played);
        assert_eq!(
            [&json!(detect), &json!(unseen)],
            ["mttd_rounds", "injections_undetected"].map(|key| played.extra(key)),
            "{name}"
        );
        let successes_count = scenario["switches"]["success_rates"].as_bool().unwrap();
        assert_eq!(derive(&played, successes_count), told(&played), "{name}");
    }
}

/// A server's health is one number per round: as published, and as checked.
#[test]
fn health_is_published_as_it_is_checked() {
    let played = builtin("extreme-junior", &[]);
    let by_server = |event_type: &str| -> BTreeMap<(i64, String), String> {
        let rows = played.of(event_type).into_iter();
        rows.map(|row| {
            let key = (row.round(&played.run), row.service.clone().unwrap());
            (key, format!("{:?} {:?}", row.status, row.signal("health")))
        })
        .collect()
    };
    assert_eq!(by_server("SERVER_METRICS"), by_server("HEALTH_CHECK"));
    assert_eq!(by_server("HEALTH_CHECK").len(), 180);
}

#[test]
fn the_run_says_what_its_columns_mean() {
    let played = builtin("reference", &[]);
    let metadata = played.run.metadata();
    let names: Vec<&str> = metadata.signals.iter().map(|signal| signal.name.as_str()).collect();
    assert_eq!(names, SIGNALS);
    let signal = |name: &str| metadata.signals.iter().find(|signal| signal.name == name).unwrap();
    let limits = |name: &str| (signal(name).warning.unwrap(), signal(name).critical.unwrap());
    assert_eq!((limits("cpu"), limits("memory")), ((0.7, 0.9), (0.75, 0.95)));
    assert_eq!((limits("error_rate"), limits("latency_p99")), ((0.01, 0.05), (0.5, 2.0)));
    assert_eq!((limits("health"), signal("health").baseline), ((80.0, 50.0), Some(100.0)));
    assert_eq!(signal("health").worse, Worse::Low);

    let edges: Vec<_> = metadata.edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    assert_eq!(
        edges,
        [
            ("web-1", "api-1"),
            ("web-2", "api-1"),
            ("api-1", "db-primary"),
            ("api-1", "db-replica"),
            ("api-1", "cache-1"),
        ]
    );
    for row in &played.rows {
        let declared = metadata.event_types.iter().find(|spec| spec.name == row.event_type).unwrap();
        let hidden = ["CHAOS_INJECT", "CHAOS_END", "DEPENDENCY_IMPACT"].contains(&row.event_type.as_str());
        assert_eq!(declared.visibility == Visibility::Mechanism, hidden, "{}", row.event_type);
        assert_eq!(declared.role == EventRole::Alert, row.event_type == "ALERT", "{}", row.event_type);
    }
}

#[test]
fn rows_tell_what_happened_in_words_and_in_json() {
    let played = builtin("extreme-junior", &[]);
    for row in played.of("ALERT") {
        let value = &row.attributes["value"];
        let fits = match row.text("metric") {
            "service_down" => value.as_array().is_some_and(|services| !services.is_empty()),
            "network" => value == "isolated",
            _ => value.is_number(),
        };
        assert!(fits && ["warning", "critical"].contains(&row.text("level")), "{row:?}");
        assert!(row.message.as_deref().unwrap().contains(row.service.as_deref().unwrap()));
        assert_eq!(row.source, "sre-oncall");
    }
    let crash = played.of("CHAOS_INJECT").into_iter().find(|row| row.text("scenario") == "service_crash");
    assert_eq!(crash.unwrap().attributes["effect"], json!({ "service_down": true }));
    assert_eq!(crash.unwrap().text("service"), "app-api");
    let traffic = played.of("TRAFFIC_UPDATE")[0];
    let [total, each] = ["total", "per_server"].map(|key| traffic.attributes[key].as_i64().unwrap());
    assert!((800..1500).contains(&total) && each == total / 6);
}

/// Names of a scenario are data: they come back as they were written.
#[test]
fn odd_names_survive() {
    let odd = r#"we"b\1 {<b>}"#;
    let text = format!(
        "world = \"systems\"\nrounds = 3\n[[servers]]\nname = '{odd}'\nservices = ['a\"b']\n\
         [[chaos_scenarios]]\nname = 'c\"rash'\nprobability = 1.0\neffect = {{ service_down = true }}\n"
    );
    let played = super::support::play(&crate::support::toml(&text).unwrap(), &Default::default());
    assert!(played.of("HEALTH_CHECK").iter().all(|row| row.service.as_deref() == Some(odd)));
    let crash = played.of("CHAOS_INJECT")[0];
    assert_eq!((crash.text("scenario"), crash.text("service")), ("c\"rash", "a\"b"));
    assert_eq!(played.of("ALERT")[0].attributes["value"], json!(["a\"b"]));
}
