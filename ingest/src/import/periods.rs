//! Periods: those of the map, and the normal ones that rows without an incident make.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::metadata::{Incident, Period, PeriodKind};

use super::incidents::Bins;
use super::measurements::Measurements;
use super::tally::{Kind, Tally, shown};

/// A gap of more than this many intervals ends a normal period.
const MAX_GAP_INTERVALS: i64 = 20;

/// The map's periods that rows overlap; others would only stretch the run.
pub(super) fn declared(periods: &[Period], span: (i64, i64), tally: &mut Tally) -> Vec<Period> {
    let mut kept = Vec::new();
    for (i, period) in periods.iter().enumerate() {
        if period.start_ns < span.1 && span.0 < period.end_ns {
            kept.push(period.clone());
        } else {
            tally.add(Kind::PeriodWithoutRows, || {
                format!("number {} of the map and of excluded times", i + 1)
            });
        }
    }
    kept
}

/// Normal periods from rows without an incident, scope by scope: from the first interval's start
/// to the last one's end, without long gaps, incidents, and periods declared as anything else.
pub(super) fn normal(
    all: &Measurements,
    bins: &Bins,
    incidents: &[Incident],
    declared: &[Period],
    tally: &mut Tally,
) -> Vec<Period> {
    // An interval that is partly not normal is not normal.
    let whole_intervals = |p: &Period| bins.around((p.start_ns, p.end_ns)).unwrap_or((p.start_ns, p.end_ns));
    let not_normal = declared.iter().filter(|p| p.kind != PeriodKind::Normal).map(whole_intervals);
    let mut cuts: Vec<(i64, i64)> =
        incidents.iter().map(|i| (i.start_ns, i.end_ns)).chain(not_normal).collect();
    cuts.sort_unstable();
    let scopes = normal_bins(all);
    note_scopes(all, &scopes, tally);
    let stretches: BTreeSet<(i64, i64, &str)> = scopes
        .iter()
        .flat_map(|(scope, bins)| stretches(bins).into_iter().map(move |stretch| (*scope, stretch)))
        .flat_map(|(scope, stretch)| without(stretch, &cuts).into_iter().map(move |(a, b)| (a, b, scope)))
        .collect();
    let period = |(start_ns, end_ns, scope): (i64, i64, &str)| Period {
        kind: PeriodKind::Normal,
        start_ns,
        end_ns,
        lead_end_ns: None,
        scope: Some(scope.to_owned()).filter(|s| !s.is_empty()),
    };
    stretches.into_iter().map(period).collect()
}

/// Start and end of the intervals of rows without an incident, by scope, in order of start.
fn normal_bins(all: &Measurements) -> BTreeMap<&str, Vec<(i64, i64)>> {
    let mut scopes: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for row in &all.rows {
        let Some((group, ())) = all.groups.get_index(row.group as usize) else { continue };
        if group.incident.is_some() {
            continue;
        }
        let bins = scopes.entry(group.scope.as_str()).or_default();
        let bin = (row.end_ns - row.interval_ns, row.end_ns);
        if bins.last() != Some(&bin) {
            bins.push(bin);
        }
    }
    scopes.values_mut().for_each(|bins| bins.sort_unstable());
    scopes
}

/// Joins intervals to stretches that long gaps part.
fn stretches(bins: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for &(start, end) in bins {
        match stretches.last_mut() {
            Some(last) if start - last.1 <= (end - start).saturating_mul(MAX_GAP_INTERVALS) => {
                last.1 = last.1.max(end)
            },
            _ => stretches.push((start, end)),
        }
    }
    stretches
}

/// What is left of a stretch when `cuts` (sorted) are taken out.
fn without((start, end): (i64, i64), cuts: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = Vec::new();
    let mut from = start;
    for &(cut_start, cut_end) in cuts.iter().filter(|cut| cut.0 < end && start < cut.1) {
        if from < cut_start {
            left.push((from, cut_start));
        }
        from = from.max(cut_end);
    }
    if from < end {
        left.push((from, end));
    }
    left
}

/// A run has no scopes: an analysis takes all normal periods together, and a reader should know.
fn note_scopes(all: &Measurements, normal: &BTreeMap<&str, Vec<(i64, i64)>>, tally: &mut Tally) {
    let with_rows: BTreeSet<u32> = all.rows.iter().map(|r| r.group).collect();
    let groups = with_rows.iter().filter_map(|code| all.groups.get_index(*code as usize));
    let scopes: BTreeSet<&str> = groups.map(|(group, ())| group.scope.as_str()).collect();
    if scopes.len() < 2 {
        return;
    }
    let listed = |names: Vec<&str>| names.into_iter().map(shown).collect::<Vec<_>>().join(", ");
    let lacking: Vec<&str> = scopes.iter().copied().filter(|s| !normal.contains_key(s)).collect();
    let having = listed(normal.keys().copied().collect());
    if normal.len() > 1 {
        tally.note(format!(
            "normal periods come from {} scopes; an incident is held against those of its own, if there are any: {having}",
            normal.len()
        ));
    }
    if !lacking.is_empty() && !normal.is_empty() {
        let lacking = listed(lacking);
        tally.note(format!(
            "scope {lacking} has no normal rows of its own; the normal periods of {having} stand in"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_end_at_long_gaps_and_leave_incidents_out() {
        let bins: Vec<(i64, i64)> =
            (0..10).chain(29..35).chain(60..61).map(|i| (i * 10, i * 10 + 10)).collect();
        assert_eq!(stretches(&bins), [(0, 350), (600, 610)]);
        assert_eq!(without((0, 100), &[(-5, 10), (20, 30), (25, 40), (90, 200)]), [(10, 20), (40, 90)]);
        assert_eq!(without((0, 100), &[(0, 100)]), []);
    }
}
