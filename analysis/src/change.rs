//! Finding an incident that nobody declared, in series without thresholds.
//!
//! The first third of the log stands for normal. An incident begins where a series that says how
//! a service fares leaves its usual range by `found_z` scales for `onset_run` windows in a row,
//! and ends when no series is beyond the range any more. This is deliberately blunt: it needs a
//! clear change, and a report says that the incident was found here rather than declared.

use infra_eventlog::signal::{Role, Worse, role};
use infra_ingest::Summary;
use infra_ingest::frames::WindowRow;
use infra_ingest::grid::SegmentKind;

use crate::constants::Constants;
use crate::heads::Calibration;

/// Fewest windows that can stand for normal.
const FEWEST_NORMAL: usize = 8;

/// First and last-plus-one instant of trouble \[ns since the run's origin\].
#[must_use]
pub fn find(summary: &Summary, constants: &Constants) -> Option<(i64, i64)> {
    let windows: Vec<u32> = summary
        .grid
        .segments()
        .iter()
        .filter(|s| s.kind == SegmentKind::Whole)
        .flat_map(|s| s.first_window..s.first_window + s.windows())
        .collect();
    let boundary = *windows.get(windows.len() / 3)?;
    let rows = summary.windows.rows();
    let mut found: Option<(i64, i64)> = None;
    let mut start = 0;
    while start < rows.len() {
        let series = rows[start].series_idx;
        let end = start + rows[start..].partition_point(|w| w.series_idx == series);
        let spec = summary.series.rows().get(series as usize);
        if let Some(sign) = spec.and_then(|s| bad_direction(&s.signal))
            && let Some((first, last)) = trouble(&rows[start..end], boundary, sign, constants)
        {
            let begin = summary.grid.bounds(first).map_or(0, |b| b.1);
            let finish = summary.grid.bounds(last).map_or(i64::MAX, |b| b.2);
            found = Some(found.map_or((begin, finish), |(a, b)| (a.min(begin), b.max(finish))));
        }
        start = end;
    }
    found
}

/// First and last window of trouble of one series.
fn trouble(rows: &[WindowRow], boundary: u32, sign: f64, c: &Constants) -> Option<(u32, u32)> {
    let normal: Vec<f64> = rows.iter().filter(|w| w.window < boundary).map(WindowRow::mean).collect();
    if normal.len() < FEWEST_NORMAL {
        return None;
    }
    let calibration =
        Calibration::from_normal(&normal, sign, |base| (c.floor_share * base.abs()).max(1e-9), c)?;
    let later: Vec<&WindowRow> = rows.iter().filter(|w| w.window >= boundary).collect();
    let run = c.onset_run as usize;
    let beyond = |w: &WindowRow| calibration.z(w.mean(), sign) >= c.found_z;
    let first = later.windows(run).find(|w| w.iter().all(|w| beyond(w)))?.first()?.window;
    let last = later.iter().rev().find(|w| calibration.z(w.mean(), sign) >= c.onset_z)?.window;
    Some((first, last.max(first)))
}

/// 1 if higher is worse, -1 if lower is; `None` for signals that say nothing of how a service fares.
fn bad_direction(signal: &str) -> Option<f64> {
    match role(signal) {
        Role::Other | Role::Requests => None,
        _ => infra_eventlog::signal::standard_signal(signal)
            .map(|s| if s.worse == Worse::Low { -1.0 } else { 1.0 }),
    }
}
