//! Which signals of which services are charted, and what is usual of them.

use infra_eventlog::signal::{Role, Worse};
use infra_report::exhibits::{MAX_CHARTED, MAX_POINTS, MAX_SIGNALS, Point, SignalExhibit, merged};

use crate::analyse::Analysis;
use crate::case::{Case, SeriesView};

/// Fewer normal windows show no range of what is usual.
const LEAST_NORMAL: usize = 5;
/// Series looked at per service.
const MOST_SERIES: usize = 64;
/// Statistics of one signal, the most telling first.
const STATISTICS: [&str; 8] = ["mean", "last", "p95", "p90", "p50", "p99", "max", "sum"];

/// The most telling signals of affected services and suspects, in the order of `chosen`.
pub(super) fn signals(
    analysis: &Analysis<'_>,
    chosen: &[usize],
    view_ns: Option<(i64, i64)>,
) -> Vec<SignalExhibit> {
    let Some(view) = view_ns else { return Vec::new() };
    let suspects: Vec<usize> = analysis.suspects().take(analysis.options.top).collect();
    let matters =
        |s: usize| analysis.ranking.is_none() || analysis.onsets[s].is_some() || suspects.contains(&s);
    let charted = chosen.iter().enumerate().filter(|(_, s)| matters(**s)).take(MAX_CHARTED);
    charted.flat_map(|(node, &service)| of_service(analysis, node, service, view)).collect()
}

fn of_service(analysis: &Analysis<'_>, node: usize, service: usize, view: (i64, i64)) -> Vec<SignalExhibit> {
    let case = &analysis.case;
    let onset = analysis.onsets[service].as_ref();
    let shown_first = onset.and_then(|o| analysis.heads.iter().find(|h| h.name == o.head));
    let mut found: Vec<(bool, f64, SignalExhibit)> = Vec::new();
    let mut series: Vec<SeriesView<'_>> = case.series_of(service).take(MOST_SERIES).collect();
    let place = |s: &SeriesView<'_>| STATISTICS.iter().position(|name| *name == s.row.statistic);
    series.sort_by_key(|s| (s.row.signal.clone(), place(s).unwrap_or(STATISTICS.len())));
    series.dedup_by(|b, a| a.row.signal == b.row.signal);
    for series in series {
        let Some((deviation, exhibit)) = exhibit(case, node, &series, view) else { continue };
        // The signal that showed the onset comes first.
        let named =
            shown_first.is_some_and(|h| h.signal == series.row.signal || speaks(h.name, series.role()));
        found.push((named, deviation, exhibit));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then_with(|| a.2.signal.cmp(&b.2.signal)));
    // What does not move says little, unless nothing moves.
    let moving = found.iter().filter(|f| f.0 || f.1 > 0.0).count();
    found.truncate(moving.clamp(1, MAX_SIGNALS));
    found.into_iter().map(|f| f.2).collect()
}

/// Whether a head reads signals of a role.
fn speaks(head: &str, role: Role) -> bool {
    matches!(
        (head, role),
        ("latency" | "waiting", Role::Latency)
            | ("errors", Role::Errors | Role::FailedRequests)
            | ("queue", Role::Queue)
            | ("handles", Role::Handles)
            | ("shortfall", Role::Requests)
    )
}

/// A series with what is usual of it, and how far the incident deviates from that.
fn exhibit(
    case: &Case<'_>,
    node: usize,
    series: &SeriesView<'_>,
    view: (i64, i64),
) -> Option<(f64, SignalExhibit)> {
    let spec = case.metadata.signal(&series.row.signal);
    let normal: Vec<f64> = values(series, &case.periods.normal);
    let mut usual = normal.clone();
    usual.sort_by(f64::total_cmp);
    let band = (usual.len() >= LEAST_NORMAL)
        .then(|| (crate::heads::quantile(&usual, 0.05), crate::heads::quantile(&usual, 0.95)));
    let middle = (!usual.is_empty()).then(|| crate::heads::quantile(&usual, 0.5)).or(spec.baseline);
    let points: Vec<Point> = series
        .windows
        .iter()
        .filter_map(|w| {
            let (start_ns, end_ns) = (case.window_start(w.window), case.window_end(w.window));
            let in_view = end_ns >= view.0 && start_ns <= view.1;
            let finite = w.min.is_finite() && w.max.is_finite() && w.sum.is_finite();
            // A single value is drawn where it was recorded.
            let at_ns = if w.count == 1 { w.min_ns } else { start_ns / 2 + end_ns / 2 };
            let point = Point { at_ns, start_ns, end_ns, min: w.min, mean: w.mean(), max: w.max };
            (in_view && finite).then_some(point)
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let (points, size) = merged(&points, MAX_POINTS);
    let incident = values(series, &case.periods.incident);
    let deviation = deviation(middle, band, &usual, &incident, spec.worse);
    let thresholds = [("warning", spec.warning), ("critical", spec.critical)];
    let thresholds = thresholds.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Some((
        deviation,
        SignalExhibit {
            node,
            signal: series.row.signal.clone(),
            statistic: series.row.statistic.clone(),
            unit: spec.unit.clone(),
            points,
            normal: middle,
            band,
            thresholds: thresholds.filter(|t| t.1.is_finite()).collect(),
            merged: size,
        },
    ))
}

fn values(series: &SeriesView<'_>, windows: &[u32]) -> Vec<f64> {
    windows.iter().filter_map(|w| series.at(*w)).map(|w| w.mean()).filter(|v| v.is_finite()).collect()
}

/// The largest deviation of the incident in its bad direction, in widths of the usual range.
fn deviation(
    middle: Option<f64>,
    band: Option<(f64, f64)>,
    usual: &[f64],
    incident: &[f64],
    worse: Worse,
) -> f64 {
    let middle = middle.unwrap_or(0.0);
    let spread = band.map_or_else(
        || usual.last().zip(usual.first()).map_or(0.0, |(high, low)| high - low),
        |(low, high)| high - low,
    );
    let scale = spread.max(0.02 * middle.abs()).max(1e-9);
    let distance = |v: &f64| match worse {
        Worse::High => v - middle,
        Worse::Low => middle - v,
        Worse::Both => (v - middle).abs(),
    };
    // Beyond what is usual anyway; a quiet signal's scale is tiny, so the size is damped.
    let most = incident.iter().map(distance).fold(0.0, f64::max);
    if most <= scale { 0.0 } else { libm::log(most / scale) }
}
