//! The log of a run under construction: events with their causes, and the states that they leave.
//!
//! A world that runs on an [`Agenda`](crate::kernel::Agenda) numbers its events there; a world in
//! rounds lets the journal number them. Either way an event's own row comes first and its state
//! rows follow, and no cause is later than its effect (the writer refuses that).

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::truth::{Truth, sidecar};
use infra_eventlog::writer::{EventRow, EventWriter};

use crate::run::prepare_truth;

/// What an event's own row tells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Happening<'a> {
    /// When \[ns\].
    pub(crate) time_ns: i64,
    /// UPPER_SNAKE_CASE.
    pub(crate) event_type: &'a str,
    /// Who emitted it.
    pub(crate) source: &'a str,
    /// The service that it is about, if there is one.
    pub(crate) service: Option<&'a str>,
    /// That service's status, where it is known.
    pub(crate) status: Option<&'a str>,
    /// Signals that the row shows, in the metadata's order.
    pub(crate) signals: &'a [Option<f64>],
    /// A log line.
    pub(crate) message: Option<&'a str>,
    /// Payload as JSON text.
    pub(crate) attributes: Option<&'a str>,
}

/// Writes the events table of a run and, at the end, its truth.
pub(crate) struct Journal {
    writer: EventWriter,
    next_event: i64,
    current: (i64, Option<i64>),
}

impl Journal {
    /// Starts the run's file; it appears when it is finished.
    pub(crate) fn create(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        let writer = EventWriter::single_file(path, metadata)?;
        Ok(Self { writer, next_event: 0, current: (0, None) })
    }

    /// Writes an event's own row and returns the event's number. `cause` is the number of the
    /// event that made it happen; `None` if it came from outside.
    pub(crate) fn event(&mut self, cause: Option<i64>, what: &Happening<'_>) -> Result<i64, RunError> {
        let id = self.next_event;
        self.next_event += 1;
        self.numbered(id, cause, what)?;
        Ok(id)
    }

    /// As [`Journal::event`] for events that an agenda has numbered.
    pub(crate) fn numbered(
        &mut self,
        event_id: i64,
        cause: Option<i64>,
        what: &Happening<'_>,
    ) -> Result<(), RunError> {
        self.current = (event_id, cause);
        self.next_event = self.next_event.max(event_id + 1);
        self.row(what)
    }

    /// Writes a state row (or any further row) of the latest event.
    pub(crate) fn row(&mut self, what: &Happening<'_>) -> Result<(), RunError> {
        let (event_id, cause_id) = self.current;
        self.writer.push(&EventRow {
            event_id,
            cause_id,
            time_ns: what.time_ns,
            event_type: what.event_type,
            source: what.source,
            service: what.service,
            status: what.status,
            signals: what.signals,
            message: what.message,
            attributes: what.attributes,
        })?;
        Ok(())
    }

    /// Events written so far.
    pub(crate) const fn events(&self) -> i64 {
        self.next_event
    }

    /// Puts the run and its truth in place and returns the rows. The truth is complete on disk
    /// before the run appears; then both are only renamed.
    pub(crate) fn finish(self, path: &Path, truth: &Truth) -> Result<i64, RunError> {
        let truth_file = prepare_truth(&sidecar(path), truth)?;
        let rows = self.writer.finish()?;
        truth_file.commit()?;
        Ok(rows)
    }
}
