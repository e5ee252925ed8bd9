//! Zipkin's v2 API.

use infra_ingest::import::TelemetryFormat::Zipkin;
use serde_json::{Value, json};

use crate::support::{Folder, T0};

fn span(id: &str, parent: Option<&str>, kind: &str, service: &str) -> Value {
    json!({"traceId": "T1", "id": id, "parentId": parent, "kind": kind, "name": "get",
           "timestamp": T0 / 1000, "duration": 3000, "localEndpoint": {"serviceName": service}})
}

#[test]
fn the_halves_of_a_shared_span_are_two_spans() {
    let spans = [
        span("a", None, "CLIENT", "web"),
        span("a", None, "SERVER", "cart"),
        span("b", Some("a"), "CLIENT", "cart"),
    ];
    let imported = Folder::new().import(Zipkin, json!([spans]).to_string());
    let links: Vec<(String, String)> = imported.spans().into_iter().map(|s| (s.0, s.1)).collect();
    let expected = [("a", ""), ("a/s", "a"), ("b", "a/s")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(links, expected);
    assert_eq!(imported.edges(), [("web", "cart")]);
}

#[test]
fn whom_a_client_names_is_a_dependency() {
    let mut client = span("a", None, "CLIENT", "web");
    client["remoteEndpoint"] = json!({"serviceName": "mysql"});
    client["tags"] = json!({"error": ""});
    let mut server = span("b", None, "SERVER", "web");
    server["remoteEndpoint"] = json!({"serviceName": "browser"});
    let imported = Folder::new().import(Zipkin, json!([client, server]).to_string());
    assert_eq!(imported.edges(), [("web", "mysql")]);
    assert_eq!(imported.spans()[0].5, "error");
}

#[test]
fn missing_times_are_counted() {
    let mut timeless = span("a", None, "CLIENT", "web");
    timeless.as_object_mut().unwrap().remove("timestamp");
    let mut endless = span("b", None, "CLIENT", "web");
    endless.as_object_mut().unwrap().remove("duration");
    let imported = Folder::new().import(Zipkin, json!([timeless, endless, {"id": 3}]).to_string());
    assert_eq!(imported.spans().len(), 1);
    imported.noted("spans with a time that is missing");
    imported.noted("spans without a duration, read as 0: 1");
    imported.noted("an entry without traceId and id");
}
