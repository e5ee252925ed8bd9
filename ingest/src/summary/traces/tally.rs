//! What traces add up to: operations, edges and what followed what, by window.

use indexmap::IndexMap;
use infra_eventlog::batch::Interner;

use super::trace::{Span, Tree};
use crate::frames::{EdgeWindowRow, OperationRow};
use crate::summary::clock::Clock;
use crate::summary::follow::{Follows, Point};

/// Times are at least this long before their logarithm is taken \[s\].
const LEAST_S: f64 = 1e-6;

/// Sums over all traces.
#[derive(Debug, Default)]
pub(super) struct Tally {
    operations: IndexMap<(u32, u32, u32), OperationRow>,
    edges: IndexMap<(u32, u32, u32), EdgeWindowRow>,
    /// Calls and failed calls by caller and callee, whole run.
    pub(super) calls: IndexMap<(u32, u32), (f64, f64)>,
    pub(super) orphans: i64,
}

impl Tally {
    /// Adds a trace.
    pub(super) fn add(&mut self, spans: &[Span], tree: &Tree, clock: &Clock, follows: &mut Follows) {
        for i in 0..spans.len() {
            if spans[i].parent.is_some() && tree.parent[i].is_none() {
                self.orphans += 1;
            }
            let is_call = tree.is_call(spans, i);
            self.add_call(spans, tree, i, is_call, clock);
            let Some(window) = clock.window_of(spans[i].start_ns) else { continue };
            if !is_call {
                self.add_operation(spans, tree, i, window);
                add_follows(spans, tree, i, window, follows);
            }
        }
    }

    fn add_operation(&mut self, spans: &[Span], tree: &Tree, i: usize, window: u32) {
        let span = &spans[i];
        let self_s = tree.self_ns(spans, i) as f64 * 1e-9;
        let failed = span.failed && !tree.children(i).iter().any(|&c| spans[c].failed);
        let key = (span.service, span.operation, window);
        let row = self.operations.entry(key).or_insert_with(|| OperationRow {
            service_idx: span.service,
            window,
            first_row: span.row,
            first_ns: span.start_ns,
            slowest_row: span.row,
            slowest_s: self_s,
            ..OperationRow::default()
        });
        row.count += 1;
        row.arrived += i64::from(tree.parent[i].is_none_or(|p| spans[p].service != span.service));
        row.self_s += self_s;
        row.self_ln += libm::log(self_s.max(LEAST_S));
        if (span.start_ns, span.row) < (row.first_ns, row.first_row) {
            (row.first_ns, row.first_row) = (span.start_ns, span.row);
        }
        if self_s > row.slowest_s {
            (row.slowest_s, row.slowest_row) = (self_s, span.row);
        }
        if failed {
            row.failed += 1;
            row.failed_row.get_or_insert(span.row);
        }
    }

    /// A span of another service than its parent's arrived from there.
    fn add_call(&mut self, spans: &[Span], tree: &Tree, i: usize, is_call: bool, clock: &Clock) {
        if let Some(p) = tree.parent[i]
            && spans[p].service != spans[i].service
        {
            let sum = self.calls.entry((spans[p].service, spans[i].service)).or_default();
            sum.0 += 1.0;
            sum.1 += f64::from(u8::from(spans[i].failed || (tree.is_call(spans, p) && spans[p].failed)));
            if !tree.is_call(spans, p)
                && let Some(window) = clock.window_of(spans[i].start_ns)
            {
                self.edge(spans[p].service, &spans[i], spans[i].service, window, None);
            }
        }
        if is_call
            && let Some(callee) = tree.callee(spans, i)
            && let Some(window) = clock.window_of(spans[i].start_ns)
        {
            let gap_s = tree.self_ns(spans, i) as f64 * 1e-9;
            self.edge(spans[i].service, &spans[i], spans[callee].service, window, Some(gap_s));
        }
    }

    fn edge(&mut self, caller: u32, span: &Span, callee: u32, window: u32, gap_s: Option<f64>) {
        let row = self.edges.entry((caller, callee, window)).or_insert_with(|| EdgeWindowRow {
            caller_idx: caller,
            callee_idx: callee,
            window,
            first_row: span.row,
            first_ns: span.start_ns,
            widest_row: span.row,
            widest_s: gap_s.unwrap_or(0.0),
            ..EdgeWindowRow::default()
        });
        row.calls += 1;
        if (span.start_ns, span.row) < (row.first_ns, row.first_row) {
            (row.first_ns, row.first_row) = (span.start_ns, span.row);
        }
        let Some(gap_s) = gap_s else { return };
        row.gaps += 1;
        row.gap_ln += libm::log(gap_s.max(LEAST_S));
        if gap_s > row.widest_s {
            (row.widest_s, row.widest_row) = (gap_s, span.row);
        }
    }

    /// The frames' rows, in their order.
    pub(super) fn finish(self, operations: &Interner) -> (Vec<OperationRow>, Vec<EdgeWindowRow>) {
        let mut rows: Vec<OperationRow> = self
            .operations
            .into_iter()
            .map(|((_, operation, _), row)| OperationRow {
                operation: operations.name(operation).to_owned(),
                ..row
            })
            .collect();
        rows.sort_by(|a, b| {
            (a.service_idx, &a.operation, a.window).cmp(&(b.service_idx, &b.operation, b.window))
        });
        let mut edges: Vec<EdgeWindowRow> = self.edges.into_values().collect();
        edges.sort_by_key(|e| (e.caller_idx, e.callee_idx, e.window));
        (rows, edges)
    }
}

/// What a span did, in order: the operations of its children, calls by whom they reached.
fn add_follows(spans: &[Span], tree: &Tree, i: usize, window: u32, follows: &mut Follows) {
    let span = &spans[i];
    let mut before = Point::Start;
    let mut row = span.row;
    let mut time_ns = span.start_ns;
    for &child in tree.children(i) {
        let callee = if spans[child].service != span.service {
            Some(child)
        } else if tree.is_call(spans, child) {
            tree.callee(spans, child)
        } else {
            None
        };
        let next = match callee {
            Some(c) => Point::Call(spans[c].service, spans[c].operation),
            None => Point::Own(spans[child].operation),
        };
        follows.add(span.service, span.operation, (before, next), window, (row, time_ns));
        (before, row, time_ns) = (next, spans[child].row, spans[child].start_ns);
    }
    follows.add(span.service, span.operation, (before, Point::End), window, (row, time_ns));
}
