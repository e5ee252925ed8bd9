//! Which time is normal for an incident.

use infra_eventlog::metadata::{PeriodKind, RunMetadata};

use super::clock::QuietOrNot;
use super::focus::FocusedIncident;
use crate::grid::SegmentKind;

/// Normal time around a declared incident, by exact instants.
pub(super) fn quiet(
    metadata: &RunMetadata,
    incident: &FocusedIncident,
    spans: &[(SegmentKind, i64, i64)],
    baseline_given: bool,
) -> Vec<(QuietOrNot, i64, i64)> {
    let mut leads: Vec<(i64, i64)> = Vec::new();
    if !baseline_given {
        leads.push((incident.start_ns, incident.trigger_ns()));
        leads.extend(metadata.incidents.iter().filter_map(|i| Some((i.start_ns, i.lead_end_ns?))));
        leads.extend(metadata.periods.iter().filter_map(|p| Some((p.start_ns, p.lead_end_ns?))));
    }
    let normal: Vec<(i64, i64)> =
        spans.iter().filter(|s| s.0 == SegmentKind::Normal).map(|s| (s.1, s.2)).collect();
    let mut cut = vec![(incident.trigger_ns(), incident.end_ns)];
    cut.extend(metadata.incidents.iter().map(|i| (i.lead_end_ns.unwrap_or(i.start_ns), i.end_ns)));
    let others = metadata.periods.iter().filter(|p| p.kind != PeriodKind::Normal);
    cut.extend(others.map(|p| (p.lead_end_ns.unwrap_or(p.start_ns), p.end_ns)));
    let mut quiet = Vec::new();
    for (kind, pieces) in [(QuietOrNot::Lead, leads), (QuietOrNot::Normal, normal)] {
        for (a, b) in pieces {
            let left: Vec<(i64, i64)> = without(a, b, cut.iter().copied()).collect();
            // What is there twice counts once, as what it was first.
            cut.push((a, b));
            quiet.extend(left.into_iter().map(|(a, b)| (kind, a, b)));
        }
    }
    quiet.sort_by_key(|q| q.1);
    quiet
}

/// The declared normal periods: those of the incident's scope, if there are any, else all.
pub(super) fn declared_normals(
    metadata: &RunMetadata,
    incident: Option<&FocusedIncident>,
) -> Option<Vec<(SegmentKind, i64, i64)>> {
    let normals = || metadata.periods.iter().filter(|p| p.kind == PeriodKind::Normal);
    // A window given by hand belongs where it lies.
    let around = |i: &FocusedIncident| normals().find(|p| p.start_ns <= i.start_ns && i.start_ns < p.end_ns);
    let scope = incident.and_then(|i| i.scope.clone().or_else(|| around(i)?.scope.clone()));
    let of_scope: Vec<_> = normals().filter(|p| scope.is_some() && p.scope == scope).collect();
    let used = if of_scope.is_empty() { normals().collect() } else { of_scope };
    let spans: Vec<_> = used.into_iter().map(|p| (SegmentKind::Normal, p.start_ns, p.end_ns)).collect();
    (!spans.is_empty()).then_some(spans)
}

/// What is left of `[start, end)` without the given stretches.
pub(super) fn without(
    start: i64,
    end: i64,
    cut: impl Iterator<Item = (i64, i64)>,
) -> impl Iterator<Item = (i64, i64)> {
    let mut left = vec![(start, end)];
    for (s, e) in cut {
        left = left
            .into_iter()
            .flat_map(|(a, b)| [(a, b.min(s)), (a.max(e), b)])
            .filter(|(a, b)| a < b)
            .collect();
    }
    left.into_iter().filter(|(a, b)| a < b)
}
