//! OTLP/JSON: spans, metrics, logs, events.

use infra_ingest::import::{SignalChoice, TelemetryFormat::Otlp};
use serde_json::json;

use crate::support::{Folder, at, logs, metrics, span, traces};

#[test]
fn spans_of_two_services_make_a_dependency() {
    let text = traces("web", &[span(1, 0, 0, 50)]) + &traces("db", &[span(2, 1, 10, 40)]);
    let imported = Folder::new().import(Otlp, text);
    let spans = imported.spans();
    assert_eq!(spans.len(), 2);
    assert_eq!((spans[1].0.as_str(), spans[1].1.as_str()), ("0000000000000002", "0000000000000001"));
    assert_eq!((spans[1].2.as_str(), spans[1].3, spans[1].4), ("db", 10, 30));
    assert_eq!(imported.edges(), [("web", "db")]);
    assert_eq!(imported.metadata.time.origin.as_deref(), Some("2024-05-01T12:00:00Z"));
}

#[test]
fn status_comes_from_the_code_or_from_an_exception() {
    let mut failed = span(1, 0, 0, 5);
    failed["status"] = json!({"code": "STATUS_CODE_ERROR", "message": "no"});
    let mut thrown = span(2, 0, 1, 5);
    thrown["events"] = json!([{"name": "exception", "attributes": [
        {"key": "exception.type", "value": {"stringValue": "Timeout"}}]}]);
    let spans = Folder::new().import(Otlp, traces("web", &[failed, thrown, span(3, 0, 2, 5)])).spans();
    let statuses: Vec<&str> = spans.iter().map(|s| s.5.as_str()).collect();
    assert_eq!(statuses, ["error", "error", ""]);
}

fn histogram(second: i64, count: u64, sum: f64, buckets: [u64; 3]) -> serde_json::Value {
    json!({"name": "http.server.duration", "unit": "ms", "histogram": {"aggregationTemporality": 2, "dataPoints": [
        {"startTimeUnixNano": at(0), "timeUnixNano": at(second), "count": count.to_string(), "sum": sum,
         "explicitBounds": [100.0, 200.0], "bucketCounts": buckets.map(|b| b.to_string()),
         "attributes": [{"key": "http.response.status_code", "value": {"intValue": "503"}}]}]}})
}

#[test]
fn cumulative_histograms_become_latency_and_requests_of_each_interval() {
    let text = metrics("web", &[histogram(60, 4, 400.0, [4, 0, 0])])
        + &metrics("web", &[histogram(120, 24, 3400.0, [14, 10, 0])]);
    let imported = Folder::new().import(Otlp, text);
    // 20 requests in the second minute: 10 up to 0.1 s, 10 up to 0.2 s, 3 s in all.
    assert_eq!(imported.value("latency", "mean"), 0.15);
    assert_eq!(imported.value("latency", "p50"), 0.1);
    assert_eq!(imported.value("latency", "p90"), 0.18);
    assert_eq!(imported.value("requests", "sum"), 20.0);
    assert_eq!(imported.value("failed_requests", "sum"), 20.0);
    assert_eq!(imported.metrics()[0].1, 60);
}

#[test]
fn sums_levels_and_summaries() {
    let points = |values: &[(i64, f64)]| {
        let points: Vec<_> =
            values.iter().map(|(t, v)| json!({"timeUnixNano": at(*t), "asDouble": v})).collect();
        json!(points)
    };
    let text = metrics(
        "web",
        &[
            json!({"name": "jobs", "unit": "1", "sum": {"aggregationTemporality": 2, "isMonotonic": true,
                "dataPoints": points(&[(10, 5.0), (20, 9.0), (30, 1.0)])}}),
            json!({"name": "system.cpu.utilization", "unit": "%", "gauge": {"dataPoints": points(&[(10, 50.0)])}}),
            json!({"name": "gc", "unit": "ms", "summary": {"dataPoints": [
                {"timeUnixNano": at(10), "count": 2, "sum": 8, "quantileValues": [{"quantile": 0.5, "value": 3.0}]}]}}),
            json!({"name": "odd", "gauge": {"dataPoints": [{"timeUnixNano": at(10)}]}}),
        ],
    );
    let imported = Folder::new().import(Otlp, text);
    let jobs: Vec<f64> = imported.metrics().iter().filter(|m| m.3 == "jobs").map(|m| m.5.unwrap()).collect();
    assert_eq!(jobs, [4.0, 1.0]);
    assert_eq!(imported.value("cpu", "last"), 0.5);
    assert_eq!(imported.value("gc", "p50"), 0.003);
    imported.noted("counters that started again: 1");
    imported.noted("metric points without a value, left out: 1");
}

#[test]
fn a_metric_becomes_the_chosen_signal() {
    let mut folder = Folder::new();
    folder.options.signals = vec![SignalChoice {
        metric: "jobs.waiting".to_owned(),
        signal: "queue_depth".to_owned(),
        statistic: Some("max".to_owned()),
        scale: 2.0,
    }];
    let text = metrics(
        "web",
        &[json!({"name": "jobs.waiting", "gauge": {"dataPoints": [
        {"timeUnixNano": at(10), "asInt": "21"}]}})],
    );
    assert_eq!(folder.import(Otlp, text).value("queue_depth", "max"), 42.0);
}

#[test]
fn new_versions_and_log_events_become_events() {
    let line = |second: i64, more: serde_json::Value| {
        let mut line =
            json!({"timeUnixNano": at(second), "severityNumber": 17, "body": {"stringValue": "text"}});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let text = logs("web@1", &[line(1, json!({}))])
        + &logs("web@2", &[line(9, json!({"eventName": "alert.firing"}))])
        + &logs(
            "",
            &[line(
                5,
                json!({"attributes": [
            {"key": "k8s.event.reason", "value": {"stringValue": "OOMKilling"}}]}),
            )],
        );
    let imported = Folder::new().import(Otlp, text);
    let events = imported.events();
    let types: Vec<(&str, &str)> = events.iter().map(|e| (e.0.as_str(), e.1.as_str())).collect();
    assert_eq!(types, [("OUT_OF_MEMORY", "unknown_service"), ("ALERT", "web"), ("DEPLOY", "web")]);
    assert_eq!(imported.logs().len(), 3);
    assert_eq!(imported.logs()[0], ("ERROR".to_owned(), "text".to_owned()));
    imported.noted("unknown_service: 1");
}

#[test]
fn packed_files_and_folders_read_the_same() {
    use std::io::Write;
    let text = traces("web", &[span(1, 0, 0, 50)]) + &traces("db", &[span(2, 1, 10, 40)]);
    let folder = Folder::new();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text.as_bytes()).unwrap();
    let inputs = [
        folder.write("plain", &text),
        folder.write("a.json", gz.finish().unwrap()),
        folder.write("b.json", zstd::encode_all(text.as_bytes(), 3).unwrap()),
    ];
    for (i, input) in inputs.iter().enumerate() {
        folder.try_import(Otlp, std::slice::from_ref(input), &format!("out{i}")).unwrap();
    }
    assert_eq!(folder.bytes("out0"), folder.bytes("out1"));
    assert_eq!(folder.bytes("out0"), folder.bytes("out2"));
    std::fs::create_dir(folder.path("in")).unwrap();
    folder.write("in/1.jsonl", &text);
    folder.write("in/README", "not telemetry");
    let report = folder.try_import(Otlp, &[folder.path("in")], "out3").unwrap();
    assert!(report.notes.iter().any(|n| n.starts_with("README: left out")), "{:?}", report.notes);
    assert_eq!(report.spans, 2);
}
