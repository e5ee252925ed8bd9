//! Keys that say when a row's interval begins and ends, the same for every section of intervals.

use super::section::{Problems, Section};
use crate::import::times::{TimeKind, TimeSpec};

/// Units of numbers that count time \[ns\].
pub(super) const NUMERIC_UNITS: &[(&str, i64)] =
    &[("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// When the interval of a row begins and ends.
#[derive(Clone, Debug)]
pub(in crate::import) struct Clock {
    /// Column of the time.
    pub(in crate::import) time: String,
    pub(in crate::import) spec: TimeSpec,
    /// Times are moved to the nearest multiple of this \[ns\]; 0: left alone.
    pub(in crate::import) round_ns: i64,
    /// Times less than this apart belong to one scrape \[ns\]; 0: every time is its own.
    pub(in crate::import) join_ns: i64,
    pub(in crate::import) stamp: Stamp,
    pub(in crate::import) interval: Interval,
}

/// Which end of its interval a time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Stamp {
    Start,
    End,
}

/// How long a measurement's interval is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum Interval {
    /// Always this long \[ns\].
    Fixed(i64),
    /// As long as a column says, in units of this many nanoseconds.
    Column(String, i64),
}

impl Clock {
    /// Column of the interval, if it is not fixed.
    pub(in crate::import) const fn interval_column(&self) -> Option<&String> {
        match &self.interval {
            Interval::Column(column, _) => Some(column),
            Interval::Fixed(_) => None,
        }
    }

    /// Columns that are read.
    pub(in crate::import) fn columns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.time).chain(self.interval_column()).map(String::as_str)
    }
}

/// Reads `time` with its unit, `time_round`, `time_join`, `stamp` and `interval`.
pub(super) fn read_clock(section: &mut Section<'_>, problems: &mut Problems) -> Clock {
    let time = section.required("time", problems);
    let spec = required_time_spec(section, problems);
    let stamp = required_choice(section, "stamp", &[("start", Stamp::Start), ("end", Stamp::End)], problems);
    let offset = section.offset_of("time_join");
    let clock = Clock {
        time,
        spec,
        round_ns: section.duration("time_round", problems).unwrap_or(0),
        join_ns: section.duration("time_join", problems).unwrap_or(0),
        stamp: stamp.unwrap_or(Stamp::End),
        interval: read_interval(section, problems),
    };
    if clock.round_ns > 0 && clock.join_ns > 0 {
        let key = section.key("time_join");
        problems.add(offset, format!("{key}: time_round is given too; one of them suffices"));
    }
    if let Interval::Fixed(interval_ns) = clock.interval
        && interval_ns > 0
        && clock.join_ns.saturating_mul(2) > interval_ns
    {
        let key = section.key("time_join");
        problems.add(offset, format!("{key}: at most half of the interval, or scrapes run into each other"));
    }
    clock
}

/// Reads `time_unit`, `time_format` and `time_keep_before`, the unit or the format being required.
pub(super) fn required_time_spec(section: &mut Section<'_>, problems: &mut Problems) -> TimeSpec {
    if !section.has("time_unit") && !section.has("time_format") {
        problems.add(section.offset(), format!("{} or time_format is missing", section.key("time_unit")));
    }
    read_time_spec(section, problems).unwrap_or_else(TimeSpec::rfc3339)
}

/// Reads `time_unit`, `time_format` and `time_keep_before`; `None` if neither of the first two is given.
pub(super) fn read_time_spec(section: &mut Section<'_>, problems: &mut Problems) -> Option<TimeSpec> {
    let mut units: Vec<(&'static str, Option<i64>)> = vec![("rfc3339", None)];
    units.extend(NUMERIC_UNITS.iter().map(|(name, factor)| (*name, Some(*factor))));
    let offset = section.offset_of("time_format");
    let unit = section.choice("time_unit", &units, problems);
    let format = section.text("time_format", problems);
    let keep_before = section.text("time_keep_before", problems);
    let kind = match (unit, format) {
        (Some(_), Some(_)) => {
            let key = section.key("time_format");
            problems.add(offset, format!("{key}: time_unit is given too; one of them suffices"));
            return None;
        },
        (Some(Some(factor)), None) => TimeKind::Scaled(factor),
        (Some(None), None) => TimeKind::Rfc3339,
        (None, Some(format)) => TimeKind::Format(format),
        (None, None) => return None,
    };
    Some(TimeSpec { kind, keep_before })
}

/// One of a few words, which must be given.
pub(super) fn required_choice<T: Copy>(
    section: &mut Section<'_>,
    key: &'static str,
    choices: &[(&'static str, T)],
    problems: &mut Problems,
) -> Option<T> {
    if !section.has(key) {
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        problems.add(section.offset(), format!("{} is missing ({})", section.key(key), words.join(" or ")));
    }
    section.choice(key, choices, problems)
}

/// `interval = "300s"` or `interval = { column = "duration", unit = "s" }`.
fn read_interval(section: &mut Section<'_>, problems: &mut Problems) -> Interval {
    if !section.has("interval") {
        problems.add(section.offset(), format!("{} is missing", section.key("interval")));
        return Interval::Fixed(0);
    }
    if !section.is_section("interval") {
        return Interval::Fixed(section.duration("interval", problems).unwrap_or(0));
    }
    let Some(mut entry) = section.section("interval", problems) else { return Interval::Fixed(0) };
    let column = entry.required("column", problems);
    let unit = required_choice(&mut entry, "unit", NUMERIC_UNITS, problems);
    entry.finish(problems);
    Interval::Column(column, unit.unwrap_or(1))
}
