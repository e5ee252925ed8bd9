//! The section `[metrics]`: where a measurement's time, service, signal and value stand.

use std::collections::BTreeMap;

use infra_eventlog::signal::Worse;

use super::clock::{Clock, read_clock, required_choice};
use super::rules::read_service_rules;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::service_rule::ServiceRule;

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
    pub(in crate::import) source: Source,
    pub(in crate::import) layout: Layout,
    pub(in crate::import) clock: Clock,
    pub(in crate::import) service: String,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    pub(in crate::import) incident: Option<String>,
    pub(in crate::import) scope: Option<String>,
    pub(in crate::import) ignore: Vec<String>,
    /// Rows of a service that no other table names are left out.
    pub(in crate::import) known_services: bool,
    /// A metric table that no row of matches the filters is read whole.
    pub(in crate::import) fallback_scope: bool,
    /// For signals of the long layout that the map does not list.
    pub(in crate::import) duplicates: Duplicates,
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

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> MetricsMap {
    let source = read_source(&mut section, problems);
    let clock = read_clock(&mut section, problems);
    let duplicates = section.choice("duplicates", DUPLICATES, problems).unwrap_or_default();
    let map = MetricsMap {
        source,
        layout: read_layout(&mut section, duplicates, problems),
        clock,
        service: section.required("service", problems),
        service_rules: read_service_rules(&mut section, problems),
        incident: section.text("incident", problems),
        scope: section.text("scope", problems),
        ignore: section.texts("ignore", problems),
        known_services: section.flag("known_services", problems),
        fallback_scope: section.flag("fallback_scope", problems),
        duplicates,
    };
    section.finish(problems);
    map
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
