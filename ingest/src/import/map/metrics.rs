//! The section `[metrics]`: where a measurement's time, service, signal and value stand.

use std::collections::BTreeMap;

use infra_eventlog::signal::Worse;

use super::section::{Problems, Section};
use crate::import::service_rule::ServiceRule;
use crate::import::times::{TimeKind, TimeSpec};

/// Statistics of the run format.
pub(super) const STATISTICS: &[(&str, &str)] = &[
    ("mean", "mean"),
    ("p50", "p50"),
    ("p90", "p90"),
    ("p95", "p95"),
    ("p99", "p99"),
    ("sum", "sum"),
    ("max", "max"),
    ("last", "last"),
];

/// Statistic of signals that say nothing about it.
const DEFAULT_STATISTIC: &str = "mean";

/// How metric tables are read.
#[derive(Clone, Debug)]
pub(in crate::import) struct MetricsMap {
    pub(in crate::import) layout: Layout,
    pub(in crate::import) time: String,
    pub(in crate::import) time_spec: TimeSpec,
    /// Times are moved to the nearest multiple of this \[ns\]; 0: left alone.
    pub(in crate::import) time_round_ns: i64,
    pub(in crate::import) stamp: Stamp,
    pub(in crate::import) interval: Interval,
    pub(in crate::import) service: String,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    pub(in crate::import) incident: Option<String>,
    pub(in crate::import) scope: Option<String>,
    pub(in crate::import) ignore: Vec<String>,
    /// A metric table that no row of matches the filters is read whole.
    pub(in crate::import) fallback_scope: bool,
    /// For signals of the long layout that the map does not list.
    pub(in crate::import) duplicates: Duplicates,
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

/// Where signal and value stand.
#[derive(Clone, Debug)]
pub(in crate::import) enum Layout {
    /// One value a row.
    Long {
        signal: String,
        statistic: Option<String>,
        value: String,
        /// Listed signals, by the name in the file.
        signals: BTreeMap<String, SignalMap>,
        /// Statistics, by the name in the file.
        statistics: BTreeMap<String, String>,
    },
    /// One column a signal and statistic, by column name.
    Wide(BTreeMap<String, SignalMap>),
}

/// What a signal of the file becomes.
#[derive(Clone, Debug)]
pub(in crate::import) struct SignalMap {
    pub(in crate::import) name: String,
    pub(in crate::import) statistic: String,
    pub(in crate::import) scale: f64,
    pub(in crate::import) unit: Option<String>,
    pub(in crate::import) worse: Option<Worse>,
    pub(in crate::import) duplicates: Duplicates,
}

/// What becomes of several rows of the same time, service, signal and statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import) enum Duplicates {
    /// The first one stays, the others are counted.
    #[default]
    First,
    /// Their mean.
    Mean,
    /// Their largest.
    Max,
    /// Their sum.
    Sum,
}

const DUPLICATES: &[(&str, Duplicates)] = &[
    ("first", Duplicates::First),
    ("mean", Duplicates::Mean),
    ("max", Duplicates::Max),
    ("sum", Duplicates::Sum),
];

impl SignalMap {
    /// A signal that passes through under its own name.
    pub(in crate::import) fn unlisted(name: &str, duplicates: Duplicates) -> Self {
        let statistic = DEFAULT_STATISTIC.to_owned();
        Self { name: name.to_owned(), statistic, scale: 1.0, unit: None, worse: None, duplicates }
    }
}

/// Units of numbers that count time \[ns\].
const NUMERIC_UNITS: &[(&str, i64)] = &[("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> MetricsMap {
    let time = section.required("time", problems);
    if !section.has("time_unit") && !section.has("time_format") {
        problems.add(section.offset(), format!("{} or time_format is missing", section.key("time_unit")));
    }
    let time_spec = read_time_spec(&mut section, problems);
    let duplicates = section.choice("duplicates", DUPLICATES, problems).unwrap_or_default();
    let stamp =
        required_choice(&mut section, "stamp", &[("start", Stamp::Start), ("end", Stamp::End)], problems);
    let map = MetricsMap {
        layout: read_layout(&mut section, duplicates, problems),
        time,
        time_spec: time_spec.unwrap_or(TimeSpec { kind: TimeKind::Rfc3339, keep_before: None }),
        time_round_ns: section.duration("time_round", problems).unwrap_or(0),
        stamp: stamp.unwrap_or(Stamp::End),
        interval: read_interval(&mut section, problems),
        service: section.required("service", problems),
        service_rules: read_service_rules(&mut section, problems),
        incident: section.text("incident", problems),
        scope: section.text("scope", problems),
        ignore: section.texts("ignore", problems),
        fallback_scope: section.flag("fallback_scope", problems),
        duplicates,
    };
    section.finish(problems);
    map
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

fn required_choice<T: Copy>(
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

fn read_layout(section: &mut Section<'_>, duplicates: Duplicates, problems: &mut Problems) -> Layout {
    let is_wide = required_choice(section, "layout", &[("long", false), ("wide", true)], problems);
    let offset = section.offset();
    // Without a layout its own problem is told already; the keys that are there tell which is meant.
    if is_wide.unwrap_or_else(|| section.has("columns")) {
        let columns = read_signals(section, "columns", "signal", duplicates, problems);
        if columns.is_empty() {
            problems.add(
                offset,
                "[metrics.columns] is empty: the wide layout lists its value columns there".to_owned(),
            );
        }
        refuse_clashes(&columns, offset, problems);
        return Layout::Wide(columns);
    }
    Layout::Long {
        signal: section.required("signal", problems),
        statistic: section.text("statistic", problems),
        value: section.required("value", problems),
        signals: read_signals(section, "signals", "as", duplicates, problems),
        statistics: read_statistics(section, problems),
    }
}

/// Reads `[metrics.columns.NAME]` or `[metrics.signals.NAME]`; `name_key` holds our name.
fn read_signals(
    section: &mut Section<'_>,
    key: &'static str,
    name_key: &'static str,
    duplicates: Duplicates,
    problems: &mut Problems,
) -> BTreeMap<String, SignalMap> {
    let worse = [("high", Worse::High), ("low", Worse::Low), ("both", Worse::Both)];
    let mut signals = BTreeMap::new();
    for (raw, mut entry) in section.named_sections(key, problems) {
        let mut signal = SignalMap::unlisted(&raw, duplicates);
        signal.name = entry.text(name_key, problems).unwrap_or(signal.name);
        signal.statistic =
            entry.choice("statistic", STATISTICS, problems).unwrap_or(DEFAULT_STATISTIC).to_owned();
        signal.scale = entry.number("scale", problems).unwrap_or(1.0);
        signal.unit = entry.text("unit", problems);
        signal.worse = entry.choice("worse", &worse, problems);
        signal.duplicates = entry.choice("duplicates", DUPLICATES, problems).unwrap_or(duplicates);
        entry.finish(problems);
        signals.insert(raw, signal);
    }
    signals
}

/// Two columns of one signal and statistic make every row a duplicate; only a merge can mean that.
fn refuse_clashes(columns: &BTreeMap<String, SignalMap>, offset: usize, problems: &mut Problems) {
    let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (column, signal) in columns {
        let other = seen.insert((&signal.name, &signal.statistic), column);
        if let Some(other) = other.filter(|_| signal.duplicates == Duplicates::First) {
            let (a, b) = (other.escape_debug(), column.escape_debug());
            problems.add(
                offset,
                format!(
                    "[metrics.columns]: `{a}` and `{b}` both give {} of `{}` (hint: duplicates = \"mean\", \"max\" or \"sum\" merges them)",
                    signal.statistic,
                    signal.name.escape_debug()
                ),
            );
        }
    }
}

fn read_statistics(section: &mut Section<'_>, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut statistics = BTreeMap::new();
    for (raw, ours, offset) in section.named_texts("statistics", problems) {
        if !STATISTICS.iter().any(|(name, _)| *name == ours) {
            let known: Vec<&str> = STATISTICS.iter().map(|(name, _)| *name).collect();
            let (raw, ours) = (raw.escape_debug(), ours.escape_debug());
            let known = known.join(", ");
            problems
                .add(offset, format!("[metrics.statistics] {raw}: no statistic `{ours}` (known: {known})"));
        }
        statistics.insert(raw, ours);
    }
    statistics
}

/// Whether `name` is a statistic of the run format.
pub(in crate::import) fn is_statistic(name: &str) -> bool {
    STATISTICS.iter().any(|(known, _)| *known == name)
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

fn read_service_rules(section: &mut Section<'_>, problems: &mut Problems) -> Vec<ServiceRule> {
    let mut rules = Vec::new();
    for mut entry in section.list("service_rule", problems) {
        let offset = entry.offset();
        let before = rules.len();
        rules.extend(entry.text("strip_suffix", problems).map(ServiceRule::StripSuffix));
        rules.extend(entry.text("strip_after", problems).map(ServiceRule::StripAfter));
        rules.extend(entry.text("keep_before", problems).map(ServiceRule::KeepBefore));
        rules.extend(entry.flag("replicas", problems).then_some(ServiceRule::Replicas));
        let place = entry.key("").trim_end().to_owned();
        entry.finish(problems);
        if rules.len() != before + 1 {
            problems.add(offset, format!("{place}: one rule an entry, in the order in which they apply"));
        }
    }
    rules
}
