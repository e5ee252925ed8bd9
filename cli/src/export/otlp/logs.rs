//! Log records: events by their own rows, rows with a message, and the logs table.

use std::collections::BTreeMap;

use infra_eventlog::TableKind;
use infra_eventlog::metadata::{EventRole, RunMetadata};
use infra_eventlog::run::{Run, Table};
use serde_json::{Value, json};

use super::clock::Clock;
use super::traces::padded;
use super::{LINE_RECORDS, Lines, json, mechanisms};
use crate::redact;

/// Severity numbers of OTLP.
const INFO: (u8, &str) = (9, "INFO");
const WARN: (u8, &str) = (13, "WARN");
const ERROR: (u8, &str) = (17, "ERROR");

/// Writes all log records of the run.
pub(super) fn write(run: &Run, clock: Clock, redacted: bool, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let mut records = Records { clock, redacted, lines, ready: BTreeMap::new(), count: 0 };
    if let Some(events) = run.table(TableKind::Events) {
        records.events(events, run.metadata())?;
    }
    if let Some(logs) = run.table(TableKind::Logs) {
        records.logs(logs)?;
    }
    records.flush()
}

/// Records on their way into a line, by service.
struct Records<'l, 'f> {
    clock: Clock,
    redacted: bool,
    lines: &'l mut Lines<'f>,
    ready: BTreeMap<String, Vec<Value>>,
    count: usize,
}

impl Records<'_, '_> {
    /// The first row of each event, and every row with a message. An event about no service is
    /// its source's.
    fn events(&mut self, events: &Table, metadata: &RunMetadata) -> anyhow::Result<()> {
        let hidden = mechanisms(metadata);
        let columns =
            ["event_id", "time_ns", "event_type", "source", "service", "status", "message", "attributes"];
        let mut latest = None;
        for rows in events.read(&columns) {
            let rows = rows?;
            let ids = rows.require_ints("event_id")?;
            let times = rows.require_ints("time_ns")?;
            let types = rows.require_texts("event_type")?;
            let (sources, services) = (rows.require_texts("source")?, rows.require_texts("service")?);
            let (statuses, messages) = (rows.texts("status")?, rows.texts("message")?);
            let attributes = rows.texts("attributes")?;
            for (i, id) in ids.values().iter().copied().enumerate() {
                let is_own = latest.replace(id) != Some(id);
                let message = messages.as_ref().and_then(|m| m.get(i));
                let (Some(event_type), Some(source)) = (types.get(i), sources.get(i)) else { continue };
                if hidden.contains(event_type) || !(is_own || message.is_some()) {
                    continue;
                }
                let role = metadata.event_type(event_type).role;
                let status = statuses.as_ref().and_then(|s| s.get(i));
                let (number, severity) = severity(role, status.and_then(|s| metadata.severity(s)));
                let mut record = json!({
                    "timeUnixNano": self.clock.nanos(times.value(i)),
                    "severityNumber": number,
                    "severityText": severity,
                    "eventName": event_name(role, event_type),
                    "body": { "stringValue": self.message(message).unwrap_or(event_type) },
                });
                let mut own = self.attributes(attributes.as_ref().and_then(|a| a.get(i)));
                own.push(json::attribute("infra.event_id", &Value::from(id)));
                own.push(json::attribute("infra.event_type", &Value::from(event_type)));
                own.push(json::attribute("infra.source", &Value::from(source)));
                record["attributes"] = own.into();
                self.push(services.get(i).unwrap_or(source), record)?;
            }
        }
        Ok(())
    }

    fn logs(&mut self, logs: &Table) -> anyhow::Result<()> {
        let columns = ["time_ns", "service", "severity", "trace_id", "span_id", "message", "attributes"];
        for rows in logs.read(&columns) {
            let rows = rows?;
            let times = rows.require_ints("time_ns")?;
            let services = rows.require_texts("service")?;
            let (severities, messages) = (rows.texts("severity")?, rows.texts("message")?);
            let (traces, spans) = (rows.texts("trace_id")?, rows.texts("span_id")?);
            let attributes = rows.texts("attributes")?;
            for (i, time_ns) in times.values().iter().copied().enumerate() {
                let Some(service) = services.get(i) else { continue };
                let mut record = json!({
                    "timeUnixNano": self.clock.nanos(time_ns),
                    "attributes": self.attributes(attributes.as_ref().and_then(|a| a.get(i))),
                });
                if let Some(severity) = severities.as_ref().and_then(|s| s.get(i)) {
                    record["severityText"] = severity.into();
                }
                if let Some(message) = self.message(messages.as_ref().and_then(|m| m.get(i))) {
                    record["body"] = json!({ "stringValue": message });
                }
                for (field, ids, digits) in [("traceId", &traces, 32), ("spanId", &spans, 16)] {
                    if let Some(id) = ids.as_ref().and_then(|t| t.get(i)).and_then(|id| padded(id, digits)) {
                        record[field] = id.into();
                    }
                }
                self.push(service, record)?;
            }
        }
        Ok(())
    }

    fn message<'a>(&self, message: Option<&'a str>) -> Option<&'a str> {
        message.map(|message| if self.redacted { redact::MARK } else { message })
    }

    fn attributes(&self, text: Option<&str>) -> Vec<Value> {
        match text {
            Some(text) if self.redacted => json::attributes(&redact::attributes(text)),
            Some(text) => json::attributes(text),
            None => Vec::new(),
        }
    }

    fn push(&mut self, service: &str, record: Value) -> anyhow::Result<()> {
        match self.ready.get_mut(service) {
            Some(records) => records.push(record),
            None => drop(self.ready.insert(service.to_owned(), vec![record])),
        }
        self.count += 1;
        if self.count >= LINE_RECORDS { self.flush() } else { Ok(()) }
    }

    /// Writes a line, if there is anything to write.
    fn flush(&mut self) -> anyhow::Result<()> {
        self.count = 0;
        let ready = std::mem::take(&mut self.ready);
        if ready.is_empty() {
            return Ok(());
        }
        let resources: Vec<Value> = ready
            .into_iter()
            .map(|(service, records)| {
                json!({
                    "resource": json::resource(&service),
                    "scopeLogs": [{ "scope": json::scope(), "logRecords": records }],
                })
            })
            .collect();
        Ok(self.lines.push(&json!({ "resourceLogs": resources }))?)
    }
}

/// Alerts warn; a status that is critical or down is an error.
const fn severity(role: EventRole, status: Option<u8>) -> (u8, &'static str) {
    match (role, status) {
        (_, Some(2..)) => ERROR,
        (EventRole::Alert, _) | (_, Some(1)) => WARN,
        _ => INFO,
    }
}

/// The event's type, behind the word by which importers know its role.
fn event_name(role: EventRole, event_type: &str) -> String {
    let name = event_type.to_ascii_lowercase();
    match role {
        EventRole::Deploy => format!("deployment.{name}"),
        EventRole::Config => format!("config.{name}"),
        EventRole::Alert => format!("alert.{name}"),
        _ => name,
    }
}
