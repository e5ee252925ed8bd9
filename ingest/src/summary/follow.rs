//! What followed what, counted by window.

use indexmap::IndexMap;

use crate::frames::{ANY, END, FollowRow, START};

/// One thing inside a span or among log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Point {
    /// The beginning.
    Start,
    /// Whatever came before.
    Any,
    /// Work of the service's own, or a log template, by its code.
    Own(u32),
    /// A call: callee and its operation.
    Call(u32, u32),
    /// The end.
    End,
}

/// Most pairs that are told apart; further ones are left out and counted.
const MAX_PAIRS: usize = 2_000_000;

/// Counts of pairs by service, context and window.
#[derive(Debug, Default)]
pub(super) struct Follows {
    counts: IndexMap<(u32, u32, Point, Point, u32), Seen>,
    /// Occurrences of pairs beyond the cap.
    pub(super) left_out: i64,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    count: i64,
    first_row: i64,
    first_ns: i64,
}

impl Follows {
    /// Counts one occurrence of `pair` at (row, time).
    pub(super) fn add(
        &mut self,
        service: u32,
        context: u32,
        pair: (Point, Point),
        window: u32,
        (row, time_ns): (i64, i64),
    ) {
        let key = (service, context, pair.0, pair.1, window);
        let room = self.counts.len() < MAX_PAIRS;
        match self.counts.get_mut(&key) {
            Some(seen) => {
                seen.count += 1;
                if (time_ns, row) < (seen.first_ns, seen.first_row) {
                    (seen.first_ns, seen.first_row) = (time_ns, row);
                }
            },
            None if room => {
                self.counts.insert(key, Seen { count: 1, first_row: row, first_ns: time_ns });
            },
            None => self.left_out += 1,
        }
    }

    /// Rows of the frame; `name` tells a code's text, `call` a callee's and operation's.
    pub(super) fn finish(
        self,
        table: &str,
        context: impl Fn(u32) -> String,
        own: impl Fn(u32) -> String,
        call: impl Fn(u32, u32) -> String,
    ) -> Vec<FollowRow> {
        let text = |point: Point| match point {
            Point::Start => START.to_owned(),
            Point::Any => ANY.to_owned(),
            Point::End => END.to_owned(),
            Point::Own(code) => own(code),
            Point::Call(callee, operation) => call(callee, operation),
        };
        let mut rows: Vec<FollowRow> = self
            .counts
            .into_iter()
            .map(|((service_idx, ctx, after, next, window), seen)| FollowRow {
                table: table.to_owned(),
                service_idx,
                context: context(ctx),
                after: text(after),
                after_callee_idx: match after {
                    Point::Call(callee, _) => Some(callee),
                    _ => None,
                },
                next: text(next),
                window,
                count: seen.count,
                first_row: seen.first_row,
                first_ns: seen.first_ns,
            })
            .collect();
        rows.sort_by(|a, b| {
            (a.service_idx, &a.context, &a.after, &a.next, a.window).cmp(&(
                b.service_idx,
                &b.context,
                &b.after,
                &b.next,
                b.window,
            ))
        });
        rows
    }
}
