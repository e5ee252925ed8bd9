//! A line over time with what is usual, shared by the charts that show measurements.

use super::scale::Scale;
use super::svg::{PathData, Svg};
use super::time_axis::TimeAxis;
use crate::exhibits::{Exhibits, Period, PeriodKind, Point, SignalExhibit};

/// The incident's ground from `top` to `bottom`.
pub(super) fn incident(svg: &mut Svg, exhibits: &Exhibits, time: &TimeAxis, top: f64, bottom: f64) {
    let of_incident = |p: &&Period| p.kind == PeriodKind::Incident;
    for period in exhibits.periods.iter().filter(of_incident) {
        let (from, to) = (time.at(period.start_ns), time.at(period.end_ns));
        svg.rect((from, top), ((to - from).max(1.0), bottom - top), 0.0, "incident");
    }
}

/// The range of values that a signal needs: its points in view, what is usual, and zero if near.
pub(super) fn range(signal: &SignalExhibit, time: &TimeAxis) -> (f64, f64) {
    let in_view = signal.points.iter().filter(|p| time.shows(p.at_ns));
    let values = in_view.flat_map(|p| [p.min, p.max]);
    let usual = signal.normal.into_iter().chain(signal.band.into_iter().flat_map(|(a, b)| [a, b]));
    let (low, high) = values
        .chain(usual)
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    // A threshold is shown where it is not far away.
    let reach = (high - low).max(high.abs() * 0.05);
    let near = signal.thresholds.iter().map(|t| t.1).filter(|t| *t <= high + reach && *t >= low - reach);
    let (low, high) = near.fold((low, high), |(low, high), v| (low.min(v), high.max(v)));
    // Zero belongs to the picture unless the values are far from it.
    let low = if low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    let margin = (high - low) * 0.05;
    (if low == 0.0 { 0.0 } else { low - margin }, high + margin)
}

/// Band, usual value, envelope, line and thresholds of a signal.
pub(super) fn signal(svg: &mut Svg, signal: &SignalExhibit, time: &TimeAxis, values: &Scale, x: (f64, f64)) {
    if let Some((low, high)) = signal.band {
        let (top, bottom) = (values.at(high), values.at(low));
        svg.rect((x.0, top), (x.1 - x.0, (bottom - top).max(1.5)), 0.0, "band");
    }
    if let Some(normal) = signal.normal.filter(|n| values.holds(*n)) {
        svg.line((x.0, values.at(normal)), (x.1, values.at(normal)), "normal");
    }
    let shown: Vec<Point> = signal.points.iter().copied().filter(|p| time.shows(p.at_ns)).collect();
    let mut lines = PathData::default();
    for run in runs(&shown) {
        let at = |p: &Point, value: f64| (time.at(p.at_ns), values.at(value));
        if let [only] = run {
            let (cx, cy) = at(only, only.mean);
            svg.rect((cx - 1.8, cy - 1.8), (3.6, 3.6), 1.8, "dot");
            continue;
        }
        if run.iter().any(|p| p.max > p.min) {
            let mut area = PathData::default();
            area.move_to(at(&run[0], run[0].max));
            for p in &run[1..] {
                area.line_to(at(p, p.max));
            }
            for p in run.iter().rev() {
                area.line_to(at(p, p.min));
            }
            area.close();
            svg.path(area.as_str(), "envelope");
        }
        lines.move_to(at(&run[0], run[0].mean));
        for p in &run[1..] {
            lines.line_to(at(p, p.mean));
        }
    }
    if !lines.as_str().is_empty() {
        svg.path(lines.as_str(), "series");
    }
    for (name, value) in signal.thresholds.iter().filter(|t| values.holds(t.1)) {
        svg.open("g", &[]);
        svg.title(&format!("declared {name} threshold"));
        svg.line((x.0, values.at(*value)), (x.1, values.at(*value)), "threshold");
        svg.close("g");
    }
}

/// Points that follow each other without a gap of several windows.
fn runs(points: &[Point]) -> Vec<&[Point]> {
    let width = |p: &Point| p.end_ns.saturating_sub(p.start_ns).max(1);
    points
        .chunk_by(|a, b| {
            let gap = b.start_ns.saturating_sub(a.end_ns);
            // Sparse signals are joined as well, as long as their gaps are alike.
            gap <= 20_i64.saturating_mul(width(a).max(width(b)))
        })
        .collect()
}
