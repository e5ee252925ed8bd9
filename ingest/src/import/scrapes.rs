//! Stamps of one scrape, brought to one time.
//!
//! Monitoring asks its targets one after the other, so the rows of one scrape have stamps some
//! seconds apart, and every scrape starts a little early or late. Stamps are sorted; a gap of
//! `time_join` or more starts a new scrape, whose time is its first stamp. A scrape that lies
//! less than `time_join` from a whole number of intervals after the one before is put exactly there,
//! so that intervals of a day touch and none overlaps another. After a longer pause, or on another
//! day, the first stamp counts again.

use std::collections::BTreeMap;

use super::map::{Clock, Interval};
use super::tally::Tally;

/// Sections with the same two durations share their scrapes \[ns\]: how far stamps may be
/// apart, and the interval (0: it stands in a column).
type Key = (i64, i64);

fn key(clock: &Clock) -> Option<Key> {
    let interval_ns = match clock.interval {
        Interval::Fixed(interval_ns) => interval_ns,
        Interval::Column(..) => 0,
    };
    (clock.join_ns > 0).then_some((clock.join_ns, interval_ns))
}

/// Stamps met so far.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    stamps: BTreeMap<Key, Vec<i64>>,
}

impl Stamps {
    /// Adds the stamps of rows that were read with this clock \[ns since 1970\].
    pub(super) fn extend(&mut self, clock: &Clock, stamps: impl Iterator<Item = i64>) {
        let Some(key) = key(clock) else { return };
        let all = self.stamps.entry(key).or_default();
        all.extend(stamps);
        all.sort_unstable();
        all.dedup();
    }

    /// The scrapes that the stamps make.
    pub(super) fn join(self, tally: &mut Tally) -> Scrapes {
        let join = |(key, stamps): (Key, Vec<i64>)| {
            let times = times(&stamps, key, tally);
            (key, (stamps, times))
        };
        Scrapes { times: self.stamps.into_iter().map(join).collect() }
    }
}

/// The time of every stamp.
#[derive(Debug, Default)]
pub(super) struct Scrapes {
    /// Stamps in ascending order, and the time of each.
    times: BTreeMap<Key, (Vec<i64>, Vec<i64>)>,
}

impl Scrapes {
    /// The time of the scrape that a stamp belongs to; the stamp itself if the clock joins nothing.
    pub(super) fn time(&self, clock: &Clock, stamp_ns: i64) -> i64 {
        let joined = key(clock).and_then(|key| self.times.get(&key)).and_then(|(stamps, times)| {
            stamps.binary_search(&stamp_ns).ok().and_then(|i| times.get(i).copied())
        });
        joined.unwrap_or(stamp_ns)
    }
}

/// The time of each stamp (ascending, distinct).
fn times(stamps: &[i64], (join_ns, interval_ns): Key, tally: &mut Tally) -> Vec<i64> {
    let mut times = Vec::with_capacity(stamps.len());
    let mut before: Option<i64> = None;
    let mut longest = (0, 0);
    for scrape in stamps.chunk_by(|a, b| b - a < join_ns) {
        let (first, last) = (scrape[0], scrape[scrape.len() - 1]);
        longest = longest.max((last - first, first));
        let time = before.and_then(|before| on_beat(before, first, (join_ns, interval_ns))).unwrap_or(first);
        before = Some(time);
        times.extend(scrape.iter().map(|_| time));
    }
    if interval_ns > 0 && longest.0 >= interval_ns {
        let (length, start) = longest;
        let at = super::times::to_rfc3339(start).unwrap_or_default();
        tally.note(format!(
            "stamps run into each other for {} s from {at} on, longer than an interval: time_join is too long for these tables",
            length / 1_000_000_000
        ));
    }
    times
}

/// The whole number of intervals after `before` that lies less than `join_ns` from `stamp`.
fn on_beat(before: i64, stamp: i64, (join_ns, interval_ns): Key) -> Option<i64> {
    if interval_ns <= 0 {
        return None;
    }
    let intervals = (stamp - before).saturating_add(interval_ns / 2) / interval_ns;
    let time = before.saturating_add(intervals.saturating_mul(interval_ns));
    (intervals > 0 && (stamp - time).abs() < join_ns).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    fn joined(stamps: &[i64], join_s: i64) -> Vec<i64> {
        let stamps: Vec<i64> = stamps.iter().map(|s| s * S).collect();
        let mut tally = Tally::default();
        times(&stamps, (join_s * S, 60 * S), &mut tally).into_iter().map(|t| t / S).collect()
    }

    #[test]
    fn stamps_near_each_other_make_one_scrape_on_the_beat() {
        assert_eq!(joined(&[19, 20, 21, 78, 80, 142, 143], 10), [19, 19, 19, 79, 79, 139, 139]);
        // Another second of the minute on another day; a missing scrape in between.
        assert_eq!(joined(&[19, 20, 1_000, 1_003, 1_121], 10), [19, 19, 1_000, 1_000, 1_120]);
        // A gap of exactly the given length parts.
        assert_eq!(joined(&[0, 10, 19], 10), [0, 10, 10]);
    }

    #[test]
    fn a_drift_is_followed_by_no_more_than_the_given_length() {
        let stamps: Vec<i64> = (0..100).map(|minute| minute * 61).collect();
        let times = joined(&stamps, 10);
        assert!(stamps.iter().zip(&times).all(|(stamp, time)| (stamp - time).abs() < 10));
        assert!(times.windows(2).all(|pair| pair[1] > pair[0]));
    }

    #[test]
    fn stamps_without_gaps_are_told() {
        let mut tally = Tally::default();
        let stamps: Vec<i64> = (0..30).map(|i| i * 5 * S).collect();
        assert_eq!(times(&stamps, (10 * S, 60 * S), &mut tally), [0; 30]);
        let notes = tally.into_notes();
        assert!(notes[0].starts_with("stamps run into each other for 145 s from 1970-01-01T00:00:00Z on"));
    }
}
