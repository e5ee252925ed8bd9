//! Points of metric series, before they become measurements.

use std::collections::BTreeMap;

use crate::error::IngestError;
use crate::import::collect::MAX_ROWS;

/// How a series counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Temporality {
    /// Each point stands for itself.
    Level,
    /// Each point counts since the one before.
    Delta,
    /// Each point counts since the series began.
    Cumulative,
}

/// What a point holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// One number.
    Number,
    /// One number that is this statistic of a distribution.
    Statistic(&'static str),
    /// Count, sum, and counts of the buckets, one more than there are bounds.
    Histogram,
}

/// What tells series apart. Series that differ in labels only are taken together when they are
/// written, and stand together in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeriesKey {
    pub(super) service: String,
    pub(super) metric: String,
    pub(super) unit: String,
    pub(super) shape: Shape,
    pub(super) temporality: Temporality,
    /// Bits of a histogram's bounds.
    pub(super) bounds: Vec<u64>,
    /// All labels, spelled the same way each time.
    pub(super) labels: String,
}

/// One point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    /// Nanoseconds since 1970.
    pub(super) time_ns: i64,
    /// When counting began, if that is told.
    pub(super) start_ns: Option<i64>,
    pub(super) values: Vec<f64>,
}

/// A series' points in the order of the input.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    /// Whether labels say that these requests failed; `None`: they do not tell.
    pub(super) failed: Option<bool>,
    pub(super) points: Vec<Point>,
}

/// All series of an import.
#[derive(Debug, Default)]
pub(super) struct Points {
    pub(super) series: BTreeMap<SeriesKey, Series>,
    count: usize,
}

impl Points {
    /// Adds a point.
    pub(super) fn push(
        &mut self,
        key: SeriesKey,
        failed: Option<bool>,
        point: Point,
    ) -> Result<(), IngestError> {
        if self.count == MAX_ROWS {
            let what = format!("more than {MAX_ROWS} metric points in one import (hint: import fewer files)");
            return Err(IngestError::Import(vec![what]));
        }
        self.count += 1;
        let series = self.series.entry(key).or_default();
        series.failed = failed;
        series.points.push(point);
        Ok(())
    }
}

/// What a series counted in one interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) end_ns: i64,
    pub(super) interval_ns: i64,
    pub(super) values: Vec<f64>,
}

/// What was met on the way from points to steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Met {
    /// Points that repeat another's time.
    pub(super) repeated: u64,
    /// Counters that started again.
    pub(super) resets: u64,
}

impl Series {
    /// The series by intervals, in the order of time.
    ///
    /// A level's interval is the gap to the point before it. A counter's first point only says
    /// where counting starts; after a reset a point counts from 0.
    pub(super) fn steps(&self, temporality: Temporality) -> (Vec<Step>, Met) {
        let mut met = Met::default();
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by(|a, b| {
            let values = || a.values.iter().zip(&b.values).map(|(a, b)| a.total_cmp(b));
            let times = (a.time_ns, a.start_ns).cmp(&(b.time_ns, b.start_ns));
            values().fold(times, std::cmp::Ordering::then)
        });
        points.dedup_by(|later, kept| {
            let is_repeated = later.time_ns == kept.time_ns;
            met.repeated += u64::from(is_repeated);
            is_repeated
        });
        let mut steps = Vec::with_capacity(points.len());
        for (i, point) in points.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|before| points.get(before));
            let gap = |from: i64| point.time_ns.saturating_sub(from).max(0);
            let (interval_ns, values) = match temporality {
                Temporality::Level => {
                    let next = || points.get(1).map_or(0, |next| next.time_ns.saturating_sub(point.time_ns));
                    (before.map_or_else(next, |b| gap(b.time_ns)), point.values.clone())
                },
                Temporality::Delta => {
                    let start = point.start_ns.or(before.map(|b| b.time_ns)).unwrap_or(point.time_ns);
                    (gap(start), point.values.clone())
                },
                Temporality::Cumulative => {
                    let Some(before) = before else { continue };
                    let has_restarted =
                        matches!((before.start_ns, point.start_ns), (Some(a), Some(b)) if b > a);
                    let fell = point.values.first() < before.values.first();
                    if has_restarted || fell {
                        met.resets += 1;
                        let since = point.start_ns.filter(|_| has_restarted);
                        (gap(since.unwrap_or(before.time_ns).max(before.time_ns)), point.values.clone())
                    } else {
                        let pairs = point.values.iter().zip(&before.values);
                        (gap(before.time_ns), pairs.map(|(now, then)| now - then).collect())
                    }
                },
            };
            steps.push(Step { end_ns: point.time_ns, interval_ns, values });
        }
        (steps, met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(i64, Option<i64>, f64)]) -> Series {
        let point = |&(time_ns, start_ns, value): &_| Point { time_ns, start_ns, values: vec![value] };
        Series { failed: None, points: points.iter().map(point).collect() }
    }

    fn steps(series: &Series, temporality: Temporality) -> Vec<(i64, i64, f64)> {
        series.steps(temporality).0.iter().map(|s| (s.end_ns, s.interval_ns, s.values[0])).collect()
    }

    #[test]
    fn counters_become_differences_and_resets_count_from_zero() {
        let counter =
            series(&[(30, None, 7.0), (10, None, 3.0), (20, None, 5.0), (50, None, 2.0), (50, None, 2.0)]);
        assert_eq!(steps(&counter, Temporality::Cumulative), [(20, 10, 2.0), (30, 10, 2.0), (50, 20, 2.0)]);
        assert_eq!(counter.steps(Temporality::Cumulative).1, Met { repeated: 1, resets: 1 });
        let restarted = series(&[(10, Some(0), 3.0), (30, Some(25), 4.0)]);
        assert_eq!(steps(&restarted, Temporality::Cumulative), [(30, 5, 4.0)]);
    }

    #[test]
    fn levels_last_since_the_point_before() {
        let level = series(&[(10, None, 3.0), (17, None, 5.0)]);
        assert_eq!(steps(&level, Temporality::Level), [(10, 7, 3.0), (17, 7, 5.0)]);
        assert_eq!(steps(&series(&[(10, Some(4), 3.0)]), Temporality::Delta), [(10, 6, 3.0)]);
    }
}
