//! The interval of each row, as a clock of the map says.

use infra_eventlog::batch::Rows;

use super::cells::{Number, NumberColumn};
use super::map::{Clock, Interval, Stamp};
use super::scrapes::Scrapes;
use super::tally::{Kind, Tally, shown};
use super::times::{TimeCell, TimeColumn, TimeSpec};
use crate::error::IngestError;

/// How the problems of a table's times are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeKinds {
    pub(super) missing: Kind,
    pub(super) unreadable: Kind,
    pub(super) interval: Kind,
    pub(super) negative_interval: Kind,
}

impl TimeKinds {
    /// All problems as one kind.
    pub(super) const fn all(kind: Kind) -> Self {
        Self { missing: kind, unreadable: kind, interval: kind, negative_interval: kind }
    }
}

/// Columns of a batch that tell intervals.
pub(super) struct IntervalColumns<'a> {
    clock: &'a Clock,
    kinds: TimeKinds,
    times: TimeColumn<'a>,
    lengths: Option<NumberColumn>,
}

/// An interval whose stamp is not yet joined with others \[ns since 1970\].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamped {
    pub(super) stamp_ns: i64,
    pub(super) interval_ns: i64,
}

impl<'a> IntervalColumns<'a> {
    pub(super) fn new(rows: &Rows, clock: &'a Clock, kinds: TimeKinds) -> Result<Self, IngestError> {
        let times = TimeColumn::new(rows, &clock.time, &clock.spec)?;
        let lengths = clock.interval_column().map(|c| NumberColumn::new(rows, c)).transpose()?;
        Ok(Self { clock, kinds, times, lengths })
    }

    /// The stamp of row `i`; what is wrong with it is counted.
    pub(super) fn stamp(&self, i: usize, place: &impl Fn() -> String, tally: &mut Tally) -> Option<i64> {
        let stamp_ns = time_of(&self.times, i, &self.clock.spec, self.kinds, place, tally)?;
        Some(rounded(stamp_ns, self.clock.round_ns))
    }

    /// The interval of row `i`, given its stamp.
    pub(super) fn interval(
        &self,
        i: usize,
        stamp_ns: i64,
        place: &impl Fn() -> String,
        tally: &mut Tally,
    ) -> Option<Stamped> {
        let interval_ns = self.length(i, place, tally)?;
        let stamped = Stamped { stamp_ns, interval_ns };
        if stamped.bounds(self.clock, &Scrapes::default()).is_none() {
            tally.add(self.kinds.unreadable, place);
            return None;
        }
        Some(stamped)
    }

    fn length(&self, i: usize, place: &impl Fn() -> String, tally: &mut Tally) -> Option<i64> {
        let (column, factor) = match (&self.clock.interval, &self.lengths) {
            (Interval::Column(_, factor), Some(column)) => (column, *factor as f64),
            (Interval::Fixed(interval_ns), _) => return Some(*interval_ns),
            (Interval::Column(..), None) => return None,
        };
        let bad = self.kinds.interval;
        match column.get(i) {
            Number::Value(number) if number < 0.0 => {
                tally.add(self.kinds.negative_interval, || format!("{}: {number}", place()));
            },
            // Written so that NaN is refused too; the bound keeps start and end within 64 bits.
            Number::Value(number) if number * factor <= 4.0e18 => {
                return Some((number * factor).round() as i64);
            },
            Number::Value(number) => tally.add(bad, || format!("{}: {number}", place())),
            Number::Missing => tally.add(bad, place),
            Number::Bad(text) => tally.add(bad, || format!("{}: {}", place(), shown(text))),
        }
        None
    }
}

impl Stamped {
    /// The stamp of an interval that was not joined yet.
    pub(super) const fn of(clock: &Clock, end_ns: i64, interval_ns: i64) -> Self {
        let stamp_ns = match clock.stamp {
            Stamp::Start => end_ns - interval_ns,
            Stamp::End => end_ns,
        };
        Self { stamp_ns, interval_ns }
    }

    /// Start and end, if both can be told.
    pub(super) fn bounds(self, clock: &Clock, scrapes: &Scrapes) -> Option<(i64, i64)> {
        let time_ns = scrapes.time(clock, self.stamp_ns);
        let (start, end) = match clock.stamp {
            Stamp::Start => (time_ns, time_ns.checked_add(self.interval_ns)?),
            Stamp::End => (time_ns.checked_sub(self.interval_ns)?, time_ns),
        };
        // Differences of such times fit 64 bits.
        let fits = |t: i64| t.unsigned_abs() <= i64::MAX as u64 / 2;
        (fits(start) && fits(end)).then_some((start, end))
    }
}

/// The time of row `i`; a missing or unreadable one is counted.
pub(super) fn time_of(
    times: &TimeColumn<'_>,
    i: usize,
    spec: &TimeSpec,
    kinds: TimeKinds,
    place: &impl Fn() -> String,
    tally: &mut Tally,
) -> Option<i64> {
    match times.get(i) {
        TimeCell::At(time_ns) => Some(time_ns),
        TimeCell::Missing => {
            tally.add(kinds.missing, place);
            None
        },
        TimeCell::Bad(text) => {
            tally.add(kinds.unreadable, || {
                format!("{}: {} is not {}", place(), shown(&text), spec.expected())
            });
            None
        },
    }
}

/// The nearest multiple of `step_ns`.
fn rounded(time_ns: i64, step_ns: i64) -> i64 {
    if step_ns <= 0 {
        return time_ns;
    }
    time_ns.saturating_add(step_ns / 2).div_euclid(step_ns).saturating_mul(step_ns)
}
