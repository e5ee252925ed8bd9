//! The ground truth of a queue run.

use infra_eventlog::truth::{Fault, Hop, Truth};
use serde_json::{Value, json};

use super::detector::State;
use super::results::Results;
use super::settings::QueueScenario;

/// Attempts per request from which retries are what a run is about.
const STORM: f64 = 2.0;

/// Words the results as the sidecar of a run.
///
/// The verdict, by the first rule that applies: a STABLE run has no incident; at least two attempts
/// per request are a retry storm; COLLAPSED is a congestion collapse, DEGRADED a capacity
/// bottleneck. The root cause is `workers` if all of them were busy at half of the ticks or more:
/// what the pool cannot serve fills the queue, whatever anomaly the detector names first. Else it
/// is `queue`.
pub(super) fn truth(run_id: &str, scenario: &QueueScenario, json: &str, results: &Results) -> Truth {
    let resolved = results.resolved(scenario);
    let attempts = results.attempts as f64 / f64::from(scenario.queue.agents);
    let verdict = match resolved {
        State::Stable => "no incident",
        _ if attempts >= STORM => "retry storm",
        State::Degraded => "capacity bottleneck",
        State::Collapsed => "congestion collapse",
    };
    let root = if 2 * results.saturated_ticks >= results.ticks { "workers" } else { "queue" };
    let failed = resolved != State::Stable;
    let start_ns = (results.break_point_s.unwrap_or(0.0) * 1e9).round() as i64;
    let loss = results.loss(scenario);
    let hop = |from: &str, to: &str| Hop {
        from: from.to_owned(),
        to: to.to_owned(),
        time_ns: start_ns,
        contribution: loss,
    };
    let mut propagation = Vec::new();
    if failed {
        if root == "workers" {
            propagation.push(hop("workers", "queue"));
        }
        propagation.push(hop("queue", "clients"));
    }
    let mut extra: std::collections::BTreeMap<String, Value> = match serde_json::to_value(results) {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        _ => std::collections::BTreeMap::new(),
    };
    extra.extend([
        ("verdict".to_owned(), json!(verdict)),
        ("resolved_state".to_owned(), json!(resolved.name())),
        ("loss".to_owned(), json!(loss)),
        ("avg_latency".to_owned(), json!(results.mean_latency())),
        ("p95_latency".to_owned(), json!(results.p95_latency())),
    ]);
    Truth {
        run_id: run_id.to_owned(),
        faults: failed
            .then(|| Fault {
                service: root.to_owned(),
                kind: if root == "workers" { "saturation" } else { "pressure" }.to_owned(),
                start_ns,
                end_ns: None,
                magnitude: results.peak_tick_pressure,
            })
            .into_iter()
            .collect(),
        root_causes: failed.then(|| root.to_owned()).into_iter().collect(),
        propagation,
        outcome: format!("{}: loss {loss}", resolved.name()),
        scenario: json.to_owned(),
        extra,
    }
}
