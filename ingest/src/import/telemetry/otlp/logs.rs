//! OTLP log records to log lines, and to events where they tell of one.

use serde_json::Value;

use super::model::{Group, LogLine};
use super::spans::{seen, service, time};
use super::{attributes, happenings};
use crate::error::IngestError;
use crate::import::collect::{EventRecord, LogRecord};
use crate::import::telemetry::intake::Intake;

/// Adds all records of a request.
pub(super) fn take(
    groups: &[Group<LogLine>],
    place: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    for group in groups {
        let service = service(&group.resource, place, intake);
        for line in &group.records {
            let time_ns = time(if line.time == 0 { line.observed } else { line.time });
            seen(&group.resource, &service, time_ns, intake);
            let message = message(&line.body);
            let attributes = attributes::to_text(&with_event_name(line));
            if let Some((event_type, role)) = happenings::of(line) {
                let event = EventRecord {
                    time_ns,
                    event_type,
                    service: Some(service.clone()),
                    source: "otlp".to_owned(),
                    message: message.clone(),
                    attributes: attributes.clone(),
                };
                intake.collected.events.push(event, role, &mut intake.tally, || place.to_owned())?;
            }
            let record = LogRecord {
                time_ns,
                service: &service,
                severity: severity(line),
                trace_id: filled(&line.trace_id),
                span_id: filled(&line.span_id),
                message: message.as_deref(),
                attributes: attributes.as_deref(),
            };
            intake.collected.logs.push(record, &mut intake.tally, || place.to_owned())?;
        }
    }
    Ok(())
}

fn with_event_name(line: &LogLine) -> super::model::Attributes {
    let mut attributes = line.attributes.clone();
    if !line.event_name.is_empty() {
        attributes.insert("event.name".to_owned(), Value::from(line.event_name.clone()));
    }
    attributes
}

/// The body: a text as it is, anything else as JSON.
fn message(body: &Value) -> Option<String> {
    match body {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
        other => Some(other.to_string()),
    }
}

/// The severity as written, else the name of its number.
fn severity(line: &LogLine) -> Option<&str> {
    if !line.severity_text.is_empty() {
        return Some(&line.severity_text);
    }
    match line.severity {
        1..=4 => Some("TRACE"),
        5..=8 => Some("DEBUG"),
        9..=12 => Some("INFO"),
        13..=16 => Some("WARN"),
        17..=20 => Some("ERROR"),
        21..=24 => Some("FATAL"),
        _ => None,
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}
