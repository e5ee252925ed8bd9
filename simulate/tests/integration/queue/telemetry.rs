//! Rolling telemetry and tick states, computed anew from the rows of a log.

use std::collections::VecDeque;

use super::log::{BUILTINS, named, near, percentile95};

#[test]
fn rolling_telemetry_recomputes() {
    for name in BUILTINS {
        let (scenario, played) = named(name);
        let mut window: VecDeque<(f64, f64, bool)> = VecDeque::new();
        for row in played.rows.iter().filter(|r| r.own || r.service.as_deref() == Some("queue")) {
            match row.event_type.as_str() {
                "QUEUE_THROTTLED" | "QUEUE_COLLAPSED" => {},
                "CONTROL_TICK" => {
                    let latencies = window.iter().map(|e| e.1).filter(|l| *l > 0.0).collect();
                    let p95 = percentile95(latencies);
                    let share = window.iter().filter(|e| e.2).count() as f64 / window.len().max(1) as f64;
                    if row.own {
                        assert!(near(row.real("p95"), p95), "{name}: {p95} {row:?}");
                        assert!(near(row.real("window_error_rate"), share), "{name}: {share} {row:?}");
                        continue;
                    }
                    let span = window.back().map_or(0.0, |e| e.0) - window.front().map_or(0.0, |e| e.0);
                    let throughput = if span > 0.0 { window.len() as f64 / span } else { 0.0 };
                    assert!(near(played.signal(row, "latency_p95").unwrap(), p95), "{name}: {row:?}");
                    assert!(near(played.signal(row, "throughput").unwrap(), throughput), "{name}: {row:?}");
                    let spread = (share * (1.0 - share)).sqrt();
                    assert!(near(played.signal(row, "error_clustering").unwrap(), spread), "{name}: {row:?}");
                },
                _ => {
                    if window.len() == scenario.queue.window as usize {
                        window.pop_front();
                    }
                    window.push_back((
                        row.real("time_s"),
                        row.real("latency"),
                        row.real("status_code") >= 500.0,
                    ));
                },
            }
        }
    }
}

/// The state that a tick must have, and its anomalies: the rules of section 5.
fn judged(p95: f64, previous: f64, pressure: f64, dq_dt: f64) -> (&'static str, Vec<&'static str>) {
    let mut anomalies = Vec::new();
    if previous > 0.0 && (p95 - previous) / previous > 1.0 {
        anomalies.push("LATENCY_GRADIENT");
    }
    if pressure >= 0.85 || dq_dt > 15.0 && pressure > 0.60 {
        anomalies.push("QUEUE_DIVERGENCE");
    }
    let calm = if pressure >= 0.40 { "DEGRADED" } else { "STABLE" };
    (if anomalies.is_empty() { calm } else { "COLLAPSED" }, anomalies)
}

#[test]
fn states_break_point_and_catalyst_recompute() {
    for name in BUILTINS {
        let (scenario, played) = named(name);
        let (mut previous, mut last) = (0.0, (0.0, 0.0));
        let mut states: Vec<&str> = Vec::new();
        let mut first: Option<(f64, &str)> = None;
        let mut peak = 0.0_f64;
        for row in played.events("CONTROL_TICK") {
            let (time, depth, p95) = (row.real("time_s"), row.real("queue_depth"), row.real("p95"));
            let dq_dt = (depth - last.1) / (time - last.0);
            assert!(near(row.real("dq_dt"), dq_dt), "{name}: {row:?}");
            let pressure = depth / f64::from(scenario.queue.buffer);
            let (state, anomalies) = judged(p95, previous, pressure, dq_dt);
            assert_eq!(
                (row.text("state"), &row.attributes["anomalies"]),
                (state, &serde_json::json!(anomalies))
            );
            let throttle = match state {
                "STABLE" => 0.0,
                "DEGRADED" => scenario.queue.throttle_degraded,
                _ => scenario.queue.throttle_collapsed,
            };
            assert_eq!(row.real("throttle"), throttle, "{name}: {row:?}");
            if let Some(anomaly) = anomalies.first() {
                first.get_or_insert((time, anomaly));
            }
            states.push(state);
            (previous, last, peak) = (p95, (time, depth), peak.max(pressure));
        }
        let rank = ["STABLE", "DEGRADED", "COLLAPSED"];
        let times = rank.map(|state| states.iter().filter(|s| **s == state).count());
        let extra = &played.truth.extra;
        assert_eq!(extra["ticks_by_state"], serde_json::json!(times), "{name}");
        assert_eq!(extra["final_tick_state"], *states.last().unwrap(), "{name}");
        assert_eq!(extra["worst_tick_state"], rank[times.iter().rposition(|n| *n > 0).unwrap()], "{name}");
        assert_eq!(extra["break_point_s"], serde_json::json!(first.map(|f| f.0)), "{name}");
        assert_eq!(extra["catalyst"], serde_json::json!(first.map(|f| f.1)), "{name}");
        assert_eq!(played.events("QUEUE_COLLAPSED").count(), times[2], "{name}");
        assert!(near(played.extra("peak_tick_pressure"), peak), "{name}");
        let loss = played.extra("loss");
        let resolved = match () {
            () if loss >= 0.90 => "COLLAPSED",
            () if loss >= 0.50 || peak >= 0.40 => "DEGRADED",
            () => "STABLE",
        };
        assert_eq!(extra["resolved_state"], resolved, "{name}");
        // The tick's status is that of the queue's state row.
        let shown: Vec<&str> = played
            .rows
            .iter()
            .filter(|r| r.event_type == "CONTROL_TICK" && r.service.as_deref() == Some("queue"))
            .map(|r| r.status.as_deref().unwrap())
            .collect();
        assert_eq!(shown, states, "{name}");
    }
}
