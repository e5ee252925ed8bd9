//! Spans as Zipkin's v2 API answers them.

use serde_json::{Map, Value, json};

use super::{Kind, Span, Telemetry};

impl Telemetry {
    /// All spans in one list.
    pub(crate) fn zipkin(&self) -> String {
        Value::Array(self.spans.iter().map(span).collect()).to_string()
    }
}

fn span(span: &Span) -> Value {
    let mut tags = Map::new();
    if span.failed {
        tags.insert("error".to_owned(), json!("true"));
    }
    json!({
        "traceId": format!("{:032x}", span.trace),
        "id": format!("{:016x}", span.id),
        "parentId": span.parent.map(|id| format!("{id:016x}")),
        "kind": if span.kind == Kind::Server { "SERVER" } else { "CLIENT" },
        "name": span.operation,
        "timestamp": span.start_ns / 1_000,
        "duration": (span.end_ns - span.start_ns) / 1_000,
        "localEndpoint": {"serviceName": span.service},
        "tags": tags,
    })
}
