//! Who left its band when, for how long, and how the failure went from one to the next.

use super::drawing::Drawing;
use super::label::{fit, width};
use super::plot;
use super::svg::{PathData, Svg};
use super::time_axis::TimeAxis;
use crate::exhibits::{Exhibits, Moment, MomentKind, NodeExhibit};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 206.0;
const RIGHT: f64 = 948.0;
const LANE: f64 = 26.0;
/// Lanes that a reader takes in.
const LANES: usize = 24;
/// Rows of other things that happened.
const ROW: f64 = 20.0;

/// Draws the lanes; `None` if no service left its band.
#[must_use]
pub fn propagation(exhibits: &Exhibits) -> Option<Drawing> {
    let mut affected = exhibits.affected();
    let omitted = affected.len().saturating_sub(LANES);
    affected.truncate(LANES);
    let view = exhibits.view_ns.filter(|_| !affected.is_empty())?;
    let time = TimeAxis::new(&exhibits.time, view, LEFT, RIGHT);
    let shown = |m: &&Moment| time.shows(m.time_ns);
    let kinds: Vec<MomentKind> = MomentKind::ALL
        .into_iter()
        .filter(|k| {
            *k != MomentKind::Milestone && exhibits.moments.iter().filter(shown).any(|m| m.kind == *k)
        })
        .collect();
    let milestones: Vec<&Moment> =
        exhibits.moments.iter().filter(shown).filter(|m| m.kind == MomentKind::Milestone).collect();
    let top = 16.0 + if milestones.is_empty() { 0.0 } else { 26.0 };
    let rows_end = top + ROW * kinds.len() as f64;
    let bottom = rows_end + LANE * affected.len() as f64;
    let mut svg = Svg::default();
    plot::incident(&mut svg, exhibits, &time, top, bottom);
    time.draw(&mut svg, top, bottom, 8);
    svg.text(RIGHT, bottom + 30.0, "tick end", &time.caption());
    mark_milestones(&mut svg, &time, &milestones, top, bottom);
    for (i, kind) in kinds.iter().enumerate() {
        let of_kind = exhibits.moments.iter().filter(shown).filter(|m| m.kind == *kind);
        moments(&mut svg, &time, *kind, of_kind, top + ROW * (i as f64 + 0.5));
    }
    let middle = |lane: usize| rows_end + LANE * (lane as f64 + 0.5);
    for (lane, node) in affected.iter().enumerate() {
        service(&mut svg, &time, &exhibits.nodes[*node], middle(lane));
    }
    hops(&mut svg, exhibits, &time, &affected, middle);
    svg.line((LEFT, bottom), (RIGHT, bottom), "axis");
    legend(&mut svg, bottom + 30.0, omitted);
    Some(Drawing {
        width: WIDTH,
        height: bottom + 40.0,
        title: "How the failure spread over time".to_owned(),
        description: describe(exhibits, &time, &affected),
        body: svg.finish(),
    })
}

/// What bars and strips mean.
fn legend(svg: &mut Svg, y: f64, omitted: usize) {
    let entries = [
        ("out-bar", "out of its band"),
        ("may-be", "onset may be as late"),
        ("status-1", "status: warning"),
        ("status-2", "critical"),
        ("status-3", "down"),
    ];
    let mut x = 0.0;
    for (class, words) in entries {
        svg.rect((x, y - 8.0), (14.0, 8.0), 1.5, class);
        svg.text(x + 19.0, y, "small quiet start", words);
        x += 19.0 + width(words, 11.0) + 16.0;
    }
    if omitted > 0 {
        svg.text(x, y, "small quiet start", &format!("{omitted} more services are not shown"));
    }
}

/// Vertical lines with their names above, on two lines where they are near each other.
fn mark_milestones(svg: &mut Svg, time: &TimeAxis, milestones: &[&Moment], top: f64, bottom: f64) {
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    for moment in milestones {
        let x = time.at(moment.time_ns);
        let half = width(&moment.what, 11.0) / 2.0 + 3.0;
        let left = (x - half).clamp(LEFT, RIGHT - 2.0 * half);
        let free = |y: f64| !taken.iter().any(|(l, r, at)| *at == y && *l < left + 2.0 * half && left < *r);
        let y = [top - 6.0, top - 19.0].into_iter().find(|y| free(*y));
        svg.open("g", &[]);
        svg.title(&format!("{}: {}", moment.what, time.tell(moment.time_ns)));
        svg.line((x, top - 3.0), (x, bottom), "milestone");
        if let Some(y) = y {
            svg.text(left + half, y, "small quiet middle", &moment.what);
            taken.push((left, left + 2.0 * half, y));
        }
        svg.close("g");
    }
}

fn moments<'a>(
    svg: &mut Svg,
    time: &TimeAxis,
    kind: MomentKind,
    moments: impl Iterator<Item = &'a Moment>,
    y: f64,
) {
    svg.text(0.0, y + 4.0, "small quiet start", kind.words());
    svg.line((LEFT, y), (RIGHT, y), "lane");
    for moment in moments {
        let x = time.at(moment.time_ns);
        svg.open("g", &[]);
        let by = if moment.source.is_empty() { String::new() } else { format!(" from {}", moment.source) };
        svg.title(&format!("{}: {}{by}", time.tell(moment.time_ns), moment.what));
        let mut shape = PathData::default();
        match kind {
            // A square, a diamond, a triangle, a disc: told apart without colour.
            MomentKind::Change => {
                svg.rect((x - 4.0, y - 4.0), (8.0, 8.0), 0.0, "moment-full");
            },
            MomentKind::Hazard => {
                shape
                    .move_to((x, y - 5.5))
                    .line_to((x + 5.5, y))
                    .line_to((x, y + 5.5))
                    .line_to((x - 5.5, y))
                    .close();
                svg.path(shape.as_str(), "moment-full");
            },
            MomentKind::Alert => {
                shape.move_to((x, y - 5.0)).line_to((x + 5.0, y + 4.5)).line_to((x - 5.0, y + 4.5)).close();
                svg.path(shape.as_str(), "moment");
            },
            MomentKind::Action | MomentKind::Milestone => {
                svg.rect((x - 4.5, y - 4.5), (9.0, 9.0), 4.5, "moment");
            },
        }
        svg.close("g");
    }
}

fn service(svg: &mut Svg, time: &TimeAxis, node: &NodeExhibit, y: f64) {
    let Some(onset) = &node.onset else { return };
    svg.line((0.0, y + LANE / 2.0), (RIGHT, y + LANE / 2.0), "lane");
    svg.open("g", &[]);
    svg.title(&format!("{}: onset {} ({})", node.service, time.tell(onset.time_ns), onset.head));
    let rank = node.rank.filter(|r| *r <= 9).map_or(String::new(), |r| format!("{r}."));
    let class = if node.rank == Some(1) { "strong start" } else { "start" };
    svg.text(0.0, y + 4.0, "small quiet start", &rank);
    svg.text(24.0, y + 4.0, class, &fit(&node.service, LEFT - 36.0, 12.6));
    svg.close("g");
    for (start, end) in &node.out {
        let (from, to) = (time.at(*start), time.at(*end));
        svg.open("g", &[]);
        svg.title(&format!("out of its band from {} to {}", time.tell(*start), time.tell(*end)));
        svg.rect((from, y - 6.0), ((to - from).max(3.0), 9.0), 1.5, "out-bar");
        svg.close("g");
    }
    if onset.within_ns > 0 {
        let (from, to) = (time.at(onset.time_ns), time.at(onset.time_ns.saturating_add(onset.within_ns)));
        svg.rect((from, y - 6.0), (to - from, 9.0), 1.5, "may-be");
    }
    for (i, status) in node.statuses.iter().enumerate() {
        let Some(severity @ 1..=3) = status.severity else { continue };
        let end = node.statuses.get(i + 1).map_or(i64::MAX, |next| next.time_ns);
        let (from, to) = (time.at(status.time_ns), time.at(end));
        svg.open("g", &[]);
        svg.title(&format!("{} from {}", status.name, time.tell(status.time_ns)));
        svg.rect((from, y + 5.5), (to - from, 4.0), 0.0, &format!("status-{severity}"));
        svg.close("g");
    }
    svg.rect((time.at(onset.time_ns) - 2.0, y - 8.0), (4.0, 13.0), 1.0, "onset-mark");
}

/// Arrows from onset to onset.
fn hops(
    svg: &mut Svg,
    exhibits: &Exhibits,
    time: &TimeAxis,
    affected: &[usize],
    middle: impl Fn(usize) -> f64,
) {
    let lane = |node: usize| affected.iter().position(|a| *a == node);
    let onset = |node: usize| exhibits.nodes[node].onset.as_ref().map(|o| time.at(o.time_ns));
    for hop in &exhibits.hops {
        let (Some(from), Some(to)) = (lane(hop.from), lane(hop.to)) else { continue };
        let (Some(x1), Some(x2)) = (onset(hop.from), onset(hop.to)) else { continue };
        let (y1, y2) = (middle(from), middle(to));
        let down = if y2 > y1 { 1.0 } else { -1.0 };
        // It leaves at the one's onset and ends just before the other's mark.
        let end = (x2 - 4.0, y2 - 1.5);
        let bend = (x1.min(x2) - 14.0).max(LEFT - 8.0);
        let mut line = PathData::default();
        line.move_to((x1 - 2.0, y1 + down * 4.0));
        if x2 - x1 > 24.0 {
            line.curve_to((x1 + 2.0, y2), (x1 + 6.0, y2 - 1.5), (end.0 - 5.0, end.1));
        } else {
            line.curve_to((bend, y1 + down * 8.0), (bend, end.1), (end.0 - 5.0, end.1));
        }
        svg.open("g", &[]);
        svg.title(&format!(
            "{} explains {:.0} % of the distress of {}",
            exhibits.nodes[hop.from].service,
            100.0 * hop.attention,
            exhibits.nodes[hop.to].service
        ));
        svg.path(line.as_str(), "hop");
        let mut head = PathData::default();
        head.move_to(end).line_to((end.0 - 6.5, end.1 - 3.2)).line_to((end.0 - 6.5, end.1 + 3.2)).close();
        svg.path(head.as_str(), "hop-head");
        svg.close("g");
    }
}

fn describe(exhibits: &Exhibits, time: &TimeAxis, affected: &[usize]) -> String {
    let of = |node: &usize| {
        let node = &exhibits.nodes[*node];
        node.onset.as_ref().map(|o| format!("{} at {}", node.service, time.tell(o.time_ns)))
    };
    let onsets: Vec<String> = affected.iter().filter_map(of).collect();
    let name = |i: usize| &exhibits.nodes[i].service;
    let hops: Vec<String> =
        exhibits.hops.iter().map(|h| format!("from {} to {}", name(h.from), name(h.to))).collect();
    let spread = if hops.is_empty() { String::new() } else { format!(" It went {}.", hops.join(", ")) };
    format!("Services by onset: {}.{spread}", onsets.join(", "))
}
