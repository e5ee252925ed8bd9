//! Jaeger's query API.

use infra_ingest::import::TelemetryFormat::Jaeger;
use serde_json::{Value, json};

use crate::support::{Folder, T0};

fn span(id: &str, parent: &str, process: &str, tags: Value) -> Value {
    let references = if parent.is_empty() {
        json!([])
    } else {
        json!([{"refType": "CHILD_OF", "traceID": "t1", "spanID": parent}])
    };
    json!({"traceID": "t1", "spanID": id, "operationName": "get", "references": references, "processID": process,
           "startTime": T0 / 1000, "duration": 1500, "tags": tags})
}

fn answer(spans: &[Value]) -> String {
    json!({"data": [{"traceID": "t1", "spans": spans, "processes":
        {"p1": {"serviceName": "web"}, "p2": {"serviceName": "db-0"}}}]})
    .to_string()
}

#[test]
fn traces_keep_parents_kinds_and_errors() {
    let error = json!([{"key": "error", "type": "bool", "value": true}]);
    let text = answer(&[span("a", "", "p1", json!([])), span("b", "a", "p2", error)]);
    let mut folder = Folder::new();
    folder.options.strip_replicas = true;
    let imported = folder.import(Jaeger, text);
    let spans = imported.spans();
    assert_eq!((spans[1].0.as_str(), spans[1].1.as_str(), spans[1].2.as_str()), ("b", "a", "db"));
    assert_eq!((spans[0].5.as_str(), spans[1].5.as_str(), spans[1].4), ("", "error", 1));
    assert_eq!(imported.edges(), [("web", "db")]);
}

#[test]
fn dependencies_are_edges_with_their_weight() {
    let folder = Folder::new();
    let traces = folder.write("traces.json", answer(&[span("a", "", "p1", json!([]))]));
    let dependencies =
        folder.write("dependencies.json", r#"{"data": [{"parent": "web", "child": "db", "callCount": 9}]}"#);
    let report = folder.try_import(Jaeger, &[traces, dependencies], "out").unwrap();
    assert_eq!(report.edges, 1);
    let run = infra_eventlog::Run::open(&folder.path("out")).unwrap();
    assert_eq!(run.metadata().edges[0].weight, Some(9.0));
}

#[test]
fn a_span_without_times_is_counted() {
    let mut broken = span("b", "a", "p1", json!([]));
    broken["startTime"] = json!("soon");
    let imported = Folder::new().import(Jaeger, answer(&[span("a", "", "p1", json!([])), broken]));
    assert_eq!(imported.spans().len(), 1);
    imported.noted("a span without startTime or duration");
}
