//! The log holds everything that the run's figures rest on: they are computed from its rows anew,
//! by code that shares nothing with the world.

use std::collections::BTreeMap;

use infra_eventlog::metadata::{EventRole, Visibility};
use infra_simulate::Scenario;
use infra_simulate::queue::QueueScenario;

use crate::played::{Played, Row, play};

pub(super) const BUILTINS: [&str; 5] = ["exp-001", "exp-002", "exp-003", "retry-storm", "pool-exhaustion"];

/// A built-in scenario and its run.
pub(super) fn named(name: &str) -> (QueueScenario, Played) {
    let scenario = Scenario::named("queue", name).unwrap();
    (scenario.queue().unwrap(), play(&scenario))
}

pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs())
}

/// Counts of a type and failure mode over the whole log.
fn count(played: &Played, event_type: &str, failure: &str) -> usize {
    let same = |row: &&Row| failure.is_empty() || row.text("failure_mode") == failure;
    played.events(event_type).filter(same).count()
}

/// 95th percentile, linear between neighbours; 0 without values.
pub(super) fn percentile95(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_by(f64::total_cmp);
    let h = 0.95 * (values.len() - 1) as f64;
    let (low, high) = (h.floor() as usize, h.ceil() as usize);
    values[low] + (values[high] - values[low]) * (h - low as f64)
}

#[test]
fn causes_lead_from_an_answer_to_its_request() {
    for name in BUILTINS {
        let (_, played) = named(name);
        played.check_order();
        let own: BTreeMap<i64, &Row> =
            played.rows.iter().filter(|r| r.own).map(|r| (r.event_id, r)).collect();
        for row in played.rows.iter().filter(|r| r.own) {
            let cause = row.cause_id.map(|id| own[&id]);
            match row.event_type.as_str() {
                "REQUEST_COMPLETED" | "REQUEST_TIMEOUT" => {
                    let cause = cause.unwrap();
                    assert_eq!(cause.event_type, "REQUEST_CREATED", "{name}: {row:?}");
                    for key in ["agent", "attempt"] {
                        assert_eq!(cause.real(key), row.real(key), "{name}: {row:?}");
                    }
                    assert!(near(row.real("time_s") - cause.real("time_s"), row.real("latency")), "{row:?}");
                },
                "QUEUE_COLLAPSED" => assert_eq!(cause.unwrap().event_type, "CONTROL_TICK"),
                "CONTROL_TICK" => assert!(cause.is_none()),
                // A further attempt follows from the failure of the one before.
                _ => match cause {
                    None => assert_eq!(row.real("attempt"), 0.0, "{name}: {row:?}"),
                    Some(cause) => {
                        assert_eq!(cause.real("agent"), row.real("agent"), "{name}: {row:?}");
                        let throttled = cause.event_type == "QUEUE_THROTTLED";
                        let before = if throttled { 0.0 } else { 1.0 };
                        assert_eq!(row.real("attempt") - cause.real("attempt"), before, "{name}: {row:?}");
                        assert!(throttled || cause.real("status_code") >= 500.0, "{name}: {row:?}");
                    },
                },
            }
        }
    }
}

#[test]
fn arrivals_are_departures_and_what_remains_at_every_moment() {
    for name in BUILTINS {
        let (scenario, played) = named(name);
        let workers = f64::from(scenario.queue.workers);
        // In the queue or at a worker.
        let mut inside = 0.0_f64;
        let waiting = |inside: f64| (inside - workers).max(0.0);
        for row in &played.rows {
            match row.event_type.as_str() {
                "REQUEST_CREATED" => {
                    assert_eq!(row.real("queue_depth"), waiting(inside) + 1.0, "{name}: {row:?}");
                    inside += 1.0;
                },
                "REQUEST_COMPLETED" => {
                    assert_eq!(row.real("queue_depth"), waiting(inside), "{name}: {row:?}");
                    inside -= 1.0;
                },
                "CONTROL_TICK" if row.own => assert_eq!(row.real("queue_depth"), waiting(inside)),
                "CONTROL_TICK" if row.service.as_deref() == Some("workers") => {
                    assert_eq!(played.signal(row, "load"), Some(inside.min(workers)), "{name}: {row:?}");
                },
                "CONTROL_TICK" if row.service.as_deref() == Some("queue") => {
                    assert_eq!(played.signal(row, "queue_depth"), Some(waiting(inside)));
                    let pressure = waiting(inside) / f64::from(scenario.queue.buffer);
                    assert_eq!(played.signal(row, "pressure"), Some(pressure));
                },
                "FAULT_INJECTED" | "REQUEST_TIMEOUT" | "QUEUE_THROTTLED" => {
                    assert_eq!(row.real("queue_depth"), waiting(inside), "{name}: {row:?}");
                },
                _ => {},
            }
            let full = workers + f64::from(scenario.queue.buffer);
            assert!((0.0..=full).contains(&inside), "{name}: {inside}");
        }
        assert_eq!(inside, 0.0, "{name}: the run ends when nothing remains");
    }
}

#[test]
fn counts_and_latencies_recompute() {
    for name in BUILTINS {
        let (scenario, played) = named(name);
        let agents = f64::from(scenario.queue.agents);
        let created = count(&played, "REQUEST_CREATED", "");
        let dropped = count(&played, "FAULT_INJECTED", "");
        for (key, ours) in [
            ("attempts", created + dropped),
            ("completed", created),
            ("completed_ok", count(&played, "REQUEST_COMPLETED", "NOMINAL_OPERATION")),
            ("congestion_503", count(&played, "FAULT_INJECTED", "CONGESTION_FAILURE")),
            ("overflow_503", count(&played, "FAULT_INJECTED", "QUEUE_OVERFLOW")),
            ("pool_503", count(&played, "FAULT_INJECTED", "POOL_EXHAUSTED")),
            ("timeout_504", count(&played, "REQUEST_TIMEOUT", "SOCKET_TIMEOUT")),
            (
                "worker_500",
                played.events("REQUEST_COMPLETED").filter(|r| r.real("status_code") == 500.0).count(),
            ),
            (
                "events",
                created
                    + dropped
                    + count(&played, "REQUEST_COMPLETED", "")
                    + count(&played, "REQUEST_TIMEOUT", ""),
            ),
            ("ticks", played.events("CONTROL_TICK").count()),
        ] {
            assert_eq!(played.extra(key), ours as f64, "{name}: {key}");
        }
        let latencies: Vec<f64> = played.events("REQUEST_COMPLETED").map(|r| r.real("latency")).collect();
        assert_eq!(latencies.len(), created, "{name}");
        let mean = latencies.iter().sum::<f64>() / latencies.len() as f64;
        assert!(near(played.extra("avg_latency"), mean), "{name}");
        assert!(near(played.extra("p95_latency"), percentile95(latencies)), "{name}");
        let loss = 1.0 - played.extra("completed_ok") / agents;
        assert!(near(played.extra("loss"), loss), "{name}");
    }
}

#[test]
fn a_throttled_client_waits_as_long_as_the_last_tick_says() {
    for name in ["exp-002", "exp-003"] {
        let (_, played) = named(name);
        let mut throttle = 0.0;
        let mut due: BTreeMap<i64, f64> = BTreeMap::new();
        for row in played.rows.iter().filter(|r| r.own) {
            if row.event_type == "CONTROL_TICK" {
                throttle = row.real("throttle");
            } else if row.event_type == "QUEUE_THROTTLED" {
                assert_eq!(row.real("latency"), throttle, "{name}: {row:?}");
                due.insert(row.event_id, row.real("time_s") + throttle);
            } else if let Some(at) = row.cause_id.and_then(|cause| due.remove(&cause)) {
                assert_eq!(row.real("time_s"), at, "{name}: {row:?}");
            }
        }
        assert!(due.is_empty(), "{name}: {due:?}");
    }
}

#[test]
fn requests_between_ticks_add_up() {
    for name in BUILTINS {
        let (_, played) = named(name);
        let mut since: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for row in &played.rows {
            let failed = |row: &Row| f64::from(u8::from(row.real("status_code") >= 500.0));
            let mut add = |service, requests: f64, failed: f64| {
                let kept = since.entry(service).or_default();
                *kept = (kept.0 + requests, kept.1 + failed);
            };
            match (row.event_type.as_str(), row.service.as_deref()) {
                ("CONTROL_TICK", Some(service)) => {
                    let (requests, failed) = since.remove(service).unwrap_or_default();
                    assert_eq!(played.signal(row, "requests"), Some(requests), "{name}: {row:?}");
                    assert_eq!(played.signal(row, "failed_requests"), Some(failed), "{name}: {row:?}");
                    let rate = (requests > 0.0).then_some(failed / requests);
                    assert_eq!(played.signal(row, "error_rate"), rate, "{name}: {row:?}");
                },
                ("REQUEST_CREATED", _) => add("queue", 1.0, 0.0),
                ("FAULT_INJECTED", _) => {
                    add("clients", 1.0, 1.0);
                    if row.text("failure_mode") != "POOL_EXHAUSTED" {
                        add("queue", 1.0, 1.0);
                    }
                },
                ("REQUEST_COMPLETED", _) => {
                    add("workers", 1.0, failed(row));
                    if row.text("failure_mode") != "WASTED_WORK" {
                        add("clients", 1.0, failed(row));
                    }
                },
                ("REQUEST_TIMEOUT", _) => add("clients", 1.0, 1.0),
                _ => {},
            }
        }
    }
}

#[test]
fn metadata_name_services_signals_and_no_fault() {
    let (_, played) = named("exp-003");
    let metadata = &played.metadata;
    let services: Vec<&str> = metadata.services.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(services, ["clients", "queue", "workers"]);
    let edges: Vec<_> = metadata.edges.iter().map(|e| (e.from.as_str(), e.to.as_str())).collect();
    assert_eq!(edges, [("clients", "queue"), ("queue", "workers")]);
    let pressure = metadata.signals.iter().find(|s| s.name == "pressure").unwrap();
    assert_eq!((pressure.warning, pressure.critical), (Some(0.40), Some(0.85)));
    assert!(metadata.event_types.iter().all(|t| t.visibility == Visibility::Observed));
    assert_eq!(metadata.event_type("QUEUE_COLLAPSED").role, EventRole::Alert);
    let known = |name: &str| metadata.event_types.iter().any(|t| t.name == name);
    assert!(played.rows.iter().all(|row| known(&row.event_type)));
    assert!(!serde_json::to_string(metadata).unwrap().to_lowercase().contains("root"));
}

#[test]
fn clients_give_up_and_come_back_when_they_said() {
    let (scenario, played) = named("retry-storm");
    let network = scenario.network;
    let own: BTreeMap<i64, &Row> = played.rows.iter().filter(|r| r.own).map(|r| (r.event_id, r)).collect();
    for row in played.events("REQUEST_TIMEOUT") {
        assert!(near(row.real("latency"), network.socket_timeout), "{row:?}");
    }
    let mut retries = 0;
    for row in played.rows.iter().filter(|r| r.own && r.event_type != "QUEUE_COLLAPSED") {
        let Some(cause) = row.cause_id.map(|id| own[&id]).filter(|c| c.real("status_code") >= 500.0) else {
            continue;
        };
        let attempt = cause.real("attempt");
        assert!(attempt < f64::from(network.retries), "{row:?}");
        let wait = network.retry_backoff * 2_f64.powi(attempt as i32);
        assert!(near(row.real("time_s"), cause.real("time_s") + wait), "{row:?}");
        retries += 1;
    }
    assert!(retries > 1000, "{retries}");
}
