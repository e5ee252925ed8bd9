//! The calls table: how often services call each other, and what both ends see of it.

use std::collections::BTreeMap;

use arrow::array::{Array, Float64Array};
use infra_eventlog::Run;
use infra_eventlog::check::RowChecker;
use infra_eventlog::schema::TableKind;

use super::Services;
use crate::error::IngestError;
use crate::frames::{CallRow, EdgeMetricRow};
use crate::grid::WindowGrid;

const COLUMNS: &[&str] =
    &["time_ns", "interval_ns", "caller", "callee", "calls", "failed", "latency", "callee_latency"];

/// Reads the calls table. A row belongs to the window in which its interval starts.
pub(super) fn read(
    run: &Run,
    services: &mut Services,
    grid: &WindowGrid,
) -> Result<(Vec<CallRow>, Vec<EdgeMetricRow>), IngestError> {
    let Some(table) = run.table(TableKind::Calls) else { return Ok((Vec::new(), Vec::new())) };
    let mut sums: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
    let mut edges: BTreeMap<(u32, u32, u32), EdgeMetricRow> = BTreeMap::new();
    let mut checker = RowChecker::new(TableKind::Calls);
    for rows in table.read(COLUMNS) {
        let rows = rows?;
        checker.check(&rows);
        let (time, interval) = (rows.require_ints("time_ns")?, rows.require_ints("interval_ns")?);
        let caller = rows.require_texts("caller")?.intern(rows.len(), &mut services.names);
        let callee = rows.require_texts("callee")?.intern(rows.len(), &mut services.names);
        services.grow();
        let (calls, failed) = (rows.floats("calls"), rows.floats("failed"));
        let (ours, theirs) = (rows.floats("latency"), rows.floats("callee_latency"));
        for i in 0..rows.len() {
            let (Some(caller_idx), Some(callee_idx)) = (caller[i], callee[i]) else { continue };
            let sum = sums.entry((caller_idx, callee_idx)).or_default();
            sum.0 += value(calls, i).unwrap_or(0.0);
            sum.1 += value(failed, i).unwrap_or(0.0);
            let start = time.value(i).saturating_sub(interval.value(i).max(0));
            let (Some(ours), Some(theirs), Some(window)) =
                (value(ours, i), value(theirs, i), grid.window_of(start))
            else {
                continue;
            };
            let gap = (ours - theirs).max(0.0);
            let row = edges.entry((caller_idx, callee_idx, window)).or_insert_with(|| EdgeMetricRow {
                caller_idx,
                callee_idx,
                window,
                widest_s: -1.0,
                ..EdgeMetricRow::default()
            });
            row.count += 1;
            row.gap_s += gap;
            if gap > row.widest_s {
                (row.widest_s, row.widest_row, row.widest_ns) = (gap, rows.first_row() + i as i64, start);
            }
        }
    }
    checker.finish()?;
    let calls = sums
        .into_iter()
        .map(|((caller_idx, callee_idx), (calls, failed))| CallRow { caller_idx, callee_idx, calls, failed })
        .collect();
    Ok((calls, edges.into_values().collect()))
}

/// A finite value that is there.
fn value(column: Option<&Float64Array>, row: usize) -> Option<f64> {
    column.filter(|c| !c.is_null(row)).map(|c| c.value(row)).filter(|v| v.is_finite())
}

/// Adds calls seen in spans where the `calls` table counts none.
pub(super) fn merge(counted: &mut Vec<CallRow>, seen: Vec<CallRow>) {
    for call in seen {
        let key = |c: &CallRow| (c.caller_idx, c.callee_idx);
        match counted.binary_search_by_key(&key(&call), key) {
            Ok(i) if counted[i].calls <= 0.0 => counted[i] = call,
            Ok(_) => {},
            Err(i) => counted.insert(i, call),
        }
    }
}
