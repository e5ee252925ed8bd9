//! Zipkin's v2 API: lists of spans, and lists of such lists.
//!
//! The two halves of a shared span have one id. The server's half gets `ID/s` and the client's
//! half as its parent, if that is there; children of the id are children of the server's half.

use std::collections::BTreeSet;

use infra_eventlog::metadata::EdgeInfo;
use serde_json::{Map, Value};

use super::documents;
use super::fields::{field, int, list, text};
use super::intake::Intake;
use crate::error::IngestError;
use crate::import::collect::SpanRecord;

/// Reads a file; the inner error says why it is not Zipkin's.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let mut known = false;
    let read = documents::each(bytes, label, intake, |value, place, intake| {
        let mut spans: Vec<&Value> = Vec::new();
        let mut foreign = 0_u64;
        let items = value.as_array().map_or(std::slice::from_ref(&value), Vec::as_slice);
        for item in items.iter().flat_map(|i| i.as_array().map_or(std::slice::from_ref(i), Vec::as_slice)) {
            if text(item, "traceId").is_some() && text(item, "id").is_some() {
                spans.push(item);
            } else {
                foreign += 1;
            }
        }
        known |= !spans.is_empty() || (value.is_array() && foreign == 0);
        for _ in 0..foreign {
            intake.damaged(place, "an entry without traceId and id")?;
        }
        let halves = Halves::of(&spans);
        spans.iter().try_for_each(|item| span(item, &halves, place, intake))
    })?;
    let foreign = "not Zipkin's v2 JSON: no spans (traceId, id)";
    Ok(read.and_then(|()| known.then_some(()).ok_or_else(|| foreign.to_owned())))
}

/// Trace and id of the halves of shared spans.
struct Halves {
    clients: BTreeSet<(String, String)>,
    servers: BTreeSet<(String, String)>,
}

impl Halves {
    fn of(spans: &[&Value]) -> Self {
        let ids = |kind: &str| {
            let fits = |span: &&&Value| text(span, "kind") == Some(kind);
            let found: BTreeSet<_> = spans.iter().filter(fits).map(|span| id(span)).collect();
            found
        };
        let servers = spans.iter().filter(|s| is_server_half(s)).map(|span| id(span)).collect();
        Self { clients: ids("CLIENT"), servers }
    }

    /// Whether the span is the server's half of a span whose client's half is there.
    fn is_second(&self, span: &Value) -> bool {
        text(span, "kind") == Some("SERVER") && self.clients.contains(&id(span))
    }
}

fn is_server_half(span: &Value) -> bool {
    text(span, "kind") == Some("SERVER")
}

fn id(span: &Value) -> (String, String) {
    let part = |name: &str| text(span, name).unwrap_or("").to_ascii_lowercase();
    (part("traceId"), part("id"))
}

fn span(value: &Value, halves: &Halves, place: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
    let (trace_id, span_id) = id(value);
    let local = field(value, "localEndpoint").and_then(|e| text(e, "serviceName"));
    let service = intake.service(local, place);
    let kind = text(value, "kind").map(str::to_ascii_lowercase);
    let duration_us = field(value, "duration").and_then(int);
    if duration_us.is_none() {
        intake.tally.add(crate::import::tally::Kind::NoDuration, || place.to_owned());
    }
    let start_us = field(value, "timestamp").and_then(int).filter(|t| *t > 0);
    let is_second = halves.is_second(value);
    let parent = text(value, "parentId").map(str::to_ascii_lowercase);
    let parent = if is_second {
        Some(span_id.clone())
    } else {
        // Children of a shared id were started by the server.
        parent.map(|parent| {
            let key = (trace_id.clone(), parent);
            let is_shared = halves.clients.contains(&key) && halves.servers.contains(&key);
            if is_shared { server_half(&key.1) } else { key.1 }
        })
    };
    let attributes = attributes(value);
    let text_of = (!attributes.is_empty()).then(|| Value::Object(attributes).to_string());
    let own_id = if is_second { server_half(&span_id) } else { span_id };
    let record = SpanRecord {
        trace_id: &trace_id,
        span_id: &own_id,
        parent_span_id: parent.as_deref(),
        service: &service,
        operation: text(value, "name").unwrap_or(""),
        span_kind: kind.as_deref(),
        // Without a time a span cannot be kept, and is counted.
        start_ns: start_us.and_then(|t| t.checked_mul(1_000)).unwrap_or(i64::MIN),
        duration_ns: duration_us.unwrap_or(0).saturating_mul(1_000),
        status: field(value, "tags").and_then(|tags| tags.get("error")).map(|_| "error"),
        attributes: text_of.as_deref(),
    };
    intake.span(record, place)?;
    remote(value, &service, kind.as_deref(), place, intake);
    Ok(())
}

fn server_half(id: &str) -> String {
    format!("{id}/s")
}

/// Whom a client or a producer names is whom its service depends on, spans of its own or not.
fn remote(value: &Value, service: &str, kind: Option<&str>, place: &str, intake: &mut Intake<'_>) {
    let named = field(value, "remoteEndpoint").and_then(|e| text(e, "serviceName"));
    let (Some(name), Some("client" | "producer")) = (named, kind) else { return };
    let to = intake.service(Some(name), place);
    if to != service {
        let kind = Some("calls".to_owned());
        intake.collected.edges.push(EdgeInfo { from: service.to_owned(), to, kind, weight: None });
    }
}

/// Tags, and annotations as a list of times and values.
fn attributes(value: &Value) -> Map<String, Value> {
    let mut attributes = field(value, "tags").and_then(Value::as_object).cloned().unwrap_or_default();
    let annotations = list(value, "annotations");
    if !annotations.is_empty() {
        attributes.insert("annotations".to_owned(), Value::Array(annotations.to_vec()));
    }
    attributes
}
