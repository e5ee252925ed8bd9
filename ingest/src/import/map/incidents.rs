//! The sections `[incidents]`, `[[periods]]` and `[[excluded]]`: which time is what.

use infra_eventlog::metadata::{Period, PeriodKind};

use super::clock::read_time_spec;
use super::metrics::MetricsMap;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::times::{TimeKind, TimeSpec};

/// How incidents are read: dotted field paths, or column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct IncidentsMap {
    pub(in crate::import) source: Source,
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
    /// How long after its window an incident may still be felt: neither incident nor normal
    /// \[ns\].
    pub(in crate::import) settle_ns: i64,
}

/// How times that are not to be taken for normal are read.
#[derive(Clone, Debug)]
pub(in crate::import) struct ExcludedMap {
    pub(in crate::import) source: Source,
    /// Field of a record that holds the time; `None`: the file is an array of times.
    pub(in crate::import) time: Option<String>,
    pub(in crate::import) time_spec: TimeSpec,
    /// What is left out before and after each time \[ns\].
    pub(in crate::import) around: (i64, i64),
}

pub(super) fn read_incidents(
    mut section: Section<'_>,
    metrics: &[MetricsMap],
    problems: &mut Problems,
) -> IncidentsMap {
    let offset = section.offset();
    let around = (section.duration("before", problems), section.duration("after", problems));
    let map = IncidentsMap {
        source: read_source(&mut section, problems),
        id: section.required("id", problems),
        scope: section.text("scope", problems),
        service: section.text("service", problems),
        signal: section.text("signal", problems),
        statistic: section.text("statistic", problems),
        time: section.text("time", problems),
        start: section.text("start", problems),
        end: section.text("end", problems),
        time_spec: read_time_spec(&mut section, problems)
            .or_else(|| metrics.first().map(|m| m.clock.spec.clone()))
            .unwrap_or_else(TimeSpec::rfc3339),
        around: match around {
            (None, None) => None,
            (before, after) => Some((before.unwrap_or(0), after.unwrap_or(0))),
        },
        settle_ns: section.duration("settle", problems).unwrap_or(0),
    };
    section.finish(problems);
    if map.start.is_some() != map.end.is_some() {
        problems.add(offset, "[incidents] start and end go together".to_owned());
    }
    if map.around.is_some() && map.time.is_none() {
        problems.add(offset, "[incidents] before and after need time".to_owned());
    }
    let has_window = map.start.is_some() || map.around.is_some();
    if !has_window && !metrics.is_empty() && metrics.iter().all(|m| m.incident.is_none()) {
        problems.add(offset, "[incidents] nothing tells an incident's window (hint: give start and end, or time with before and after, or [metrics] incident)".to_owned());
    }
    map
}

pub(super) fn read_period(
    mut section: Section<'_>,
    metrics: &[MetricsMap],
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
    let period = Period { kind: kind?, start_ns: start?, end_ns: end?, lead_end_ns: None, scope: None };
    if period.end_ns <= period.start_ns {
        problems.add(offset, "[[periods]] ends before it starts".to_owned());
    }
    Some(period)
}

/// A time in the metrics' numeric unit or in RFC 3339.
fn read_instant(
    section: &mut Section<'_>,
    key: &'static str,
    metrics: &[MetricsMap],
    problems: &mut Problems,
) -> Option<i64> {
    let offset = section.offset_of(key);
    let written = section.written(key, problems)?;
    let spec = metrics.first().map_or_else(TimeSpec::rfc3339, |m| m.clock.spec.clone());
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

pub(super) fn read_excluded(mut section: Section<'_>, problems: &mut Problems) -> ExcludedMap {
    let offset = section.offset();
    let around = (section.duration("before", problems), section.duration("after", problems));
    if around == (None, None) && !section.has("before") && !section.has("after") {
        problems.add(offset, "[[excluded]] before or after is missing".to_owned());
    }
    let map = ExcludedMap {
        source: read_source(&mut section, problems),
        time: section.text("time", problems),
        time_spec: read_time_spec(&mut section, problems).unwrap_or_else(TimeSpec::rfc3339),
        around: (around.0.unwrap_or(0), around.1.unwrap_or(0)),
    };
    section.finish(problems);
    map
}
