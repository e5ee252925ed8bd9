//! The spans table, one trace after the other.
//!
//! A trace's spans stand together, so its tree fits in memory and the table does not have to.
//! What is kept are sums by window of the [`Clock`]: self time by operation, client-minus-server
//! time by edge, what followed what inside spans, and calls.

mod tally;
mod trace;

use infra_eventlog::Run;
use infra_eventlog::batch::{Interner, Rows};
use infra_eventlog::check::RowChecker;
use infra_eventlog::schema::TableKind;

use super::Services;
use super::clock::Clock;
use super::follow::Follows;
use super::series::SeriesStore;
use crate::error::IngestError;
use crate::frames::{CallRow, EdgeWindowRow, FollowRow, OperationRow};
use trace::{Side, Span, Tree};

const COLUMNS: &[&str] = &[
    "trace_id",
    "span_id",
    "parent_span_id",
    "service",
    "operation",
    "span_kind",
    "start_ns",
    "duration_ns",
    "status",
];

/// What spans add up to.
#[derive(Debug, Default)]
pub(super) struct TraceSums {
    pub(super) operations: Vec<OperationRow>,
    pub(super) edges: Vec<EdgeWindowRow>,
    pub(super) follows: Vec<FollowRow>,
    pub(super) calls: Vec<CallRow>,
}

/// Reads the spans table. Services that no metric counts get series of requests, failed requests
/// and latency from the spans that arrive at them.
pub(super) fn read(
    run: &Run,
    services: &mut Services,
    store: &mut SeriesStore,
    clock: &Clock,
    notes: &mut Vec<String>,
) -> Result<TraceSums, IngestError> {
    let Some(table) = run.table(TableKind::Spans) else { return Ok(TraceSums::default()) };
    let mut checker = RowChecker::new(TableKind::Spans);
    let mut operations = Interner::default();
    let mut tally = tally::Tally::default();
    let mut follows = Follows::default();
    let derived = Derived::new(store);
    let mut trace: Vec<Span> = Vec::new();
    let mut trace_id = String::new();
    let mut negative = 0_i64;
    for rows in table.read(COLUMNS) {
        let rows = rows?;
        checker.check(&rows);
        let batch = Batch::new(&rows, services, &mut operations)?;
        services.grow();
        for i in 0..rows.len() {
            let Some((id, span)) = batch.span(i, rows.first_row() + i as i64) else { continue };
            services.rows[span.service as usize] += 1;
            if span.duration_ns < 0 {
                negative += 1;
                continue;
            }
            if id != trace_id {
                close(&trace, &derived, store, &mut tally, clock, &mut follows);
                trace.clear();
                id.clone_into(&mut trace_id);
            }
            trace.push(span);
        }
    }
    close(&trace, &derived, store, &mut tally, clock, &mut follows);
    checker.finish()?;
    if negative > 0 {
        notes.push(format!("spans: {negative} with a negative duration left out"));
    }
    if tally.orphans > 0 {
        notes.push(format!("spans: {} name a parent that their trace does not hold", tally.orphans));
    }
    if follows.left_out > 0 {
        notes.push(format!("spans: {} follow-ups beyond what is told apart left out", follows.left_out));
    }
    let mut calls: Vec<CallRow> = tally
        .calls
        .iter()
        .map(|(&(caller_idx, callee_idx), &(calls, failed))| CallRow {
            caller_idx,
            callee_idx,
            calls,
            failed,
        })
        .collect();
    calls.sort_by_key(|c| (c.caller_idx, c.callee_idx));
    let (rows, edges) = tally.finish(&operations);
    let name = |code| operations.name(code).to_owned();
    let call =
        |callee, operation| format!("call {} {}", services.names.name(callee), operations.name(operation));
    let follows = follows.finish("spans", name, name, call);
    Ok(TraceSums { operations: rows, edges, follows, calls })
}

/// A trace is complete.
fn close(
    trace: &[Span],
    derived: &Derived,
    store: &mut SeriesStore,
    tally: &mut tally::Tally,
    clock: &Clock,
    follows: &mut Follows,
) {
    let tree = Tree::new(trace);
    derived.add(trace, &tree, store);
    tally.add(trace, &tree, clock, follows);
}

/// Columns of one batch, names already as codes.
struct Batch<'r> {
    trace_id: infra_eventlog::batch::TextColumn,
    span_id: infra_eventlog::batch::TextColumn,
    parent: Option<infra_eventlog::batch::TextColumn>,
    kind: Option<infra_eventlog::batch::TextColumn>,
    status: Option<infra_eventlog::batch::TextColumn>,
    service: Vec<Option<u32>>,
    operation: Vec<Option<u32>>,
    start: &'r arrow::array::Int64Array,
    duration: &'r arrow::array::Int64Array,
}

impl<'r> Batch<'r> {
    fn new(rows: &'r Rows, services: &mut Services, operations: &mut Interner) -> Result<Self, IngestError> {
        Ok(Self {
            trace_id: rows.require_texts("trace_id")?,
            span_id: rows.require_texts("span_id")?,
            parent: rows.texts("parent_span_id")?,
            kind: rows.texts("span_kind")?,
            status: rows.texts("status")?,
            service: rows.require_texts("service")?.intern(rows.len(), &mut services.names),
            operation: rows.require_texts("operation")?.intern(rows.len(), operations),
            start: rows.require_ints("start_ns")?,
            duration: rows.require_ints("duration_ns")?,
        })
    }

    /// A row's trace and span; `None` where something is null, which the checker tells.
    fn span(&self, i: usize, row: i64) -> Option<(&str, Span)> {
        let text = |column: &'_ Option<infra_eventlog::batch::TextColumn>| {
            column.as_ref().and_then(|c| c.get(i)).filter(|t| !t.is_empty()).map(trace::id)
        };
        let span = Span {
            id: trace::id(self.span_id.get(i)?),
            parent: text(&self.parent),
            service: self.service[i]?,
            operation: self.operation[i]?,
            side: Side::of(self.kind.as_ref().and_then(|k| k.get(i))),
            start_ns: self.start.value(i),
            duration_ns: self.duration.value(i),
            failed: self
                .status
                .as_ref()
                .and_then(|s| s.get(i))
                .is_some_and(|s| s.eq_ignore_ascii_case("error")),
            row,
        };
        Some((self.trace_id.get(i)?, span))
    }
}

/// Series that spans stand in for where no metric does.
struct Derived {
    requests: Option<u32>,
    failed: Option<u32>,
    latency: Option<u32>,
    sum: u32,
    mean: u32,
}

impl Derived {
    fn new(store: &mut SeriesStore) -> Self {
        let mut code = |name: &str| (!store.has_signal(name)).then(|| store.name(name));
        let requests = code("requests");
        let failed = code("failed_requests").filter(|_| requests.is_some());
        let latency = code("latency");
        Self { requests, failed, latency, sum: store.name("sum"), mean: store.name("mean") }
    }

    fn add(&self, trace: &[Span], tree: &Tree, store: &mut SeriesStore) {
        if (self.requests, self.failed, self.latency) == (None, None, None) {
            return;
        }
        for (i, span) in trace.iter().enumerate() {
            let arrived = match tree.parent[i] {
                Some(p) => trace[p].service != span.service,
                None => span.side != Side::Client,
            };
            if !arrived {
                continue;
            }
            let mut put = |signal: Option<u32>, statistic: u32, value: f64| {
                if let Some(signal) = signal {
                    let series = store.series((span.service, signal, statistic, "spans"));
                    store.add(series, span.start_ns, span.row, Some(value));
                }
            };
            put(self.requests, self.sum, 1.0);
            put(self.failed, self.sum, f64::from(u8::from(span.failed)));
            put(self.latency, self.mean, span.duration_ns as f64 * 1e-9);
        }
    }
}
