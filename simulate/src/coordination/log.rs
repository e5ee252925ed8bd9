//! The run under construction: rows in the words of this world (specification, section 14).
//!
//! Texts are formatted into two buffers that are reused from row to row, and names are borrowed.

use std::fmt::{self, Write};
use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::truth::Truth;

use super::metadata::SIGNALS;
use crate::journal::{Happening, Journal};

/// Values of a state row, in the order of [`SIGNALS`].
pub(crate) type Signals = [Option<f64>; SIGNALS.len()];

/// An event's own row before its texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// When \[µs\].
    pub(crate) at_us: u64,
    /// The event that made it happen.
    pub(crate) cause: Option<i64>,
    /// UPPER_SNAKE_CASE.
    pub(crate) event_type: &'static str,
    /// Who emitted it.
    pub(crate) source: &'a str,
    /// Whom it is about.
    pub(crate) service: Option<&'a str>,
}

/// Writes the events of a run.
pub(crate) struct RunLog {
    journal: Journal,
    attributes: String,
    message: String,
}

impl RunLog {
    /// Starts the file; it appears when it is finished.
    pub(crate) fn create(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        let journal = Journal::create(path, metadata)?;
        Ok(Self { journal, attributes: String::new(), message: String::new() })
    }

    /// Writes an event's own row with the JSON object `attributes`, and returns its number.
    pub(crate) fn event(
        &mut self,
        entry: &Entry<'_>,
        attributes: fmt::Arguments<'_>,
    ) -> Result<i64, RunError> {
        self.write(entry, attributes, None)
    }

    /// As [`RunLog::event`], with a log line.
    pub(crate) fn told(
        &mut self,
        entry: &Entry<'_>,
        attributes: fmt::Arguments<'_>,
        message: fmt::Arguments<'_>,
    ) -> Result<i64, RunError> {
        self.write(entry, attributes, Some(message))
    }

    fn write(
        &mut self,
        entry: &Entry<'_>,
        attributes: fmt::Arguments<'_>,
        message: Option<fmt::Arguments<'_>>,
    ) -> Result<i64, RunError> {
        fill(&mut self.attributes, attributes);
        if let Some(message) = message {
            fill(&mut self.message, message);
        }
        self.journal.event(
            entry.cause,
            &Happening {
                time_ns: ns(entry.at_us),
                event_type: entry.event_type,
                source: entry.source,
                service: entry.service,
                message: message.map(|_| self.message.as_str()),
                attributes: Some(&self.attributes),
                ..Happening::default()
            },
        )
    }

    /// Writes a state row of the latest event.
    pub(crate) fn state(
        &mut self,
        entry: &Entry<'_>,
        status: &str,
        signals: &Signals,
        attributes: fmt::Arguments<'_>,
    ) -> Result<(), RunError> {
        fill(&mut self.attributes, attributes);
        self.journal.row(&Happening {
            time_ns: ns(entry.at_us),
            event_type: entry.event_type,
            source: entry.source,
            service: entry.service,
            status: Some(status),
            signals,
            message: None,
            attributes: Some(&self.attributes),
        })
    }

    /// Writes a further row of the latest event, of a type of its own.
    pub(crate) fn further(
        &mut self,
        entry: &Entry<'_>,
        attributes: fmt::Arguments<'_>,
    ) -> Result<(), RunError> {
        fill(&mut self.attributes, attributes);
        self.journal.row(&Happening {
            time_ns: ns(entry.at_us),
            event_type: entry.event_type,
            source: entry.source,
            service: entry.service,
            attributes: Some(&self.attributes),
            ..Happening::default()
        })
    }

    /// Events written so far.
    pub(crate) fn events(&self) -> u64 {
        self.journal.events().unsigned_abs()
    }

    /// Puts the run and its truth in place and returns the rows.
    pub(crate) fn finish(self, path: &Path, truth: &Truth) -> Result<i64, RunError> {
        self.journal.finish(path, truth)
    }
}

/// Nanoseconds of microseconds; runs are short enough (an hour at most, and answers after it).
pub(crate) fn ns(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}

fn fill(buffer: &mut String, text: fmt::Arguments<'_>) {
    buffer.clear();
    // Writing to a String does not fail.
    let _ = buffer.write_fmt(text);
}

/// A real as JSON: shortest digits that read back the same, null if it is not finite.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Real(pub(crate) f64);

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_finite() { write!(f, "{:?}", self.0) } else { f.write_str("null") }
    }
}

/// A value as JSON, null if there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrNull<T>(pub(crate) Option<T>);

impl<T: fmt::Display> fmt::Display for OrNull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// A name as JSON; names of this world need no escapes.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}
