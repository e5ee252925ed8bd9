//! Errors: extra failed requests, over the larger of the normal and the pre-incident rate.

use super::additive::{self, PerRequest, Spec};
use super::{Finding, HeadResult};
use crate::case::{Case, SeriesView};

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let declared = super::level::declared_band(case, "error_rate");
    let spec = Spec { floor: |_, c| c.error_floor, declared };
    let findings: Vec<Option<Finding>> = (0..case.len())
        .map(|service| {
            let requests = additive::requests(case, service);
            let (values, table) = ratios(case, service, requests)?;
            additive::finding(case, &values, &spec, &table)
        })
        .collect();
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

/// Error ratio per window: measured as such, as lost availability, or from counts.
fn ratios(
    case: &Case<'_>,
    service: usize,
    requests: Option<SeriesView<'_>>,
) -> Option<(Vec<PerRequest>, String)> {
    let from =
        |series: SeriesView<'_>, ratio: &dyn Fn(&infra_ingest::frames::WindowRow, f64) -> f64, low: bool| {
            let values = series
                .windows
                .iter()
                .map(|w| {
                    let requests = additive::requests_at(requests, w.window);
                    let (row, time_ns) = if low { (w.min_row, w.min_ns) } else { (w.max_row, w.max_ns) };
                    PerRequest {
                        window: w.window,
                        requests,
                        value: ratio(w, requests).clamp(0.0, 1.0),
                        row,
                        time_ns,
                    }
                })
                .filter(|v| v.requests > 0.0)
                .collect();
            (values, series.row.table.clone())
        };
    if let Some(series) = case.find_series(service, "error_rate", None) {
        return Some(from(series, &|w, _| w.mean(), false));
    }
    if let Some(series) = case.find_series(service, "availability", None) {
        return Some(from(series, &|w, _| 1.0 - w.mean(), true));
    }
    requests?;
    let series = case.find_series(service, "failed_requests", None)?;
    Some(from(series, &|w, requests| w.sum / requests.max(1.0), false))
}
