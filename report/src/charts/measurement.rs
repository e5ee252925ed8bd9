//! One signal of one service over time: what is usual, when it left its band, the incident.

use super::drawing::Drawing;
use super::plot;
use super::scale::Scale;
use super::svg::Svg;
use super::time_axis::TimeAxis;
use super::units::{brief, told, unit_of};
use crate::exhibits::{Exhibits, SignalExhibit};

const SIZE: (f64, f64) = (340.0, 148.0);
const LEFT: f64 = 44.0;
const RIGHT: f64 = 332.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 126.0;

/// Draws a signal; `None` if nothing was recorded in view.
#[must_use]
pub fn measurement(exhibits: &Exhibits, signal: &SignalExhibit) -> Option<Drawing> {
    let node = exhibits.nodes.get(signal.node)?;
    let time = TimeAxis::new(&exhibits.time, exhibits.view_ns?, LEFT, RIGHT);
    let (factor, _) = unit_of(signal);
    let (low, high) = plot::range(signal, &time);
    let values = Scale::new((low, high), (BOTTOM, TOP));
    let mut svg = Svg::default();
    plot::incident(&mut svg, exhibits, &time, TOP, BOTTOM);
    time.draw(&mut svg, TOP, BOTTOM, 3);
    let marks = Scale::new((low / factor, high / factor), (BOTTOM, TOP)).marks(4);
    let step = marks.get(1).zip(marks.first()).map_or(1.0, |(b, a)| b - a);
    for mark in &marks {
        let y = values.at(mark * factor);
        svg.line((LEFT, y), (RIGHT, y), "grid");
        svg.text(LEFT - 5.0, y + 4.0, "tick end", &brief(*mark, step));
    }
    plot::signal(&mut svg, signal, &time, &values, (LEFT, RIGHT));
    svg.line((LEFT, BOTTOM), (RIGHT, BOTTOM), "axis");
    if let Some(onset) = node.onset.as_ref().filter(|o| time.shows(o.time_ns)) {
        let x = time.at(onset.time_ns);
        svg.line((x, TOP - 4.0), (x, BOTTOM), "onset");
        let near_end = x > RIGHT - 40.0;
        let (x, class) = if near_end { (x - 4.0, "onset-text end") } else { (x + 4.0, "onset-text start") };
        svg.text(x, TOP - 5.0, class, "onset");
    }
    Some(Drawing {
        width: SIZE.0,
        height: SIZE.1,
        title: format!("{} of {} over time", signal.signal, node.service),
        description: describe(exhibits, signal, &time),
        body: svg.finish(),
    })
}

/// What is usual, and the extremes in view with their times.
fn describe(exhibits: &Exhibits, signal: &SignalExhibit, time: &TimeAxis) -> String {
    let value = |v: f64| told(v, &signal.unit);
    let mut parts = Vec::new();
    match (signal.band, signal.normal) {
        (Some((low, high)), _) => parts.push(format!("usually {} to {}", value(low), value(high))),
        (None, Some(normal)) => parts.push(format!("usually {}", value(normal))),
        (None, None) => {},
    }
    let shown = || signal.points.iter().filter(|p| time.shows(p.at_ns));
    if let (Some(low), Some(high)) =
        (shown().min_by(|a, b| a.min.total_cmp(&b.min)), shown().rev().max_by(|a, b| a.max.total_cmp(&b.max)))
    {
        parts.push(format!("lowest {} about {}", value(low.min), time.tell(low.at_ns)));
        parts.push(format!("highest {} about {}", value(high.max), time.tell(high.at_ns)));
    }
    if let Some(onset) = exhibits.nodes.get(signal.node).and_then(|n| n.onset.as_ref()) {
        parts.push(format!("onset {}", time.tell(onset.time_ns)));
    }
    format!("{}.", parts.join("; "))
}
