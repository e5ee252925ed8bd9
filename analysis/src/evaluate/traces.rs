//! Which incidents have spans after their trigger.

use infra_eventlog::schema::TableKind;
use infra_eventlog::{Run, RunError};

/// Whether a run has spans at all.
pub(super) fn has_spans(run: &Run) -> bool {
    run.table(TableKind::Spans).is_some_and(|t| t.rows() > 0)
}

/// For each incident of the run, whether a span starts in its window, after its lead. One column
/// is read, once.
///
/// # Errors
/// [`RunError`] if the table is damaged.
pub(super) fn incidents_with_spans(run: &Run) -> Result<Vec<bool>, RunError> {
    let incidents = &run.metadata().incidents;
    let mut found = vec![false; incidents.len()];
    let Some(table) = run.table(TableKind::Spans) else { return Ok(found) };
    let windows: Vec<(i64, i64)> =
        incidents.iter().map(|i| (i.lead_end_ns.unwrap_or(i.start_ns), i.end_ns)).collect();
    for rows in table.read(&["start_ns"]) {
        let rows = rows?;
        let mut starts: Vec<i64> = rows.require_ints("start_ns")?.values().to_vec();
        starts.sort_unstable();
        for (found, (start, end)) in found.iter_mut().zip(&windows) {
            let first = starts.partition_point(|t| t < start);
            *found |= starts.get(first).is_some_and(|t| t < end);
        }
    }
    Ok(found)
}
