//! One span for each id, traces together, in an order that does not depend on the input's.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::SpanSet;
use super::parents::Parents;
use crate::import::collect::order::ranks;
use crate::import::tally::{Kind, Tally, shown};

impl SpanSet {
    /// Leaves one span of each trace and id, looks at parents, and puts the spans in the order of
    /// the run: traces by first start and id, spans of a trace by start and id.
    ///
    /// Of spans that share trace and id but differ, the one that starts first counts. Times are
    /// never changed. Time O(n log n); no recursion, whatever the shape of a trace.
    pub(in crate::import) fn settle(&mut self, tally: &mut Tally) {
        let trace_rank = ranks(self.traces.names());
        let mut order: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by(|a, b| {
            let rank = |i: u32| trace_rank[self.row(i).trace as usize];
            rank(*a)
                .cmp(&rank(*b))
                .then_with(|| self.ids.get(*a).cmp(self.ids.get(*b)))
                .then_with(|| self.by_content(*a, *b))
        });
        self.leave_one_of_each(&mut order, tally);

        let mut traces: Vec<(i64, usize, usize)> = Vec::new();
        let mut parents = Parents::default();
        let mut calls: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        let mut start = 0;
        while let Some(&first) = order.get(start) {
            let trace = self.row(first).trace;
            let len = order[start..].iter().take_while(|i| self.row(**i).trace == trace).count();
            let spans = &mut order[start..start + len];
            parents.resolve(self, spans, tally);
            for (child, parent) in parents.links() {
                let ends = (self.row(spans[parent]).service, self.row(spans[child]).service);
                if ends.0 != ends.1 {
                    *calls.entry(ends).or_default() += 1;
                }
            }
            for cut in parents.cuts() {
                self.rows[spans[*cut] as usize].is_cut = true;
            }
            spans.sort_by(|a, b| {
                self.row(*a)
                    .start_ns
                    .cmp(&self.row(*b).start_ns)
                    .then_with(|| self.ids.get(*a).cmp(self.ids.get(*b)))
            });
            traces.push((self.row(spans[0]).start_ns, start, len));
            start += len;
        }
        parents.note(tally);
        // Positions are in the order of trace ids, so they break ties.
        traces.sort_unstable();
        self.order = traces.iter().flat_map(|&(_, start, len)| &order[start..start + len]).copied().collect();
        self.calls = calls.into_iter().map(|((caller, callee), n)| (caller, callee, n)).collect();
        self.calls.sort_by(|a, b| {
            let names = |c: &(u32, u32, u64)| (self.services.name(c.0), self.services.name(c.1));
            names(a).cmp(&names(b))
        });
    }

    /// Drops all but the first of spans that share trace and id, which stand together.
    fn leave_one_of_each(&self, order: &mut Vec<u32>, tally: &mut Tally) {
        order.dedup_by(|later, kept| {
            if self.row(*later).trace != self.row(*kept).trace || self.ids.get(*later) != self.ids.get(*kept)
            {
                return false;
            }
            let is_same = self.by_content(*later, *kept) == Ordering::Equal;
            tally.add(if is_same { Kind::SameSpan } else { Kind::OtherSpan }, || self.named(*later));
            true
        });
    }

    /// Order of spans by everything but trace and id.
    fn by_content(&self, a: u32, b: u32) -> Ordering {
        let numbers = |i: u32| (self.row(i).start_ns, self.row(i).duration_ns);
        let texts = |i: u32| {
            let span = self.row(i);
            [
                self.services.name(span.service),
                self.operations.name(span.operation),
                self.labels.name(span.kind),
                self.labels.name(span.status),
                self.parents.get(i),
                self.attributes.get(i),
            ]
        };
        numbers(a).cmp(&numbers(b)).then_with(|| texts(a).cmp(&texts(b)))
    }

    /// How notes name a span.
    pub(super) fn named(&self, i: u32) -> String {
        let span = self.row(i);
        let service = shown(self.services.name(span.service));
        format!(
            "span {} of trace {} on {service}",
            shown(self.ids.get(i)),
            shown(self.traces.name(span.trace))
        )
    }
}
