//! Spans of distributed traces, in columns: about 100 bytes a span, and what its attributes take.

mod parents;
mod settle;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use infra_eventlog::RunError;
use infra_eventlog::batch::Interner;
use infra_eventlog::writer::{SpanRow, SpanWriter};

use super::capacity;
use super::texts::{Texts, filled};
use crate::error::IngestError;
use crate::import::tally::{Kind, Tally};
use crate::import::times::in_range;

/// One span as an importer read it.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct SpanRecord<'a> {
    pub(in crate::import) trace_id: &'a str,
    /// Unique in its trace: an importer gives the halves of a shared span ids of their own.
    pub(in crate::import) span_id: &'a str,
    /// `None` or empty: a root.
    pub(in crate::import) parent_span_id: Option<&'a str>,
    pub(in crate::import) service: &'a str,
    pub(in crate::import) operation: &'a str,
    pub(in crate::import) span_kind: Option<&'a str>,
    /// Nanoseconds since 1970.
    pub(in crate::import) start_ns: i64,
    pub(in crate::import) duration_ns: i64,
    /// `ok` or `error`.
    pub(in crate::import) status: Option<&'a str>,
    /// JSON text.
    pub(in crate::import) attributes: Option<&'a str>,
}

/// What is kept of a span beside its texts.
#[derive(Clone, Copy, Debug)]
struct Span {
    start_ns: i64,
    duration_ns: i64,
    trace: u32,
    service: u32,
    operation: u32,
    kind: u32,
    status: u32,
    /// The link to the parent closed a cycle and is not written.
    is_cut: bool,
}

/// All spans of an import. A span's number is its position in `rows`.
#[derive(Debug, Default)]
pub(in crate::import) struct SpanSet {
    rows: Vec<Span>,
    ids: Texts,
    parents: Texts,
    attributes: Texts,
    traces: Interner,
    services: Interner,
    operations: Interner,
    /// Span kinds and statuses; empty for none.
    labels: Interner,
    /// Numbers of the spans that are written, in that order.
    order: Vec<u32>,
    /// Calls between services, counted when the spans were settled: caller, callee, how often.
    calls: Vec<(u32, u32, u64)>,
}

impl SpanSet {
    /// Adds a span; one that cannot be kept is counted, `place` says where it stood.
    pub(in crate::import) fn push(
        &mut self,
        span: SpanRecord<'_>,
        tally: &mut Tally,
        place: impl FnOnce() -> String,
    ) -> Result<(), IngestError> {
        capacity::check(self.rows.len(), "spans")?;
        let end_ns = span.start_ns.checked_add(span.duration_ns);
        let problem = if span.trace_id.is_empty() || span.span_id.is_empty() {
            Some(Kind::SpanWithoutId)
        } else if span.service.trim().is_empty() {
            Some(Kind::SpanWithoutService)
        } else if span.duration_ns < 0 {
            Some(Kind::NegativeDuration)
        } else if in_range(span.start_ns).and(end_ns).and_then(in_range).is_none() {
            Some(Kind::SpanTime)
        } else {
            None
        };
        if let Some(kind) = problem {
            tally.add(kind, place);
            return Ok(());
        }
        self.ids.push(span.span_id);
        self.parents.push(span.parent_span_id.unwrap_or(""));
        self.attributes.push(span.attributes.unwrap_or(""));
        self.rows.push(Span {
            start_ns: span.start_ns,
            duration_ns: span.duration_ns,
            trace: self.traces.code(span.trace_id),
            service: self.services.code(span.service),
            operation: self.operations.code(span.operation),
            kind: self.labels.code(span.span_kind.unwrap_or("")),
            status: self.labels.code(span.status.unwrap_or("")),
            is_cut: false,
        });
        Ok(())
    }

    /// Whether nothing was added.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Services that have spans.
    pub(in crate::import) fn services(&self) -> BTreeSet<&str> {
        self.services.names().collect()
    }

    /// Caller, callee and number of calls, by name: a span whose parent is of another service is
    /// a call of it. Known after `settle`.
    pub(in crate::import) fn calls(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.calls
            .iter()
            .map(|(caller, callee, calls)| (self.services.name(*caller), self.services.name(*callee), *calls))
    }

    /// Earliest start and latest end \[ns since 1970\].
    pub(in crate::import) fn span(&self) -> Option<(i64, i64)> {
        let start = self.rows.iter().map(|s| s.start_ns).min()?;
        Some((start, self.rows.iter().map(|s| s.start_ns + s.duration_ns).max()?))
    }

    /// How many spans are written; known after `settle`.
    pub(in crate::import) fn len(&self) -> usize {
        self.order.len()
    }

    /// Writes the settled spans, times relative to `origin_ns`.
    pub(in crate::import) fn write(&self, origin_ns: i64, writer: &mut SpanWriter) -> Result<(), RunError> {
        for &i in &self.order {
            let span = self.row(i);
            writer.push(&SpanRow {
                trace_id: self.traces.name(span.trace),
                span_id: self.ids.get(i),
                parent_span_id: self.parents.filled(i).filter(|_| !span.is_cut),
                service: self.services.name(span.service),
                operation: self.operations.name(span.operation),
                span_kind: filled(self.labels.name(span.kind)),
                start_ns: span.start_ns.saturating_sub(origin_ns),
                duration_ns: span.duration_ns,
                status: filled(self.labels.name(span.status)),
                attributes: self.attributes.filled(i),
            })?;
        }
        Ok(())
    }

    fn row(&self, i: u32) -> &Span {
        &self.rows[i as usize]
    }
}
