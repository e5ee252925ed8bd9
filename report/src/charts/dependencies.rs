//! The dependency graph, edges in the direction of failure: who could fail with whom, and how
//! much of it the network sees.

use super::drawing::Drawing;
use super::label::{fit, width};
use super::layout::{Direction, Layout, Spacing, layered};
use super::svg::{PathData, Svg};
use crate::exhibits::{Exhibits, NodeExhibit};
use crate::text::number;

/// Height of a service's box \[px\].
const HEIGHT: f64 = 42.0;
/// Least and largest width of boxes \[px\]: as wide as names need, within the page.
const WIDTHS: (f64, f64) = (128.0, 216.0);
/// Around the picture, for badges and lines.
const MARGIN: f64 = 14.0;
/// Wider pictures are turned, or else scrolled.
const WIDE: f64 = 980.0;
/// Ranks that are worth a badge.
const BADGES: usize = 5;
/// Attention below this is not written beside its edge.
const FAINT: f64 = 0.05;
/// Size of names \[px\]; they are bold.
const FONT: f64 = 12.6;

/// Draws the graph; `None` without services.
#[must_use]
pub fn dependencies(exhibits: &Exhibits) -> Option<Drawing> {
    if exhibits.nodes.is_empty() {
        return None;
    }
    let layout = arrange(exhibits);
    let mut svg = Svg::default();
    svg.open("g", &[("transform", &format!("translate({MARGIN} {MARGIN})"))]);
    let mut order: Vec<usize> = (0..exhibits.edges.len()).collect();
    // The path lies above everything else.
    order.sort_by_key(|e| exhibits.edges[*e].on_path);
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut labels = Svg::default();
    for e in order.into_iter().rev() {
        label(&mut labels, exhibits, &layout, e, &mut taken);
    }
    for e in (0..exhibits.edges.len()).filter(|e| !exhibits.edges[*e].on_path) {
        edge(&mut svg, exhibits, &layout, e);
    }
    for e in (0..exhibits.edges.len()).filter(|e| exhibits.edges[*e].on_path) {
        edge(&mut svg, exhibits, &layout, e);
    }
    for (i, (node, at)) in exhibits.nodes.iter().zip(&layout.nodes).enumerate() {
        service(&mut svg, i, node, *at, layout.node);
    }
    let mut body = svg.finish();
    body.push_str(&labels.finish());
    body.push_str("</g>");
    Some(Drawing {
        width: layout.size.0 + 2.0 * MARGIN,
        height: layout.size.1 + 2.0 * MARGIN,
        title: "Dependency graph in the direction of failure".to_owned(),
        description: describe(exhibits),
        body,
    })
}

/// Services with edges on layers, the others in rows below them.
fn arrange(exhibits: &Exhibits) -> Layout {
    let ends: Vec<(usize, usize)> = exhibits.edges.iter().map(|e| (e.from, e.to)).collect();
    let joined: Vec<usize> = (0..exhibits.nodes.len())
        .filter(|i| ends.iter().any(|(a, b)| a != b && (a == i || b == i)))
        .collect();
    let place = |node: usize| joined.iter().position(|j| *j == node).unwrap_or(0);
    let inner: Vec<(usize, usize)> = ends
        .iter()
        // A loop's node may stand alone.
        .map(|(a, b)| if a == b { (0, 0) } else { (place(*a), place(*b)) })
        .collect();
    let wanted = exhibits.nodes.iter().map(|n| width(&n.service, FONT) + 18.0).fold(WIDTHS.0, f64::max);
    let wanted = wanted.min(WIDTHS.1).round();
    // Narrower boxes if names make the picture too wide.
    let narrow = (wanted.min(176.0), wanted.min(146.0));
    let across = |box_width: f64| {
        let spacing = Spacing { node: (box_width, HEIGHT), between_layers: 46.0, within_layer: 16.0 };
        layered(joined.len(), &inner, spacing, Direction::Right)
    };
    let mut layout = across(wanted);
    for box_width in [narrow.0, narrow.1] {
        if layout.size.0 > WIDE {
            layout = across(box_width);
        }
    }
    if layout.size.0 > WIDE {
        let down = Spacing { node: (narrow.1, HEIGHT), between_layers: 58.0, within_layer: 20.0 };
        let turned = layered(joined.len(), &inner, down, Direction::Down);
        if turned.size.0 < layout.size.0 {
            layout = turned;
        }
    }
    let node = layout.node;
    let mut nodes = vec![(0.0, 0.0); exhibits.nodes.len()];
    for (service, at) in joined.iter().zip(&layout.nodes) {
        nodes[*service] = *at;
    }
    let alone: Vec<usize> = (0..exhibits.nodes.len()).filter(|i| !joined.contains(i)).collect();
    let step = (node.0 + 20.0, node.1 + 16.0);
    let columns = ((layout.size.0.max(5.0 * step.0) + 20.0) / step.0).floor().max(1.0) as usize;
    let top = if joined.is_empty() { 0.0 } else { layout.size.1 + 34.0 };
    for (i, service) in alone.iter().enumerate() {
        let (row, column) = ((i / columns) as f64, (i % columns) as f64);
        nodes[*service] = (node.0 / 2.0 + column * step.0, top + node.1 / 2.0 + row * step.1);
    }
    let width = nodes.iter().map(|n| n.0 + node.0 / 2.0).fold(layout.size.0, f64::max);
    let height = nodes.iter().map(|n| n.1 + node.1 / 2.0).fold(layout.size.1, f64::max);
    Layout { nodes, size: (width, height), ..layout }
}

fn edge(svg: &mut Svg, exhibits: &Exhibits, layout: &Layout, e: usize) {
    let (edge, line) = (&exhibits.edges[e], &layout.edges[e]);
    let (Some(start), Some(end)) = (line.first(), line.last()) else { return };
    let across = layout.direction == Direction::Right;
    let attention = edge.attention.unwrap_or(0.0).clamp(0.0, 1.0);
    let width = 1.0 + 4.0 * attention;
    let forward = if across {
        (end.0 - line[line.len() - 2].0).signum()
    } else {
        (end.1 - line[line.len() - 2].1).signum()
    };
    let head = 5.0 + width;
    // The line ends where its head begins.
    let tip = *end;
    let neck = if across { (tip.0 - forward * head, tip.1) } else { (tip.0, tip.1 - forward * head) };
    let mut data = PathData::default();
    data.move_to(*start);
    for pair in line.windows(2) {
        let (a, b) = (pair[0], if pair[1] == tip { neck } else { pair[1] });
        if across {
            let half = (a.0 + b.0) / 2.0;
            data.curve_to((half, a.1), (half, b.1), b);
        } else {
            let half = (a.1 + b.1) / 2.0;
            data.curve_to((a.0, half), (b.0, half), b);
        }
    }
    let mut class = "link".to_owned();
    for (set, name) in [(edge.on_path, " on-path"), (edge.inferred, " inferred")] {
        if set {
            class.push_str(name);
        }
    }
    svg.open("g", &[("class", &class), ("data-edge", &e.to_string())]);
    let name = |i: usize| exhibits.nodes[i].service.as_str();
    let share = edge.attention.map_or_else(String::new, |a| format!(": explains {:.0} %", 100.0 * a));
    svg.title(&format!("{} → {}{share}", name(edge.from), name(edge.to)));
    let opacity = if edge.on_path { 1.0 } else { 0.45 + 0.55 * attention };
    svg.leaf(
        "path",
        &[
            ("d", data.as_str()),
            ("class", "edge"),
            ("stroke-width", &format!("{width:.1}")),
            ("opacity", &format!("{opacity:.2}")),
        ],
    );
    let side = head * 0.55;
    let mut arrow = PathData::default();
    arrow.move_to(tip);
    if across {
        arrow.line_to((neck.0, neck.1 - side)).line_to((neck.0, neck.1 + side));
    } else {
        arrow.line_to((neck.0 - side, neck.1)).line_to((neck.0 + side, neck.1));
    }
    arrow.close();
    svg.leaf("path", &[("d", arrow.as_str()), ("class", "edge-head"), ("opacity", &format!("{opacity:.2}"))]);
    svg.close("g");
}

/// Attention beside its edge, where there is room for it.
fn label(svg: &mut Svg, exhibits: &Exhibits, layout: &Layout, e: usize, taken: &mut Vec<(f64, f64)>) {
    let (edge, line) = (&exhibits.edges[e], &layout.edges[e]);
    let Some(attention) = edge.attention.filter(|a| edge.on_path || *a >= FAINT) else { return };
    let across = layout.direction == Direction::Right;
    let spots = line.windows(2).flat_map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        [0.5, 0.36, 0.64, 0.25, 0.75].map(|t| {
            // The curve's own shape: slow at both ends.
            let s = t * t * (3.0 - 2.0 * t);
            match across {
                true => (a.0 + t * (b.0 - a.0), a.1 + s * (b.1 - a.1)),
                false => (a.0 + s * (b.0 - a.0), a.1 + t * (b.1 - a.1)),
            }
        })
    });
    let free = |at: &(f64, f64)| {
        let beside = |x: f64, y: f64, w: f64, h: f64| (at.0 - x).abs() > w || (at.1 - y).abs() > h;
        taken.iter().all(|t| beside(t.0, t.1, 29.0, 13.0))
            && layout
                .nodes
                .iter()
                .all(|n| beside(n.0, n.1, layout.node.0 / 2.0 + 13.0, layout.node.1 / 2.0 + 7.0))
    };
    if let Some(at) = spots.into_iter().find(free) {
        taken.push(at);
        let class = if edge.on_path { "on-path" } else { "" };
        svg.open("g", &[("class", class)]);
        svg.text(at.0, at.1 + 4.0, "edge-text", &format!("{attention:.2}"));
        svg.close("g");
    }
}

fn service(svg: &mut Svg, i: usize, node: &NodeExhibit, at: (f64, f64), size: (f64, f64)) {
    let mut class = "service".to_owned();
    for (set, name) in
        [(node.onset.is_some(), " was-out"), (!node.observed, " unseen"), (node.rank == Some(1), " first")]
    {
        if set {
            class.push_str(name);
        }
    }
    let corner = (at.0 - size.0 / 2.0, at.1 - size.1 / 2.0);
    svg.open("g", &[("class", &class), ("data-node", &i.to_string())]);
    svg.title(&match &node.kind {
        Some(kind) => format!("{} ({kind})", node.service),
        None => node.service.clone(),
    });
    svg.rect(corner, size, 6.0, "box");
    svg.text(at.0, at.1 - 2.5, "strong middle", &fit(&node.service, size.0 - 12.0, FONT));
    svg.text(at.0, at.1 + 13.5, "small quiet middle state", &fit(&standing(node), size.0 - 10.0, 11.0));
    if let Some(rank) = node.rank.filter(|r| *r <= BADGES && node.score.is_some()) {
        svg.rect((corner.0 - 9.0, corner.1 - 8.0), (18.0, 18.0), 9.0, "badge");
        svg.text(corner.0, corner.1 + 5.0, "badge-text", &rank.to_string());
    }
    svg.close("g");
}

/// What is written below a service's name.
fn standing(node: &NodeExhibit) -> String {
    match (node.score, node.worst_status().filter(|s| s.severity > Some(0))) {
        _ if !node.observed => "not observed".to_owned(),
        (Some(score), Some(status)) => format!("{}, {}", number(score), status.name),
        (Some(score), None) => format!("score {}", number(score)),
        (None, Some(status)) => status.name.clone(),
        (None, None) => "in its band".to_owned(),
    }
}

fn describe(exhibits: &Exhibits) -> String {
    let name = |i: usize| exhibits.nodes[i].service.as_str();
    let path: Vec<String> = exhibits
        .edges
        .iter()
        .filter(|e| e.on_path)
        .map(|e| format!("{} to {}", name(e.from), name(e.to)))
        .collect();
    let mut text = format!(
        "{} services and {} edges, from a dependency to the service that depends on it.",
        exhibits.nodes.len(),
        exhibits.edges.len()
    );
    if !path.is_empty() {
        text.push_str(&format!(" The first path goes from {}.", path.join(", ")));
    }
    let mut others: Vec<&crate::exhibits::EdgeExhibit> =
        exhibits.edges.iter().filter(|e| e.attention.is_some_and(|a| a >= FAINT)).collect();
    others.sort_by(|a, b| b.attention.unwrap_or(0.0).total_cmp(&a.attention.unwrap_or(0.0)));
    let most: Vec<String> = others
        .iter()
        .take(12)
        .map(|e| format!("{} to {} {:.2}", name(e.from), name(e.to), e.attention.unwrap_or(0.0)))
        .collect();
    if !most.is_empty() {
        text.push_str(&format!(" Largest attentions: {}.", most.join(", ")));
    }
    text
}
