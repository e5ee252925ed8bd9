//! Telemetry as OTLP/JSON lines, as the Collector's file exporter writes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Kind, Line, Measurement, Span, Telemetry};

/// Records of one request.
const BATCH: usize = 500;

impl Telemetry {
    /// Spans, one request a line.
    pub(crate) fn otlp_traces(&self) -> String {
        lines(&self.spans, |s| &s.service, span, ["resourceSpans", "scopeSpans", "spans"])
    }

    /// Log lines, one request a line.
    pub(crate) fn otlp_logs(&self) -> String {
        lines(&self.lines, |l| &l.service, log_record, ["resourceLogs", "scopeLogs", "logRecords"])
    }

    /// Measurements as sums of their intervals, one request a line.
    pub(crate) fn otlp_metrics(&self) -> String {
        lines(&self.metrics, |m| &m.service, metric, ["resourceMetrics", "scopeMetrics", "metrics"])
    }
}

fn lines<T>(
    all: &[T],
    service: impl Fn(&T) -> &str,
    record: impl Fn(&T) -> Value,
    [resources, scopes, records]: [&str; 3],
) -> String {
    let mut text = String::new();
    for batch in all.chunks(BATCH) {
        let mut by_service: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        batch.iter().for_each(|r| by_service.entry(service(r)).or_default().push(record(r)));
        let list: Vec<Value> = by_service
            .into_iter()
            .map(|(name, list)| {
                let attribute = json!({"key": "service.name", "value": {"stringValue": name}});
                json!({"resource": {"attributes": [attribute]}, scopes: [{records: list}]})
            })
            .collect();
        text += &json!({ resources: list }).to_string();
        text.push('\n');
    }
    text
}

fn span(span: &Span) -> Value {
    json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "parentSpanId": span.parent.map_or_else(String::new, |id| format!("{id:016x}")),
        "name": span.operation,
        "kind": if span.kind == Kind::Server { 2 } else { 3 },
        "startTimeUnixNano": span.start_ns.to_string(),
        "endTimeUnixNano": span.end_ns.to_string(),
        "status": if span.failed { json!({"code": 2}) } else { json!({}) },
    })
}

fn log_record(line: &Line) -> Value {
    json!({
        "timeUnixNano": line.time_ns.to_string(),
        "severityText": line.severity,
        "body": {"stringValue": line.message},
        "traceId": format!("{:032x}", line.trace),
        "spanId": format!("{:016x}", line.span),
    })
}

fn metric(of: &Measurement) -> Value {
    let point = json!({
        "startTimeUnixNano": (of.end_ns - of.interval_ns).to_string(),
        "timeUnixNano": of.end_ns.to_string(),
        "asDouble": of.value,
    });
    // 1 is delta.
    let sum = json!({"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [point]});
    json!({"name": of.signal, "sum": sum})
}
