//! OTLP spans to ours.

use serde_json::Value;

use super::attributes;
use super::model::{Attributes, Group, Span};
use crate::error::IngestError;
use crate::import::collect::SpanRecord;
use crate::import::telemetry::intake::Intake;

/// Adds all spans of a request.
pub(super) fn take(groups: &[Group<Span>], place: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
    for group in groups {
        let service = service(&group.resource, place, intake);
        for span in &group.records {
            let start_ns = time(span.start);
            let duration_ns = if span.end == 0 { 0 } else { time(span.end).saturating_sub(start_ns) };
            // A span without an end never finished: how long it took is not known.
            let start_ns = if span.end == 0 { i64::MIN } else { start_ns };
            seen(&group.resource, &service, start_ns, intake);
            let exceptions = span.events.iter().filter(|e| e.name == "exception").count();
            let status = match (span.status, exceptions) {
                (2, _) | (0, 1..) => Some("error"),
                (1, _) => Some("ok"),
                _ => None,
            };
            let attributes = attributes::to_text(&with_events(span));
            let record = SpanRecord {
                trace_id: &span.trace_id,
                span_id: &span.span_id,
                parent_span_id: Some(span.parent_span_id.as_str()).filter(|id| !id.is_empty()),
                service: &service,
                operation: &span.name,
                span_kind: kind(span.kind),
                start_ns,
                duration_ns: if start_ns == i64::MIN { 0 } else { duration_ns },
                status,
                attributes: attributes.as_deref(),
            };
            intake.span(record, place)?;
        }
    }
    Ok(())
}

/// The span's attributes, its status message, and the first exception.
fn with_events(span: &Span) -> Attributes {
    let mut attributes = span.attributes.clone();
    if !span.status_message.is_empty() {
        attributes.insert("otel.status_description".to_owned(), Value::from(span.status_message.clone()));
    }
    for event in span.events.iter().filter(|e| e.name == "exception").take(1) {
        for (key, value) in &event.attributes {
            attributes.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    attributes
}

const fn kind(kind: i64) -> Option<&'static str> {
    match kind {
        1 => Some("internal"),
        2 => Some("server"),
        3 => Some("client"),
        4 => Some("producer"),
        5 => Some("consumer"),
        _ => None,
    }
}

/// The service of a resource.
pub(super) fn service(resource: &Attributes, place: &str, intake: &mut Intake<'_>) -> String {
    let name = attributes::text(resource, "service.name");
    intake.service(name, place)
}

/// Remembers which version of the service wrote a record.
pub(super) fn seen(resource: &Attributes, service: &str, time_ns: i64, intake: &mut Intake<'_>) {
    if let Some(version) = attributes::text(resource, "service.version").filter(|_| time_ns > 0) {
        intake.versions.seen(service, version, time_ns);
    }
}

/// A time that is 0 is not told, and one beyond 64 bits cannot be kept: both are out of range.
pub(super) fn time(nanos: u64) -> i64 {
    if nanos == 0 { i64::MIN } else { i64::try_from(nanos).unwrap_or(i64::MAX) }
}
