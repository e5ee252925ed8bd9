//! The sections beside `[metrics]`: edges, services, incidents, periods and objectives.

use infra_eventlog::metadata::{Period, PeriodKind, SloSpec};

use super::metrics::{MetricsMap, read_time_spec};
use super::section::{Problems, Section};
use crate::import::times::{TimeKind, TimeSpec};

/// How dependency tables are read.
#[derive(Clone, Debug)]
pub(in crate::import) enum EdgesMap {
    /// One edge a row.
    List {
        /// Column of the dependent.
        from: String,
        /// Column of the dependency.
        to: String,
        kind: Option<String>,
        weight: Option<String>,
        scope: Option<String>,
    },
    /// One row and one column a service; a cell that is not zero is an edge.
    Matrix {
        /// Column of the row names; `None`: the first one.
        row_names: Option<String>,
        /// Whether the row's service depends on the column's, or the other way round.
        row_depends_on_column: bool,
    },
}

/// How service tables are read: column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct ServicesMap {
    pub(in crate::import) id: String,
    pub(in crate::import) kind: Option<String>,
    pub(in crate::import) tier: Option<String>,
    pub(in crate::import) scope: Option<String>,
}

/// How incidents are read: dotted field paths, or column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct IncidentsMap {
    pub(in crate::import) id: String,
    pub(in crate::import) scope: Option<String>,
    pub(in crate::import) service: Option<String>,
    pub(in crate::import) signal: Option<String>,
    pub(in crate::import) statistic: Option<String>,
    pub(in crate::import) time: Option<String>,
    pub(in crate::import) start: Option<String>,
    pub(in crate::import) end: Option<String>,
    pub(in crate::import) time_spec: TimeSpec,
    /// Window around the time \[ns\].
    pub(in crate::import) around: Option<(i64, i64)>,
}

pub(super) fn read_edges(mut section: Section<'_>, problems: &mut Problems) -> EdgesMap {
    if !section.has("layout") {
        problems.add(section.offset(), "[edges] layout is missing (\"list\" or \"matrix\")".to_owned());
    }
    let map = match section.choice("layout", &[("list", false), ("matrix", true)], problems) {
        Some(true) => {
            if !section.has("direction") {
                let words = "\"row_depends_on_column\" or \"column_depends_on_row\"";
                problems.add(section.offset(), format!("[edges] direction is missing ({words})"));
            }
            let choices = [("row_depends_on_column", true), ("column_depends_on_row", false)];
            EdgesMap::Matrix {
                row_names: section.text("row_names", problems),
                row_depends_on_column: section.choice("direction", &choices, problems).unwrap_or(true),
            }
        },
        _ => EdgesMap::List {
            from: section.required("from", problems),
            to: section.required("to", problems),
            kind: section.text("kind", problems),
            weight: section.text("weight", problems),
            scope: section.text("scope", problems),
        },
    };
    section.finish(problems);
    map
}

pub(super) fn read_services(mut section: Section<'_>, problems: &mut Problems) -> ServicesMap {
    let map = ServicesMap {
        id: section.required("id", problems),
        kind: section.text("kind", problems),
        tier: section.text("tier", problems),
        scope: section.text("scope", problems),
    };
    section.finish(problems);
    map
}

pub(super) fn read_incidents(
    mut section: Section<'_>,
    metrics: Option<&MetricsMap>,
    problems: &mut Problems,
) -> IncidentsMap {
    let offset = section.offset();
    let around = (section.duration("before", problems), section.duration("after", problems));
    let map = IncidentsMap {
        id: section.required("id", problems),
        scope: section.text("scope", problems),
        service: section.text("service", problems),
        signal: section.text("signal", problems),
        statistic: section.text("statistic", problems),
        time: section.text("time", problems),
        start: section.text("start", problems),
        end: section.text("end", problems),
        time_spec: read_time_spec(&mut section, problems)
            .or_else(|| metrics.map(|m| m.time_spec.clone()))
            .unwrap_or(rfc3339()),
        around: match around {
            (None, None) => None,
            (before, after) => Some((before.unwrap_or(0), after.unwrap_or(0))),
        },
    };
    section.finish(problems);
    if map.start.is_some() != map.end.is_some() {
        problems.add(offset, "[incidents] start and end go together".to_owned());
    }
    if map.around.is_some() && map.time.is_none() {
        problems.add(offset, "[incidents] before and after need time".to_owned());
    }
    let has_window = map.start.is_some() || map.around.is_some();
    if !has_window && metrics.is_some_and(|m| m.incident.is_none()) {
        problems.add(offset, "[incidents] nothing tells an incident's window (hint: give start and end, or time with before and after, or [metrics] incident)".to_owned());
    }
    map
}

pub(super) fn read_period(
    mut section: Section<'_>,
    metrics: Option<&MetricsMap>,
    problems: &mut Problems,
) -> Option<Period> {
    const KINDS: &[(&str, PeriodKind)] = &[
        ("normal", PeriodKind::Normal),
        ("incident", PeriodKind::Incident),
        ("excluded", PeriodKind::Excluded),
        ("warmup", PeriodKind::Warmup),
    ];
    let offset = section.offset();
    for key in ["kind", "start", "end"] {
        if !section.has(key) {
            problems.add(offset, format!("[[periods]] {key} is missing"));
        }
    }
    let kind = section.choice("kind", KINDS, problems);
    let start = read_instant(&mut section, "start", metrics, problems);
    let end = read_instant(&mut section, "end", metrics, problems);
    section.finish(problems);
    let period = Period { kind: kind?, start_ns: start?, end_ns: end?, lead_end_ns: None };
    if period.end_ns <= period.start_ns {
        problems.add(offset, "[[periods]] ends before it starts".to_owned());
    }
    Some(period)
}

/// A time in the metrics' numeric unit or in RFC 3339.
fn read_instant(
    section: &mut Section<'_>,
    key: &'static str,
    metrics: Option<&MetricsMap>,
    problems: &mut Problems,
) -> Option<i64> {
    let offset = section.offset_of(key);
    let written = section.written(key, problems)?;
    let spec = metrics.map_or_else(rfc3339, |m| m.time_spec.clone());
    let instant = spec.text(&written);
    if instant.is_none() {
        let shown = written.escape_debug();
        let unit = if matches!(spec.kind, TimeKind::Scaled(_)) {
            format!("{} or RFC 3339", spec.expected())
        } else {
            spec.expected()
        };
        problems.add(offset, format!("[[periods]] {key}: cannot read `{shown}` as a time ({unit})"));
    }
    instant
}

pub(super) fn read_slo(mut section: Section<'_>, problems: &mut Problems) -> SloSpec {
    let offset = section.offset();
    if !section.has("objective") {
        problems.add(offset, "[[slos]] objective is missing".to_owned());
    }
    let slo = SloSpec {
        service: section.text("service", problems).unwrap_or_else(|| "*".to_owned()),
        signal: section.required("signal", problems),
        objective: section.number("objective", problems).unwrap_or(0.0),
        window_ns: section.duration("window", problems).unwrap_or(0),
    };
    section.finish(problems);
    slo
}

const fn rfc3339() -> TimeSpec {
    TimeSpec { kind: TimeKind::Rfc3339, keep_before: None }
}
