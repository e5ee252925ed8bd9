//! Workload shortfall: callees that get less work than their callers do.
//!
//! Who returns early or fails sends nothing on. The drop of a callee's requests, less the
//! caller's own drop, is charged to its callers by their share of the calls.

use super::calibration::{Calibration, median};
use super::{Composition, Finding, HeadResult, first_run};
use crate::case::{Case, SeriesView};
use crate::cite::Cite;
use crate::ranking::explain::share_of_calls;

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let c = case.constants;
    let work: Vec<Option<Work<'_>>> = (0..case.len()).map(|s| Work::of(case, s)).collect();
    let findings: Vec<Option<Finding>> =
        (0..case.len()).map(|service| finding(case, &work, service)).collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "shortfall",
        signal: "requests that did not reach dependencies".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "share of usual requests missing below",
        composition: Composition::Climbing,
        weight: c.weight_shortfall,
        climbs: vec![true; case.len()],
        findings,
    })
}

/// Requests of a service against what is usual.
struct Work<'a> {
    series: SeriesView<'a>,
    usual: f64,
}

impl<'a> Work<'a> {
    fn of(case: &Case<'a>, service: usize) -> Option<Self> {
        let series = super::additive::requests(case, service)?;
        let normal: Vec<f64> =
            case.periods.normal.iter().map(|w| series.at(*w).map_or(0.0, |x| x.sum)).collect();
        let usual = median(&normal);
        (usual > 0.0).then_some(Self { series, usual })
    }

    /// Share of the usual requests that is missing in a window.
    fn drop(&self, window: u32) -> f64 {
        let now = self.series.at(window).map_or(0.0, |x| x.sum);
        (1.0 - now / self.usual).clamp(0.0, 1.0)
    }

    fn drop_over(&self, windows: &[u32]) -> f64 {
        let now: f64 = windows.iter().map(|w| self.series.at(*w).map_or(0.0, |x| x.sum)).sum();
        (1.0 - now / (self.usual * windows.len().max(1) as f64)).clamp(0.0, 1.0)
    }
}

fn finding(case: &Case<'_>, work: &[Option<Work<'_>>], service: usize) -> Option<Finding> {
    let c = case.constants;
    let own = work[service].as_ref()?;
    let below: Vec<(f64, &Work<'_>)> = case
        .dependencies(service)
        .filter(|d| *d != service)
        .filter_map(|d| Some((share_of_calls(case, service, d), work[d].as_ref()?)))
        .collect();
    let total: f64 = below.iter().map(|(share, _)| share).sum();
    if total <= 0.0 || case.periods.incident.is_empty() {
        return None;
    }
    let missing = |drop: &dyn Fn(&Work<'_>) -> f64| -> f64 {
        below.iter().map(|(share, w)| share * share * (drop(w) - drop(own)).max(0.0)).sum::<f64>() / total
    };
    let normal: Vec<f64> = case.periods.normal.iter().map(|w| missing(&|x| x.drop(*w))).collect();
    let calibration = Calibration::from_normal(&normal, 1.0, |_| c.shortfall_floor, c)?;
    let observed = missing(&|x| x.drop_over(&case.periods.incident));
    let windows: Vec<f64> =
        case.periods.incident.iter().map(|w| calibration.z(missing(&|x| x.drop(*w)), 1.0)).collect();
    let beyond: Vec<bool> = windows.iter().map(|z| *z >= c.onset_z).collect();
    let onset = first_run(&beyond, c.onset_run as usize).map(|i| case.periods.incident[i]);
    // What shows it is the callee that misses most.
    let (_, most) = below.iter().max_by(|a, b| {
        let missed = |x: &(f64, &Work<'_>)| x.0 * x.1.drop_over(&case.periods.incident);
        missed(a).total_cmp(&missed(b))
    })?;
    let cite = |w: u32| most.series.at(w).map(|x| Cite::row(&most.series.row.table, x.min_row));
    let worst = case.periods.incident.iter().copied().max_by(|a, b| most.drop(*a).total_cmp(&most.drop(*b)));
    let z = calibration.z(observed, 1.0);
    Some(Finding {
        z,
        peak_z: windows.iter().copied().fold(z, f64::max),
        band: calibration.base + c.onset_z * calibration.scale,
        excess: (observed - calibration.base).max(0.0),
        normal: calibration.base,
        observed,
        normal_windows: calibration.windows,
        incident_windows: windows.len(),
        onset_ns: onset.map(|w| case.window_start(w)),
        onset: onset.and_then(cite),
        worst: worst.and_then(cite),
        detail: None,
        quiet: case
            .stretches()
            .into_iter()
            .map(|s| calibration.z(missing(&|x| x.drop_over(s)), 1.0))
            .collect(),
    })
}
