//! What somebody recorded as having happened: deploys, configuration changes, alerts.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::RunError;
use infra_eventlog::metadata::{EventRole, EventTypeSpec, Visibility};
use infra_eventlog::writer::{EventRow, EventWriter};

use super::capacity;
use crate::error::IngestError;
use crate::import::tally::{Kind, Tally, shown};
use crate::import::times::{in_range, instant};

/// One happening as an importer read it. The order of fields is the order of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) struct EventRecord {
    /// Nanoseconds since 1970.
    pub(in crate::import) time_ns: i64,
    /// UPPER_SNAKE_CASE.
    pub(in crate::import) event_type: String,
    /// On whom; `None`: on the system as a whole.
    pub(in crate::import) service: Option<String>,
    /// Who recorded it.
    pub(in crate::import) source: String,
    pub(in crate::import) message: Option<String>,
    /// JSON text.
    pub(in crate::import) attributes: Option<String>,
}

/// All happenings of an import.
#[derive(Debug, Default)]
pub(in crate::import) struct EventSet {
    rows: Vec<EventRecord>,
    roles: BTreeMap<String, EventRole>,
}

impl EventSet {
    /// Adds a happening of a role (the first role of an event type counts); one that cannot be
    /// kept is counted, `place` says where it stood.
    pub(in crate::import) fn push(
        &mut self,
        event: EventRecord,
        role: EventRole,
        tally: &mut Tally,
        place: impl FnOnce() -> String,
    ) -> Result<(), IngestError> {
        capacity::check(self.rows.len(), "events")?;
        if in_range(event.time_ns).is_none() {
            tally.add(Kind::EventTime, place);
            return Ok(());
        }
        if event.event_type.trim().is_empty() {
            tally.add(Kind::EventWithoutType, place);
            return Ok(());
        }
        self.roles.entry(event.event_type.clone()).or_insert(role);
        let service = event.service.filter(|s| !s.trim().is_empty());
        self.rows.push(EventRecord { service, ..event });
        Ok(())
    }

    /// Whether nothing was added.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Services that events are on.
    pub(in crate::import) fn services(&self) -> BTreeSet<&str> {
        self.rows.iter().filter_map(|e| e.service.as_deref()).collect()
    }

    /// First and last time \[ns since 1970\].
    pub(in crate::import) fn span(&self) -> Option<(i64, i64)> {
        let times = || self.rows.iter().map(|event| event.time_ns);
        Some((times().min()?, times().max()?))
    }

    /// Event types for the metadata: an operator could have seen all of them.
    pub(in crate::import) fn types(&self) -> Vec<EventTypeSpec> {
        let spec = |(name, role): (&String, &EventRole)| EventTypeSpec {
            name: name.clone(),
            visibility: Visibility::Observed,
            role: *role,
        };
        self.roles.iter().map(spec).collect()
    }

    /// Puts events in the order of the run and leaves one of those that are equal in every field.
    pub(in crate::import) fn settle(&mut self, tally: &mut Tally) {
        self.rows.sort();
        self.rows.dedup_by(|later, kept| {
            if later == kept {
                tally.add(Kind::SameEvent, || {
                    format!("{} at {}", shown(&later.event_type), instant(later.time_ns))
                });
            }
            later == kept
        });
    }

    /// How many events are written; known after `settle`.
    pub(in crate::import) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Writes the settled events, times relative to `origin_ns`.
    pub(in crate::import) fn write(&self, origin_ns: i64, writer: &mut EventWriter) -> Result<(), RunError> {
        for (id, event) in (0..).zip(&self.rows) {
            writer.push(&EventRow {
                event_id: id,
                time_ns: event.time_ns.saturating_sub(origin_ns),
                event_type: &event.event_type,
                source: &event.source,
                service: event.service.as_deref(),
                message: event.message.as_deref(),
                attributes: event.attributes.as_deref(),
                ..EventRow::default()
            })?;
        }
        Ok(())
    }
}
