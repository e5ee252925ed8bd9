//! Uncovered latency: what a service takes to answer beyond what its own calls take.
//!
//! Quantiles of latency do not add up along calls, so excess cannot be explained away in seconds.
//! Where both sides of a service are measured, the difference is what is its own, roughly.

use infra_eventlog::signal::Worse;

use super::{Composition, HeadResult, level};
use crate::case::{Case, SeriesView};

/// Quantiles in order of preference.
const STATISTICS: [&str; 4] = ["p50", "p90", "p95", "p99"];

/// `None` unless a quantile of both `latency` and `client_latency` is measured somewhere, and
/// nobody has a mean.
pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let c = case.constants;
    let has = |signal: &str, statistic: &str| {
        case.summary.series.rows().iter().any(|s| s.signal == signal && s.statistic == statistic)
    };
    if has("latency", "mean") {
        return None;
    }
    let statistic = STATISTICS.into_iter().find(|s| has("latency", s) && has("client_latency", s))?;
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let answered = case.find_series(service, "latency", Some(statistic))?;
            let asked = case.find_series(service, "client_latency", Some(statistic));
            let windows = uncovered(answered, asked);
            let series = SeriesView { row: answered.row, windows: &windows };
            let floor = |base: f64, c: &crate::constants::Constants| {
                c.latency_floor_s.max(c.latency_floor_share * base)
            };
            level::finding(case, series, Worse::High, None, floor, 1.0, false)
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "latency",
        signal: format!("{statistic} latency not covered by calls"),
        unit: "s".to_owned(),
        excess_unit: "s beyond normal",
        composition: Composition::Local,
        weight: c.weight_uncovered,
        climbs: Vec::new(),
        findings,
    })
}

/// A service's windows, less what its own calls took; rows are those of the answers.
fn uncovered(
    answered: SeriesView<'_>,
    asked: Option<SeriesView<'_>>,
) -> Vec<infra_ingest::frames::WindowRow> {
    let mut windows = answered.windows.to_vec();
    for window in &mut windows {
        let covered = asked.and_then(|a| a.at(window.window)).map_or(0.0, |a| a.mean());
        let rest = |value: f64| (value - covered).max(0.0);
        (window.min, window.max, window.last) = (rest(window.min), rest(window.max), rest(window.last));
        window.sum = (window.sum - covered * window.count as f64).max(0.0);
    }
    windows
}
