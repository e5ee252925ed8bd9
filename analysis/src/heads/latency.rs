//! Latency: inclusive excess seconds, requests times extra seconds per request.
//!
//! Additive units beat z-scores: a busy service 30 ms slow outweighs a rarely used one 150 ms
//! slow, and what a caller waits for can be subtracted from what it is slow by.

use super::additive::{self, PerRequest, Spec};
use super::{Finding, HeadResult};
use crate::case::{Case, SeriesView};

/// Statistics in order of preference: a mean composes, a quantile does so roughly.
const STATISTICS: [&str; 6] = ["mean", "last", "p50", "p90", "p95", "p99"];

/// The latency series that stands for a service: a mean if there is one.
pub(crate) fn series<'a>(case: &Case<'a>, service: usize) -> Option<SeriesView<'a>> {
    STATISTICS
        .iter()
        .find_map(|s| case.find_series(service, "latency", Some(s)))
        .or_else(|| case.find_series(service, "latency_p50", None))
        .or_else(|| case.find_series(service, "latency_p99", None))
}

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let findings: Vec<Option<Finding>> = (0..case.len())
        .map(|service| {
            let latency = series(case, service)?;
            let requests = additive::requests(case, service);
            let spec = Spec {
                floor: &|base: f64, c: &crate::constants::Constants| {
                    c.latency_floor_s.max(c.latency_floor_share * base)
                },
                declared: super::level::declared_band(case, &latency.row.signal),
            };
            let values: Vec<PerRequest> = latency
                .windows
                .iter()
                .map(|w| PerRequest {
                    window: w.window,
                    requests: additive::requests_at(requests, w.window),
                    value: w.mean(),
                    row: w.max_row,
                    time_ns: w.max_ns,
                })
                .filter(|v| v.requests > 0.0)
                .collect();
            additive::finding(case, &values, &spec, &latency.row.table)
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "latency",
        signal: "latency per request".to_owned(),
        unit: "s".to_owned(),
        excess_unit: "s of extra waiting",
        composition: additive::COMPOSITION,
        weight: case.constants.weight_latency,
        climbs: Vec::new(),
        findings,
    })
}
