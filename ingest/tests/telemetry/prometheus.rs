//! Prometheus' query API and text.

use infra_ingest::import::TelemetryFormat::Prometheus;
use serde_json::{Value, json};

use crate::support::{Folder, T0};

fn series(metric: Value, values: &[(i64, &str)]) -> Value {
    let values: Vec<Value> = values.iter().map(|(t, v)| json!([T0 / 1_000_000_000 + t, v])).collect();
    json!({"metric": metric, "values": values})
}

fn matrix(series: &[Value]) -> String {
    json!({"status": "success", "data": {"resultType": "matrix", "result": series}}).to_string()
}

#[test]
fn counters_become_requests_with_uneven_intervals() {
    let ok = json!({"__name__": "http_requests_total", "job": "web", "code": "200"});
    let failed = json!({"__name__": "http_requests_total", "job": "web", "code": "500"});
    let text = matrix(&[
        series(ok, &[(0, "5"), (15, "11"), (45, "2")]),
        series(failed, &[(0, "0"), (15, "4"), (45, "4")]),
    ]);
    let imported = Folder::new().import(Prometheus, text);
    let rows: Vec<_> = imported.metrics().into_iter().map(|m| (m.0, m.1, m.3, m.5.unwrap())).collect();
    let row = |end, interval, signal: &str, value| (end, interval, signal.to_owned(), value);
    let expected = [
        row(15, 15, "failed_requests", 4.0),
        row(15, 15, "requests", 10.0),
        row(45, 30, "failed_requests", 0.0),
        row(45, 30, "requests", 2.0),
    ];
    assert_eq!(rows, expected);
    imported.noted("counters that started again: 1");
}

#[test]
fn buckets_become_quantiles() {
    let bucket = |le: &str, values: &[(i64, &str)]| {
        series(json!({"__name__": "http_request_duration_seconds_bucket", "app": "web", "le": le}), values)
    };
    let text = matrix(&[
        bucket("0.1", &[(0, "0"), (15, "10")]),
        bucket("0.2", &[(0, "0"), (15, "20")]),
        bucket("+Inf", &[(0, "0"), (15, "20")]),
        series(
            json!({"__name__": "http_request_duration_seconds_sum", "app": "web"}),
            &[(0, "0"), (15, "2")],
        ),
        series(
            json!({"__name__": "http_request_duration_seconds_count", "app": "web"}),
            &[(0, "0"), (15, "20")],
        ),
    ]);
    let imported = Folder::new().import(Prometheus, text);
    assert_eq!(imported.value("latency", "p50"), 0.1);
    assert!((imported.value("latency", "p90") - 0.18).abs() < 1e-12);
    assert_eq!(imported.value("latency", "mean"), 0.1);
    assert_eq!(imported.value("requests", "sum"), 20.0);
}

#[test]
fn firing_alerts_are_events_when_they_start() {
    let alert = json!({"__name__": "ALERTS", "alertname": "Slow", "alertstate": "firing", "service": "web"});
    let times: Vec<(i64, &str)> = [0, 15, 30, 300, 315].map(|t| (t, "1")).to_vec();
    let up = series(json!({"__name__": "up", "job": "web"}), &[(0, "NaN"), (15, "1")]);
    let imported = Folder::new().import(Prometheus, matrix(&[series(alert, &times), up]));
    let event = ("ALERT".to_owned(), "web".to_owned(), "Slow".to_owned());
    assert_eq!(imported.events(), [event.clone(), event]);
    imported.noted("NaN or infinite values, read as null: 1");
}

#[test]
fn text_needs_times() {
    let text = "# TYPE jobs counter\njobs_total{app=\"web\"} 3 1714564800.5\njobs_total{app=\"web\"} 7 1714564810.5\n\
                broken{ 1\n# EOF\n";
    let imported = Folder::new().import(Prometheus, text);
    assert_eq!(imported.value("jobs_total", "sum"), 4.0);
    imported.noted("input line 4");
    let refused = Folder::new().refused(Prometheus, "up{job=\"web\"} 1\n");
    assert!(refused.contains("query_range"), "{refused}");
}

#[test]
fn the_service_label_can_be_chosen_and_expressions_are_named_after_the_file() {
    let mut folder = Folder::new();
    folder.options.service_label = Some("team".to_owned());
    let text = matrix(&[series(json!({"job": "web", "team": "blue"}), &[(0, "1")])]);
    let imported = folder.import(Prometheus, text);
    assert_eq!(imported.metrics()[0].2, "blue");
    assert_eq!(imported.metrics()[0].3, "input");
    imported.noted("named after the file");
}
