//! Spans as Jaeger's query API answers them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Kind, Span, Telemetry};

impl Telemetry {
    /// All traces in one answer.
    pub(crate) fn jaeger(&self) -> String {
        let mut traces: BTreeMap<u128, Vec<&Span>> = BTreeMap::new();
        self.spans.iter().for_each(|s| traces.entry(s.trace).or_default().push(s));
        let data: Vec<Value> = traces.into_iter().map(|(id, spans)| trace(id, &spans)).collect();
        json!({ "data": data }).to_string()
    }
}

fn trace(id: u128, spans: &[&Span]) -> Value {
    let id = format!("{id:032x}");
    // A process is named after its service here: any name will do.
    let processes: BTreeMap<&str, Value> =
        spans.iter().map(|s| (s.service.as_str(), json!({"serviceName": s.service}))).collect();
    let spans: Vec<Value> = spans.iter().map(|s| span(&id, s)).collect();
    json!({"traceID": id, "spans": spans, "processes": processes})
}

fn span(trace: &str, span: &Span) -> Value {
    let kind = if span.kind == Kind::Server { "server" } else { "client" };
    let parent = span
        .parent
        .map(|id| json!({"refType": "CHILD_OF", "traceID": trace, "spanID": format!("{id:016x}")}));
    json!({
        "traceID": trace,
        "spanID": format!("{:016x}", span.id),
        "operationName": span.operation,
        "references": Vec::from_iter(parent),
        "processID": span.service,
        "startTime": span.start_ns / 1_000,
        "duration": (span.end_ns - span.start_ns) / 1_000,
        "tags": [
            {"key": "span.kind", "type": "string", "value": kind},
            {"key": "error", "type": "bool", "value": span.failed},
        ],
    })
}
