//! The most telling signal of each affected service, one lane each, on one time axis.

use super::drawing::Drawing;
use super::label::fit;
use super::plot;
use super::scale::Scale;
use super::svg::Svg;
use super::time_axis::TimeAxis;
use super::units::told;
use crate::exhibits::{Exhibits, SignalExhibit};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 206.0;
const RIGHT: f64 = 800.0;
const TOP: f64 = 34.0;
const LANE: f64 = 54.0;
/// Lanes that a reader takes in.
const LANES: usize = 12;

/// Draws the lanes; `None` if no signal of an affected service is in view.
#[must_use]
pub fn evidence(exhibits: &Exhibits) -> Option<Drawing> {
    // The first signal of each service is its most telling one.
    let affected = exhibits.affected();
    let first = |node: &usize| exhibits.signals.iter().find(|s| s.node == *node);
    let mut lanes: Vec<&SignalExhibit> = affected.iter().filter_map(first).collect();
    if lanes.is_empty() {
        let suspects = (0..exhibits.nodes.len()).filter(|i| exhibits.nodes[*i].rank.is_some());
        lanes = suspects.collect::<Vec<_>>().iter().filter_map(first).collect();
    }
    let omitted = lanes.len().saturating_sub(LANES);
    lanes.truncate(LANES);
    if lanes.is_empty() {
        return None;
    }
    let time = TimeAxis::new(&exhibits.time, exhibits.view_ns?, LEFT, RIGHT);
    let bottom = TOP + LANE * lanes.len() as f64;
    let mut svg = Svg::default();
    plot::incident(&mut svg, exhibits, &time, TOP, bottom);
    time.draw(&mut svg, TOP, bottom, 7);
    svg.text(RIGHT, bottom + 30.0, "tick end", &time.caption());
    svg.text(
        LEFT,
        TOP - 12.0,
        "small quiet start",
        "line: mean; grey: usual (5th to 95th percentile of normal time); shaded: incident",
    );
    svg.text(RIGHT + 10.0, TOP - 12.0, "small quiet start", "worst, usual");
    let mut told = Vec::new();
    for (i, signal) in lanes.iter().enumerate() {
        let top = TOP + LANE * i as f64;
        told.push(lane(&mut svg, exhibits, signal, &time, top));
    }
    svg.line((LEFT, bottom), (RIGHT, bottom), "axis");
    if omitted > 0 {
        svg.text(0.0, bottom + 30.0, "small quiet start", &format!("{omitted} more services are not shown"));
    }
    Some(Drawing {
        width: WIDTH,
        height: bottom + 40.0,
        title: "Evidence over time".to_owned(),
        description: format!("{}.", told.join("; ")),
        body: svg.finish(),
    })
}

/// One service's lane; says what it shows.
fn lane(svg: &mut Svg, exhibits: &Exhibits, signal: &SignalExhibit, time: &TimeAxis, top: f64) -> String {
    let node = &exhibits.nodes[signal.node];
    let values = Scale::new(plot::range(signal, time), (top + LANE - 5.0, top + 6.0));
    svg.line((0.0, top), (WIDTH, top), "lane");
    svg.open("g", &[]);
    svg.title(&node.service);
    svg.text(0.0, top + 22.0, "strong start", &fit(&node.service, LEFT - 12.0, 12.6));
    svg.close("g");
    let what = &signal.signal;
    svg.text(0.0, top + 39.0, "small quiet start", &fit(what, LEFT - 12.0, 11.0));
    plot::signal(svg, signal, time, &values, (LEFT, RIGHT));
    let mut onset_told = String::new();
    if let Some(onset) = node.onset.as_ref().filter(|o| time.shows(o.time_ns)) {
        let x = time.at(onset.time_ns);
        svg.line((x, top + 3.0), (x, top + LANE - 2.0), "onset");
        onset_told = format!(", onset {}", time.tell(onset.time_ns));
    }
    let worst = worst(signal, time);
    let value = |v: f64| told(v, &signal.unit);
    let usual = signal.normal.map_or_else(|| "not known".to_owned(), value);
    svg.text(RIGHT + 10.0, top + 22.0, "strong start", &fit(&value(worst), 148.0, 12.6));
    svg.text(RIGHT + 10.0, top + 39.0, "small quiet start", &fit(&format!("usual {usual}"), 148.0, 11.0));
    format!("{}: {what} at worst {}, usual {usual}{onset_told}", node.service, value(worst))
}

/// The value in view that is farthest from what is usual.
fn worst(signal: &SignalExhibit, time: &TimeAxis) -> f64 {
    let usual = signal.normal.unwrap_or(0.0);
    let values = signal.points.iter().filter(|p| time.shows(p.at_ns)).flat_map(|p| [p.max, p.min]);
    values.fold(usual, |worst, v| if (v - usual).abs() > (worst - usual).abs() { v } else { worst })
}
