//! Shared by the heads whose excess adds up along calls: time and failures per request.
//!
//! Everything is per request, weighted by requests where they are counted, so that splitting a
//! window in two changes nothing.

use super::calibration::{Calibration, quantile};
use super::{Composition, Finding};
use crate::case::{Case, SeriesView};
use crate::cite::Cite;
use crate::constants::Constants;

/// Normal windows that are worth more than a declared baseline.
const LEAST_NORMAL: usize = 3;

/// A ratio per window: numerator weight (requests) and value per request.
#[derive(Clone, Copy, Debug)]
pub(super) struct PerRequest {
    pub(super) window: u32,
    pub(super) requests: f64,
    pub(super) value: f64,
    pub(super) row: i64,
    /// When that row is.
    pub(super) time_ns: i64,
}

/// How a head turns ratios into deviations.
pub(super) struct Spec<'a> {
    /// Smallest scale, given the base.
    pub(super) floor: &'a dyn Fn(f64, &Constants) -> f64,
    /// Declared baseline and warning, for runs without normal time.
    pub(super) declared: Option<(f64, f64)>,
}

/// Compares the pooled incident with pooled stretches of the same length in normal time.
pub(super) fn finding(
    case: &Case<'_>,
    values: &[PerRequest],
    spec: &Spec<'_>,
    table: &str,
) -> Option<Finding> {
    let c = case.constants;
    let at = |windows: &[u32]| -> Vec<PerRequest> {
        values.iter().filter(|v| windows.binary_search(&v.window).is_ok()).copied().collect()
    };
    let normal = at(&case.periods.normal);
    let lead = at(&case.periods.lead);
    let incident = at(&case.periods.incident);
    let observed = pooled(&incident)?;
    // Stretches do not overlap: one odd window must not count as several. Where normal time is too
    // short for several of the incident's length, shorter ones stand in, which vary more.
    let length = incident.len().min(normal.len() / c.shrink_n.max(1.0) as usize).max(1);
    let stretches: Vec<f64> = normal.chunks(length).filter_map(pooled).collect();
    // A moment before trouble is no normal time where the log says itself what is normal.
    let known = (normal.len() < LEAST_NORMAL).then(|| undated(spec, incident.first()?.value, c)).flatten();
    let mut calibration = known
        .or_else(|| Calibration::from_normal(&stretches, 1.0, |b| (spec.floor)(b, c), c))
        .or_else(|| Calibration::from_normal(&[pooled(&lead)?], 1.0, |b| (spec.floor)(b, c), c))
        .or_else(|| undated(spec, incident.first()?.value, c))?;
    calibration.windows = normal.len();
    // Fewer requests than usual make a noisier mean.
    let usual = quantile_of_requests(&normal);
    let now: f64 = incident.iter().map(|v| v.requests).sum::<f64>() / incident.len().max(1) as f64;
    if usual > 0.0 && now > 0.0 {
        calibration.scale *= (usual / now).sqrt().max(1.0);
    }
    // Drift: the level just before the trigger is the base if it is clearly another one.
    if let Some(before) = pooled(&lead)
        && (before - calibration.base).abs() > c.drift_z * calibration.scale
    {
        calibration.base = before;
    }
    let per_request = (observed - calibration.base).max(0.0);
    let requests: f64 = incident.iter().map(|v| v.requests).sum();
    let worst = incident.iter().max_by(|a, b| a.value.total_cmp(&b.value).then(b.row.cmp(&a.row)));
    let beyond: Vec<bool> = incident.iter().map(|v| calibration.z(v.value, 1.0) >= c.onset_z).collect();
    let onset = super::first_run(&beyond, c.onset_run as usize).map(|i| incident[i]);
    let z = calibration.z(observed, 1.0);
    let quiet = case.stretches().into_iter().map(|s| pooled(&at(s)).map_or(0.0, |v| calibration.z(v, 1.0)));
    let quiet = quiet.collect();
    Some(Finding {
        quiet,
        z,
        peak_z: z,
        band: calibration.base + c.onset_z * calibration.scale,
        excess: requests * per_request,
        normal: calibration.base,
        observed,
        normal_windows: normal.len(),
        incident_windows: incident.len(),
        onset_ns: onset.map(|v| v.time_ns),
        onset: onset.map(|v| Cite::row(table, v.row)),
        worst: worst.map(|v| Cite::row(table, v.row)),
        detail: None,
    })
}

/// Without normal time: the declared baseline. What was there from the first observation on has
/// no onset in the log, and counts by `undated_share` only: it may be a trace of something older.
fn undated(spec: &Spec<'_>, first: f64, c: &Constants) -> Option<Calibration> {
    let (baseline, warning) = spec.declared?;
    let mut calibration = Calibration::declared(baseline, warning, c)?;
    calibration.base += (1.0 - c.undated_share) * (first - baseline).max(0.0);
    Some(calibration)
}

/// Mean per request over windows.
fn pooled(values: &[PerRequest]) -> Option<f64> {
    let requests: f64 = values.iter().map(|v| v.requests).sum();
    (requests > 0.0).then(|| values.iter().map(|v| v.requests * v.value).sum::<f64>() / requests)
}

fn quantile_of_requests(values: &[PerRequest]) -> f64 {
    let mut requests: Vec<f64> = values.iter().map(|v| v.requests).collect();
    requests.sort_by(f64::total_cmp);
    quantile(&requests, 0.5)
}

/// Requests per window of a service: counted, else 1 per window (then excess is per window).
pub(super) fn requests<'a>(case: &Case<'a>, service: usize) -> Option<SeriesView<'a>> {
    case.find_series(service, "requests", Some("sum"))
        .or_else(|| case.find_series(service, "requests", Some("last")))
        .or_else(|| case.find_series(service, "requests", None))
}

/// Requests in one window.
pub(super) fn requests_at(series: Option<SeriesView<'_>>, window: u32) -> f64 {
    series.map_or(1.0, |s| s.at(window).map_or(0.0, |w| w.sum.max(0.0)))
}

/// All additive heads compose the same way.
pub(super) const COMPOSITION: Composition = Composition::Additive;

/// Requests of a service in the incident; `None` where they are not counted.
pub(crate) fn requests_in_incident(case: &Case<'_>, service: usize) -> Option<f64> {
    let series = requests(case, service)?;
    Some(case.periods.incident.iter().filter_map(|w| series.at(*w)).map(|w| w.sum.max(0.0)).sum())
}
