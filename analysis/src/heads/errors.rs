//! Errors: extra failed requests, over the larger of the normal and the pre-incident rate.
//!
//! What fails is measured in several ways: as a share of requests, as lost availability, as
//! answers that contradict, as participants that were not reached. The one that shows the most
//! failures speaks for a service.

use infra_ingest::frames::WindowRow;

use super::additive::{self, PerRequest, Spec};
use super::{Finding, HeadResult};
use crate::case::{Case, SeriesView};
use crate::constants::Constants;

/// Ratios that tell of failure: the signal, and whether it falls as more fails.
const RATIOS: [(&str, bool); 4] =
    [("error_rate", false), ("availability", true), ("conflict_rate", false), ("coverage", true)];

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let findings: Vec<Option<Finding>> = (0..case.len()).map(|service| clearest(case, service)).collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "errors",
        signal: "failed requests per request".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "extra failed requests",
        composition: additive::COMPOSITION,
        weight: case.constants.weight_errors,
        climbs: Vec::new(),
        findings,
    })
}

/// What shows the most failures that are not normal; the order of the list where they are equal.
fn clearest(case: &Case<'_>, service: usize) -> Option<Finding> {
    let requests = additive::requests(case, service);
    let measured = RATIOS.iter().filter_map(|(signal, falls)| {
        let series = case.find_series(service, signal, None)?;
        let asked = |w: u32| additive::requests_at(requests, w);
        // What is away is asked less, and would have been asked as often as ever.
        let weight = |w: u32| if *falls { asked(w).max(usual(case, requests)) } else { asked(w) };
        let ratio = |w: &WindowRow| if *falls { 1.0 - w.mean() } else { w.mean() };
        let declared = super::level::declared_band(case, signal);
        let declared = declared.map(|(b, w)| if *falls { (1.0 - b, 1.0 - w) } else { (b, w) });
        let asked = asked_in_incident(case, requests);
        let spec = Spec { floor: &|base, c| floor(base, asked, c), declared };
        additive::finding(case, &per_request(series, weight, ratio, *falls), &spec, &series.row.table)
    });
    let best = measured.reduce(|a, b| if b.excess * b.z > a.excess * a.z { b } else { a });
    best.or_else(|| counted(case, service, requests?))
}

/// From counts alone.
fn counted(case: &Case<'_>, service: usize, requests: SeriesView<'_>) -> Option<Finding> {
    let series = case.find_series(service, "failed_requests", None)?;
    let weight = |w: u32| additive::requests_at(Some(requests), w);
    let ratio = |w: &WindowRow| w.sum / weight(w.window).max(1.0);
    let declared = super::level::declared_band(case, "error_rate");
    let asked = asked_in_incident(case, Some(requests));
    let spec = Spec { floor: &|base, c| floor(base, asked, c), declared };
    additive::finding(case, &per_request(series, weight, ratio, false), &spec, &series.row.table)
}

/// Requests of the incident, where they are counted.
fn asked_in_incident(case: &Case<'_>, requests: Option<SeriesView<'_>>) -> Option<f64> {
    let series = requests?;
    Some(case.periods.incident.iter().filter_map(|w| series.at(*w)).map(|w| w.sum.max(0.0)).sum())
}

/// Smallest scale: a floor for all, and what the share of failures among so few requests does by
/// chance (the standard error of a proportion; one failure among them if there are none normally).
fn floor(base: f64, asked: Option<f64>, c: &Constants) -> f64 {
    let Some(asked) = asked.filter(|n| *n > 0.0) else { return c.error_floor };
    let share = base.max(1.0 / asked).min(0.5);
    c.error_floor.max((share * (1.0 - share) / asked).sqrt())
}

/// Requests of a usual window; 1 where nobody counts them.
fn usual(case: &Case<'_>, requests: Option<SeriesView<'_>>) -> f64 {
    let Some(series) = requests else { return 1.0 };
    let of = |windows: &[u32]| -> Vec<f64> {
        windows.iter().filter_map(|w| series.at(*w)).map(|w| w.sum.max(0.0)).collect()
    };
    let normal = of(&case.periods.normal);
    super::median(&if normal.is_empty() { of(&case.periods.incident) } else { normal })
}

/// A ratio per window, weighted by requests; windows without any are left out.
fn per_request(
    series: SeriesView<'_>,
    weight: impl Fn(u32) -> f64,
    ratio: impl Fn(&WindowRow) -> f64,
    falls: bool,
) -> Vec<PerRequest> {
    let one = |w: &WindowRow| {
        let (row, time_ns) = if falls { (w.min_row, w.min_ns) } else { (w.max_row, w.max_ns) };
        PerRequest {
            window: w.window,
            requests: weight(w.window),
            value: ratio(w).clamp(0.0, 1.0),
            row,
            time_ns,
        }
    };
    series.windows.iter().map(one).filter(|v| v.requests > 0.0).collect()
}
