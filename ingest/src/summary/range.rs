//! How long a run is, and how finely it was recorded.

use std::collections::BTreeMap;

use arrow::array::Array as _;
use infra_eventlog::batch::Interner;
use infra_eventlog::metadata::{TimeUnit, Visibility};
use infra_eventlog::run::Table;
use infra_eventlog::schema::TableKind;
use infra_eventlog::{Run, RunError};

/// Tables whose time makes the run's time range.
const TIMED: [TableKind; 5] =
    [TableKind::Events, TableKind::Metrics, TableKind::Spans, TableKind::Logs, TableKind::Calls];

/// First and last instant of a run [ns since its origin], `None` if it has no rows.
///
/// Taken from the footers' statistics; row groups without statistics are read (time column only).
///
/// # Errors
/// [`RunError`] if such a row group is damaged.
pub fn time_range(run: &Run) -> Result<Option<(i64, i64)>, RunError> {
    let mut range: Option<(i64, i64)> = None;
    let mut grow = |lo: i64, hi: i64| {
        range = Some(range.map_or((lo, hi), |(a, b)| (a.min(lo), b.max(hi))));
    };
    for table in TIMED.iter().filter_map(|kind| run.table(*kind)) {
        let column = table.kind().time_column().unwrap_or("time_ns");
        if table.kind() == TableKind::Events && has_mechanisms(run) {
            if let Some((lo, hi)) = observed_range(run, table)? {
                grow(lo, hi);
            }
            continue;
        }
        let known: Vec<_> = table.parts().iter().flat_map(|p| p.int_ranges(column)).collect();
        if known.iter().all(Option::is_some) {
            known.into_iter().flatten().for_each(|(lo, hi)| grow(lo, hi));
            continue;
        }
        for rows in table.read(&[column]) {
            let rows = rows?;
            if let Some(times) = rows.ints(column) {
                for time in times.iter().flatten() {
                    grow(time, time);
                }
            }
        }
    }
    Ok(range)
}

/// Whether the run declares event types that are a simulator's inner truth.
fn has_mechanisms(run: &Run) -> bool {
    run.metadata().event_types.iter().any(|t| t.visibility == Visibility::Mechanism)
}

/// Range of the rows that an operator could have seen: inner truth must not move the grid.
fn observed_range(run: &Run, table: &Table) -> Result<Option<(i64, i64)>, RunError> {
    let mut names = Interner::default();
    let mut hidden: Vec<bool> = Vec::new();
    let mut range: Option<(i64, i64)> = None;
    for rows in table.read(&["time_ns", "event_type"]) {
        let rows = rows?;
        let time = rows.require_ints("time_ns")?;
        let types = rows.require_texts("event_type")?.intern(rows.len(), &mut names);
        let visibility = |name| run.metadata().event_type(name).visibility == Visibility::Mechanism;
        hidden.extend(names.names().skip(hidden.len()).map(visibility).collect::<Vec<_>>());
        for (time, kind) in time.values().iter().zip(types) {
            if kind.is_some_and(|k| !hidden[k as usize]) {
                range = Some(range.map_or((*time, *time), |(a, b)| (a.min(*time), b.max(*time))));
            }
        }
    }
    Ok(range)
}

/// The run's own resolution \[ns\]: a tick; the interval of its metrics (the shortest among the
/// first rows); the median step between the first observations of a service (rows with a signal),
/// else between the first events; for spans and logs alone the
/// smallest of 1, 2, 5, 10, 30, 60, ... seconds that gives at most 512 windows; else a millisecond.
pub(super) fn natural_resolution(run: &Run) -> Result<i64, RunError> {
    let time = &run.metadata().time;
    if time.unit == TimeUnit::Tick {
        return Ok(time.tick_ns.max(1));
    }
    for kind in [TableKind::Metrics, TableKind::Calls] {
        let Some(table) = run.table(kind) else { continue };
        if let Some(rows) = table.read(&["interval_ns"]).next() {
            let rows = rows?;
            let shortest = rows.ints("interval_ns").and_then(|c| c.iter().flatten().filter(|v| *v > 0).min());
            if let Some(interval) = shortest {
                return Ok(interval);
            }
        }
    }
    if let Some(step) = step_of_events(run)? {
        return Ok(step);
    }
    if run.table(TableKind::Spans).or_else(|| run.table(TableKind::Logs)).is_some()
        && let Some((first, last)) = time_range(run)?
    {
        let length = last.saturating_sub(first);
        let fits = |seconds: &i64| length / (seconds * 1_000_000_000) < 512;
        return Ok(NICE_S.into_iter().find(fits).unwrap_or(86_400) * 1_000_000_000);
    }
    Ok(1_000_000)
}

/// The median step between observations of one service among the first events; where no row has a
/// signal, between the events themselves. A simulator's inner truth does not count.
fn step_of_events(run: &Run) -> Result<Option<i64>, RunError> {
    let Some(table) = run.table(TableKind::Events) else { return Ok(None) };
    let signals: Vec<&str> = run.metadata().signals.iter().map(|s| s.name.as_str()).collect();
    let mut columns = vec!["time_ns", "event_type", "service"];
    columns.extend(&signals);
    let Some(rows) = table.read(&columns).next() else { return Ok(None) };
    let rows = rows?;
    let mut names = Interner::default();
    let types = rows.require_texts("event_type")?.intern(rows.len(), &mut names);
    let hidden: Vec<bool> =
        names.names().map(|n| run.metadata().event_type(n).visibility == Visibility::Mechanism).collect();
    let observed = |kind: &Option<u32>| kind.is_some_and(|k| !hidden[k as usize]);
    let mut services = Interner::default();
    let service_of = rows.texts("service")?.map(|c| c.intern(rows.len(), &mut services)).unwrap_or_default();
    let values: Vec<_> = signals.iter().filter_map(|signal| rows.floats(signal)).collect();
    let mut last: BTreeMap<u32, i64> = BTreeMap::new();
    let (mut of_service, mut of_events, mut before) = (Vec::new(), Vec::new(), None);
    for (i, time) in rows.require_ints("time_ns")?.values().iter().enumerate().take(FIRST_ROWS) {
        if !types.get(i).is_some_and(observed) {
            continue;
        }
        of_events.extend(before.replace(*time).map(|b: i64| time.saturating_sub(b)));
        let Some(service) = service_of.get(i).copied().flatten() else { continue };
        if values.iter().any(|v| v.is_valid(i)) {
            of_service.extend(last.insert(service, *time).map(|b| time.saturating_sub(b)));
        }
    }
    Ok(middle(of_service).or_else(|| middle(of_events)))
}

/// The median of the steps that are any.
fn middle(mut steps: Vec<i64>) -> Option<i64> {
    steps.retain(|step| *step > 0);
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied()
}

/// Events that are looked at for the run's resolution.
const FIRST_ROWS: usize = 20_000;

/// Widths for runs without a resolution of their own \[s\].
const NICE_S: [i64; 13] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400];
