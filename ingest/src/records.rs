//! Single events with their payloads: what a report about a known world needs beside the frames.

use infra_eventlog::batch::Interner;
use infra_eventlog::metadata::Visibility;
use infra_eventlog::schema::TableKind;
use infra_eventlog::{Run, RunError};
use serde_json::Value;

/// Events kept at most; what lies beyond is counted.
pub const MAX_RECORDS: usize = 200_000;

/// An event's own row with its payload. All texts are untrusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The row.
    pub seq: i64,
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Event type.
    pub event_type: String,
    /// Who emitted it.
    pub source: String,
    /// The service that the row is about.
    pub service: Option<String>,
    /// Payload; null where there is none, or none that is JSON.
    pub attributes: Value,
    /// Whether an operator could have seen it.
    pub observed: bool,
}

impl Record {
    /// A number of the payload.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        self.attributes.get(key).and_then(Value::as_f64)
    }

    /// A text of the payload; untrusted.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).and_then(Value::as_str)
    }

    /// A flag of the payload.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.attributes.get(key).and_then(Value::as_bool)
    }
}

/// Events of some types, in row order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// The events.
    pub rows: Vec<Record>,
    /// Events beyond [`MAX_RECORDS`], which are not kept.
    pub left_out: u64,
}

impl Records {
    /// The events of one type.
    pub fn of<'a>(&'a self, event_type: &'a str) -> impl DoubleEndedIterator<Item = &'a Record> + Clone + 'a {
        self.rows.iter().filter(move |r| r.event_type == event_type)
    }
}

/// Reads the events of `types`: the first row of each.
///
/// # Errors
/// [`RunError`] if the table is damaged.
pub fn read(run: &Run, types: &[&str]) -> Result<Records, RunError> {
    let mut records = Records::default();
    let Some(table) = run.table(TableKind::Events) else { return Ok(records) };
    let columns = ["seq", "event_id", "time_ns", "event_type", "source", "service", "attributes"];
    let mut names = Interner::default();
    let wanted: Vec<u32> = types.iter().map(|t| names.code(t)).collect();
    let mut last_event = None;
    for rows in table.read(&columns) {
        let rows = rows?;
        let (seq, event, time) =
            (rows.require_ints("seq")?, rows.require_ints("event_id")?, rows.require_ints("time_ns")?);
        let event_types = rows.require_texts("event_type")?.intern(rows.len(), &mut names);
        let (sources, services) = (rows.require_texts("source")?, rows.texts("service")?);
        let payloads = rows.texts("attributes")?;
        for (i, event_type) in event_types.iter().enumerate() {
            let is_first = last_event != Some(event.value(i));
            last_event = Some(event.value(i));
            let Some(event_type) = event_type.filter(|t| is_first && wanted.contains(t)) else { continue };
            if records.rows.len() >= MAX_RECORDS {
                records.left_out += 1;
                continue;
            }
            let payload = payloads.as_ref().and_then(|p| p.get(i));
            let name = names.name(event_type);
            records.rows.push(Record {
                seq: seq.value(i),
                time_ns: time.value(i),
                event_type: name.to_owned(),
                source: sources.get(i).unwrap_or_default().to_owned(),
                service: services.as_ref().and_then(|s| s.get(i)).map(str::to_owned),
                attributes: payload.and_then(|p| serde_json::from_str(p).ok()).unwrap_or(Value::Null),
                observed: run.metadata().event_type(name).visibility == Visibility::Observed,
            });
        }
    }
    Ok(records)
}
