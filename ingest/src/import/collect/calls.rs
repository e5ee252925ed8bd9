//! Calls between services, counted over intervals.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use infra_eventlog::RunError;
use infra_eventlog::batch::Interner;
use infra_eventlog::writer::{CallRow, CallWriter};

use super::capacity;
use crate::error::IngestError;
use crate::import::tally::{Kind, Tally, shown};
use crate::import::times::{in_range, instant};

/// Calls of one service to another over an interval, as an importer read them.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct CallRecord<'a> {
    /// End of the interval \[ns since 1970\].
    pub(in crate::import) end_ns: i64,
    /// Its length \[ns\].
    pub(in crate::import) interval_ns: i64,
    pub(in crate::import) caller: &'a str,
    pub(in crate::import) callee: &'a str,
    /// `None`: not known.
    pub(in crate::import) calls: Option<f64>,
    pub(in crate::import) failed: Option<f64>,
    /// As the caller saw it \[s\].
    pub(in crate::import) latency: Option<f64>,
    /// As the callee saw it \[s\].
    pub(in crate::import) callee_latency: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Calls {
    end_ns: i64,
    interval_ns: i64,
    caller: u32,
    callee: u32,
    /// Calls, failed, latency, latency of the callee; NaN stands for null.
    numbers: [f64; 4],
}

/// All counted calls of an import.
#[derive(Debug, Default)]
pub(in crate::import) struct CallSet {
    rows: Vec<Calls>,
    services: Interner,
}

impl CallSet {
    /// Adds a row; one that cannot be kept is counted, `place` says where it stood. Numbers that
    /// are not finite read as null.
    pub(in crate::import) fn push(
        &mut self,
        row: CallRecord<'_>,
        tally: &mut Tally,
        place: impl FnOnce() -> String,
    ) -> Result<(), IngestError> {
        capacity::check(self.rows.len(), "rows of calls")?;
        if row.caller.trim().is_empty() || row.callee.trim().is_empty() {
            tally.add(Kind::CallWithoutEnd, place);
            return Ok(());
        }
        let start = row.end_ns.checked_sub(row.interval_ns).and_then(in_range);
        if row.interval_ns < 0 || in_range(row.end_ns).and(start).is_none() {
            tally.add(Kind::CallTime, place);
            return Ok(());
        }
        let number = |n: Option<f64>| n.filter(|n| n.is_finite()).unwrap_or(f64::NAN);
        self.rows.push(Calls {
            end_ns: row.end_ns,
            interval_ns: row.interval_ns,
            caller: self.services.code(row.caller),
            callee: self.services.code(row.callee),
            numbers: [row.calls, row.failed, row.latency, row.callee_latency].map(number),
        });
        Ok(())
    }

    /// Whether nothing was added.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Services that call or are called.
    pub(in crate::import) fn services(&self) -> BTreeSet<&str> {
        self.services.names().collect()
    }

    /// Earliest start and latest end of an interval \[ns since 1970\].
    pub(in crate::import) fn span(&self) -> Option<(i64, i64)> {
        let start = self.rows.iter().map(|r| r.end_ns - r.interval_ns).min()?;
        Some((start, self.rows.iter().map(|r| r.end_ns).max()?))
    }

    /// Puts rows in the order of the run (time, interval, caller, callee) and leaves one of each;
    /// of rows that contradict each other the one with the smallest numbers counts.
    pub(in crate::import) fn settle(&mut self, tally: &mut Tally) {
        let names = &self.services;
        let key = |r: &Calls| (r.end_ns, r.interval_ns, names.name(r.caller), names.name(r.callee));
        let compare = |a: &Calls, b: &Calls| {
            let numbers = a.numbers.iter().zip(&b.numbers).map(|(a, b)| a.total_cmp(b));
            numbers.fold(Ordering::Equal, Ordering::then)
        };
        self.rows.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| compare(a, b)));
        self.rows.dedup_by(|later, kept| {
            if key(later) != key(kept) {
                return false;
            }
            let is_same = compare(later, kept) == Ordering::Equal;
            tally.add(if is_same { Kind::SameCalls } else { Kind::OtherCalls }, || {
                let (caller, callee) = (shown(names.name(later.caller)), shown(names.name(later.callee)));
                format!("{caller} to {callee} ending at {}", instant(later.end_ns))
            });
            true
        });
    }

    /// How many rows are written; known after `settle`.
    pub(in crate::import) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Writes the settled rows, times relative to `origin_ns`.
    pub(in crate::import) fn write(&self, origin_ns: i64, writer: &mut CallWriter) -> Result<(), RunError> {
        for row in &self.rows {
            let [calls, failed, latency, callee_latency] = row.numbers.map(|n| (!n.is_nan()).then_some(n));
            writer.push(&CallRow {
                time_ns: row.end_ns.saturating_sub(origin_ns),
                interval_ns: row.interval_ns,
                caller: self.services.name(row.caller),
                callee: self.services.name(row.callee),
                calls,
                failed,
                latency,
                callee_latency,
            })?;
        }
        Ok(())
    }
}
