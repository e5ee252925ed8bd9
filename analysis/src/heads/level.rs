//! Shared by the heads that read a level: a value that stands for itself in every window.

use infra_eventlog::signal::Worse;

use super::Finding;
use super::calibration::Calibration;
use crate::case::{Case, SeriesView};
use crate::cite::Cite;
use crate::constants::Constants;

/// Compares the incident's mean level with normal.
///
/// The mean over the whole incident is the area of distress: who deviates early and stays off
/// weighs more than who follows late. A declared threshold replaces the scale from normal
/// windows; the level of what `wanders` is judged by the windows just before. `declared` is the (baseline, warning) pair of the signal, if it has one.
pub(super) fn finding(
    case: &Case<'_>,
    series: SeriesView<'_>,
    worse: Worse,
    declared: Option<(f64, f64)>,
    floor: impl Fn(f64, &Constants) -> f64,
    per: f64,
    wanders: bool,
) -> Option<Finding> {
    let c = case.constants;
    let sign = if worse == Worse::Low { -1.0 } else { 1.0 };
    let values = |windows: &[u32]| -> Vec<f64> {
        windows.iter().filter_map(|w| series.at(*w)).map(|w| w.mean() / per).collect()
    };
    let normal = values(&case.periods.normal);
    let lead = values(&case.periods.lead);
    let incident: Vec<_> = case.periods.incident.iter().filter_map(|w| series.at(*w)).collect();
    if incident.is_empty() {
        return None;
    }
    let observed = incident.iter().map(|w| w.mean() / per).sum::<f64>() / incident.len() as f64;
    let known =
        declared.and_then(|(baseline, warning)| Calibration::declared(baseline / per, warning / per, c));
    let first = case.periods.incident.first().copied().unwrap_or(u32::MAX);
    let before = case.periods.normal.iter().filter(|w| **w < first && series.at(**w).is_some()).count();
    let from_normal = || match wanders {
        true => Calibration::rolling(&normal, before, sign, |b| floor(b, c), c),
        false => Calibration::from_normal(&normal, sign, |b| floor(b, c), c),
    };
    let mut calibration =
        known.or_else(from_normal).or_else(|| Calibration::from_normal(&lead, sign, |b| floor(b, c), c))?;
    if known.is_none()
        && !lead.is_empty()
        && !normal.is_empty()
        && (super::median(&lead) - calibration.base).abs() > c.drift_z * calibration.scale
    {
        calibration.base = super::median(&lead);
    }
    let extreme = |w: &infra_ingest::frames::WindowRow| {
        if sign < 0.0 { (w.min, w.min_row) } else { (w.max, w.max_row) }
    };
    let when = |w: &infra_ingest::frames::WindowRow| if sign < 0.0 { w.min_ns } else { w.max_ns };
    let worst = incident
        .iter()
        .map(|w| extreme(w))
        .max_by(|a, b| (a.0 * sign).total_cmp(&(b.0 * sign)).then(b.1.cmp(&a.1)));
    let beyond = |v: f64| calibration.z(v / per, sign) >= c.onset_z * calibration.shrink * (1.0 - 1e-9);
    let beyond: Vec<bool> = incident.iter().map(|w| beyond(extreme(w).0)).collect();
    let onset = super::first_run(&beyond, c.onset_run as usize).map(|i| incident[i]);
    let edge = calibration.base + sign * c.onset_z * calibration.scale;
    let mean_of = |windows: &[u32]| {
        let values = values(windows);
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let stretches = case.stretches().into_iter();
    let quiet = stretches.map(|s| mean_of(s).map_or(0.0, |v| calibration.z(v, sign))).collect();
    Some(Finding {
        quiet,
        z: calibration.z(observed, sign),
        peak_z: worst.map_or(0.0, |(value, _)| calibration.z(value / per, sign)),
        band: edge * per,
        excess: ((observed - calibration.base) * sign).max(0.0),
        normal: calibration.base * per,
        observed: observed * per,
        normal_windows: calibration.windows,
        incident_windows: incident.len(),
        onset_ns: onset.map(when),
        onset: onset.map(|w| Cite::row(&series.row.table, extreme(w).1)),
        worst: worst.map(|(_, row)| Cite::row(&series.row.table, row)),
        detail: None,
    })
}

/// The (baseline, warning) pair of a signal, if the metadata declares both; a critical threshold
/// stands in for a warning.
pub(super) fn declared_band(case: &Case<'_>, signal: &str) -> Option<(f64, f64)> {
    let spec = case.metadata.signal(signal);
    Some((spec.baseline?, spec.warning.or(spec.critical)?))
}
