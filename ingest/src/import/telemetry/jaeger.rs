//! Jaeger's query API: traces (`{"data": [{"traceID", "spans", "processes"}]}`, also a list of
//! traces, and one trace) and dependencies (`parent`, `child`, `callCount`).

use std::collections::BTreeMap;

use infra_eventlog::metadata::EdgeInfo;
use serde_json::{Map, Value};

use super::documents;
use super::fields::{field, int, list, text};
use super::intake::Intake;
use crate::error::IngestError;
use crate::import::collect::SpanRecord;
use crate::import::tally::Kind;

/// Reads a file; the inner error says why it is not Jaeger's.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let mut known = false;
    let read = documents::each(bytes, label, intake, |value, place, intake| {
        let items = match (&value, value.get("data")) {
            (Value::Array(items), _) | (_, Some(Value::Array(items))) => items.as_slice(),
            _ => std::slice::from_ref(&value),
        };
        for item in items {
            if item.get("spans").is_some_and(Value::is_array) {
                known = true;
                trace(item, place, intake)?;
            } else if item.get("parent").is_some() && item.get("child").is_some() {
                known = true;
                dependency(item, place, intake)?;
            } else {
                intake
                    .damaged(place, "neither a trace (spans, processes) nor a dependency (parent, child)")?;
            }
        }
        // The API's answer when nothing was found.
        known |= items.is_empty() && value.get("data").is_some();
        Ok(())
    })?;
    let foreign = "not Jaeger's JSON: no traces (spans, processes), no dependencies (parent, child)";
    Ok(read.and_then(|()| known.then_some(()).ok_or_else(|| foreign.to_owned())))
}

fn trace(trace: &Value, place: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
    let mut services: BTreeMap<&str, String> = BTreeMap::new();
    let mut versions: BTreeMap<&str, &str> = BTreeMap::new();
    if let Some(processes) = trace.get("processes").and_then(Value::as_object) {
        for (id, process) in processes {
            services.insert(id, intake.service(text(process, "serviceName"), place));
            let tags = list(process, "tags");
            if let Some(version) = tags.iter().find(|t| text(t, "key") == Some("service.version")) {
                versions.extend(text(version, "value").map(|v| (id.as_str(), v)));
            }
        }
    }
    for value in list(trace, "spans") {
        let process = text(value, "processID").unwrap_or("");
        let inline = || field(value, "process").and_then(|p| text(p, "serviceName"));
        let service = match services.get(process) {
            Some(service) => service.clone(),
            None => intake.service(inline(), place),
        };
        let start_us = field(value, "startTime").and_then(int);
        let duration_us = field(value, "duration").and_then(int);
        let (Some(start_us), Some(duration_us)) = (start_us, duration_us) else {
            intake.damaged(place, "a span without startTime or duration (microseconds)")?;
            continue;
        };
        let start_ns = start_us.checked_mul(1_000).unwrap_or(i64::MIN);
        if let Some(version) = versions.get(process).filter(|_| start_ns > 0) {
            intake.versions.seen(&service, version, start_ns);
        }
        let tags = tags(list(value, "tags"));
        let attributes = (!tags.is_empty()).then(|| Value::Object(tags.clone()).to_string());
        let trace_id = text(value, "traceID").or(text(trace, "traceID")).unwrap_or("");
        let span = SpanRecord {
            trace_id,
            span_id: text(value, "spanID").unwrap_or(""),
            parent_span_id: parent(value, trace_id),
            service: &service,
            operation: text(value, "operationName").unwrap_or(""),
            span_kind: tags.get("span.kind").and_then(Value::as_str),
            start_ns,
            duration_ns: duration_us.saturating_mul(1_000),
            status: status(&tags),
            attributes: attributes.as_deref(),
        };
        intake.span(span, place)?;
    }
    Ok(())
}

/// The span that this one is a child of, or follows; of its own trace only.
fn parent<'v>(span: &'v Value, trace_id: &str) -> Option<&'v str> {
    let references = list(span, "references");
    let of = |kind: &str| {
        let fits = |r: &&Value| {
            text(r, "refType") == Some(kind) && text(r, "traceID").is_none_or(|id| id == trace_id)
        };
        references.iter().find(fits).and_then(|r| text(r, "spanID"))
    };
    of("CHILD_OF").or_else(|| of("FOLLOWS_FROM")).or_else(|| text(span, "parentSpanID"))
}

/// Tags by name; the last of a name counts.
fn tags(list: &[Value]) -> Map<String, Value> {
    let pair =
        |tag: &Value| Some((text(tag, "key")?.to_owned(), tag.get("value").cloned().unwrap_or_default()));
    list.iter().filter_map(pair).collect()
}

fn status(tags: &Map<String, Value>) -> Option<&'static str> {
    let is_true = |v: &Value| v.as_bool() == Some(true) || v.as_str() == Some("true");
    match tags.get("otel.status_code").and_then(Value::as_str) {
        Some("ERROR") => Some("error"),
        _ if tags.get("error").is_some_and(is_true) => Some("error"),
        Some("OK") => Some("ok"),
        _ => None,
    }
}

fn dependency(item: &Value, place: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
    let (Some(parent), Some(child)) = (text(item, "parent"), text(item, "child")) else {
        return intake.damaged(place, "a dependency without parent or child");
    };
    if parent == child {
        intake.tally.add(Kind::EdgeToItself, || place.to_owned());
        return Ok(());
    }
    let [from, to] = [parent, child].map(|name| intake.service(Some(name), place));
    let weight = field(item, "callCount").and_then(int).map(|calls| calls as f64);
    intake.collected.edges.push(EdgeInfo { from, to, kind: Some("calls".to_owned()), weight });
    Ok(())
}
