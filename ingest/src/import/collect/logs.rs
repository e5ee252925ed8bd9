//! Log lines, in columns.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use infra_eventlog::RunError;
use infra_eventlog::batch::Interner;
use infra_eventlog::writer::{LogRow, LogWriter};

use super::capacity;
use super::texts::{Texts, filled};
use crate::error::IngestError;
use crate::import::tally::{Kind, Tally, shown};
use crate::import::times::{in_range, instant};

/// One log line as an importer read it.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct LogRecord<'a> {
    /// Nanoseconds since 1970.
    pub(in crate::import) time_ns: i64,
    pub(in crate::import) service: &'a str,
    pub(in crate::import) severity: Option<&'a str>,
    pub(in crate::import) trace_id: Option<&'a str>,
    pub(in crate::import) span_id: Option<&'a str>,
    pub(in crate::import) message: Option<&'a str>,
    /// JSON text.
    pub(in crate::import) attributes: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    time_ns: i64,
    service: u32,
    severity: u32,
}

/// All log lines of an import. A line's number is its position in `rows`.
#[derive(Debug, Default)]
pub(in crate::import) struct LogSet {
    rows: Vec<Line>,
    services: Interner,
    severities: Interner,
    traces: Texts,
    spans: Texts,
    messages: Texts,
    attributes: Texts,
    /// Numbers of the lines that are written, in that order.
    order: Vec<u32>,
}

impl LogSet {
    /// Adds a line; one that cannot be kept is counted, `place` says where it stood.
    pub(in crate::import) fn push(
        &mut self,
        line: LogRecord<'_>,
        tally: &mut Tally,
        place: impl FnOnce() -> String,
    ) -> Result<(), IngestError> {
        capacity::check(self.rows.len(), "log lines")?;
        if line.service.trim().is_empty() {
            tally.add(Kind::LogWithoutService, place);
            return Ok(());
        }
        if in_range(line.time_ns).is_none() {
            tally.add(Kind::LogTime, place);
            return Ok(());
        }
        self.traces.push(line.trace_id.unwrap_or(""));
        self.spans.push(line.span_id.unwrap_or(""));
        self.messages.push(line.message.unwrap_or(""));
        self.attributes.push(line.attributes.unwrap_or(""));
        self.rows.push(Line {
            time_ns: line.time_ns,
            service: self.services.code(line.service),
            severity: self.severities.code(line.severity.unwrap_or("")),
        });
        Ok(())
    }

    /// Whether nothing was added.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Services that have lines.
    pub(in crate::import) fn services(&self) -> BTreeSet<&str> {
        self.services.names().collect()
    }

    /// First and last time \[ns since 1970\].
    pub(in crate::import) fn span(&self) -> Option<(i64, i64)> {
        let times = || self.rows.iter().map(|line| line.time_ns);
        Some((times().min()?, times().max()?))
    }

    /// Puts lines in the order of the run (time, service, trace, span, message) and leaves one of
    /// those that are equal in every field.
    pub(in crate::import) fn settle(&mut self, tally: &mut Tally) {
        let mut order: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by(|a, b| self.compare(*a, *b));
        order.dedup_by(|later, kept| {
            let is_same = self.compare(*later, *kept) == Ordering::Equal;
            if is_same {
                tally.add(Kind::SameLog, || {
                    let line = self.row(*later);
                    format!("{} at {}", shown(self.services.name(line.service)), instant(line.time_ns))
                });
            }
            is_same
        });
        self.order = order;
    }

    /// How many lines are written; known after `settle`.
    pub(in crate::import) fn len(&self) -> usize {
        self.order.len()
    }

    /// Writes the settled lines, times relative to `origin_ns`.
    pub(in crate::import) fn write(&self, origin_ns: i64, writer: &mut LogWriter) -> Result<(), RunError> {
        for &i in &self.order {
            let line = self.row(i);
            writer.push(&LogRow {
                time_ns: line.time_ns.saturating_sub(origin_ns),
                service: self.services.name(line.service),
                severity: filled(self.severities.name(line.severity)),
                trace_id: self.traces.filled(i),
                span_id: self.spans.filled(i),
                template_id: None,
                message: self.messages.filled(i),
                attributes: self.attributes.filled(i),
            })?;
        }
        Ok(())
    }

    fn row(&self, i: u32) -> &Line {
        &self.rows[i as usize]
    }

    /// Order of lines by all fields.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let texts = |i: u32| {
            let line = self.row(i);
            [
                self.services.name(line.service),
                self.traces.get(i),
                self.spans.get(i),
                self.messages.get(i),
                self.severities.name(line.severity),
                self.attributes.get(i),
            ]
        };
        self.row(a).time_ns.cmp(&self.row(b).time_ns).then_with(|| texts(a).cmp(&texts(b)))
    }
}
