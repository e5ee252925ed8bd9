//! Charts of a small incident, of a hostile one, and of nothing.

use super::*;
use crate::exhibits::{
    EdgeExhibit, Exhibits, HopExhibit, Moment, MomentKind, NodeExhibit, OnsetExhibit, Period, PeriodKind,
    Point, SignalExhibit, StatusExhibit,
};

const SECOND: i64 = 1_000_000_000;
const HOSTILE: &str = "</text></svg><script>alert(1)</script>\"'&\u{1b}\u{202e}";

/// Three services of which two fail, one after the other; `names` name them.
pub(crate) fn incident(names: [&str; 3]) -> Exhibits {
    let node = |i: usize, onset: Option<i64>| NodeExhibit {
        service: names[i].to_owned(),
        kind: Some(names[i].to_owned()),
        observed: i < 2,
        score: onset.map(|_| 2.0 - i as f64),
        rank: onset.map(|_| i + 1),
        onset: onset.map(|s| OnsetExhibit { time_ns: s * SECOND, within_ns: SECOND, head: "latency".into() }),
        out: onset.map_or_else(Vec::new, |s| vec![(s * SECOND, 90 * SECOND)]),
        statuses: onset.map_or_else(Vec::new, |s| {
            vec![StatusExhibit { time_ns: s * SECOND, name: names[i].to_owned(), severity: Some(2) }]
        }),
    };
    let point = |i: i64| Point {
        at_ns: i * SECOND,
        start_ns: i * SECOND,
        end_ns: (i + 1) * SECOND,
        min: 0.1,
        mean: if i < 40 { 0.2 } else { 0.9 },
        max: 1.0,
    };
    Exhibits {
        view_ns: Some((0, 100 * SECOND)),
        found: true,
        periods: vec![
            Period { kind: PeriodKind::Normal, start_ns: 0, end_ns: 40 * SECOND },
            Period { kind: PeriodKind::Incident, start_ns: 40 * SECOND, end_ns: 100 * SECOND },
        ],
        nodes: vec![node(0, Some(40)), node(1, Some(52)), node(2, None)],
        edges: vec![
            EdgeExhibit { from: 0, to: 1, attention: Some(0.8), on_path: true, inferred: false },
            EdgeExhibit { from: 1, to: 2, attention: Some(0.1), on_path: false, inferred: true },
        ],
        hops: vec![HopExhibit { from: 0, to: 1, attention: 0.8 }],
        signals: vec![SignalExhibit {
            node: 0,
            signal: names[0].to_owned(),
            statistic: "mean".into(),
            unit: "s".into(),
            points: (0..100).map(point).collect(),
            normal: Some(0.2),
            band: Some((0.15, 0.25)),
            thresholds: vec![("critical", 0.8)],
            merged: 1,
        }],
        moments: vec![
            Moment {
                time_ns: 55 * SECOND,
                kind: MomentKind::Alert,
                what: names[2].to_owned(),
                source: names[1].to_owned(),
            },
            Moment {
                time_ns: 55 * SECOND,
                kind: MomentKind::Milestone,
                what: "detected".into(),
                source: String::new(),
            },
        ],
        ..Exhibits::default()
    }
}

fn all(exhibits: &Exhibits) -> Vec<Drawing> {
    let measurements = exhibits.signals.iter().filter_map(|s| measurement(exhibits, s));
    [dependencies(exhibits), propagation(exhibits), evidence(exhibits)]
        .into_iter()
        .flatten()
        .chain(measurements)
        .collect()
}

/// Names of elements in the order in which they open; fails unless the text is well-formed XML of
/// the plain kind that we write: no comments, no sections, no processing instructions.
#[track_caller]
pub(crate) fn elements(xml: &str) -> Vec<String> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut rest = xml.trim_end();
    assert!(rest.starts_with('<'), "{xml}");
    while !rest.is_empty() {
        let text = rest.find('<').unwrap_or(rest.len());
        for entity in rest[..text].split('&').skip(1) {
            let name = entity.split(';').next().unwrap();
            assert!(["lt", "gt", "amp", "quot", "#39"].contains(&name), "&{name}");
        }
        assert!(!rest[..text].contains('>') && !rest[..text].contains(|c: char| c.is_control() && c != '\n'));
        rest = &rest[text..];
        let Some(inside) = rest.strip_prefix('<') else { break };
        // An attribute's value may hold no angle bracket: ours are escaped.
        let end = inside.find('>').expect("an open tag");
        let tag = &inside[..end];
        assert!(!tag.contains('<'), "{tag}");
        rest = &inside[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "in {xml}");
            continue;
        }
        let (tag, alone) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
        let name = tag.split(' ').next().unwrap().to_owned();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        found.push(name.clone());
        if !alone {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    found
}

#[test]
fn every_chart_is_well_formed_and_says_what_it_shows() {
    let exhibits = incident(["payment", "cart", "front"]);
    let charts = all(&exhibits);
    assert_eq!(charts.len(), 4);
    for chart in charts {
        for text in [chart.standalone(), chart.inline("x")] {
            let names = elements(&text);
            assert_eq!(names[..3], ["svg", "title", "desc"]);
            assert!(
                !names.iter().any(|n| ["script", "image", "foreignObject", "use", "a"].contains(&n.as_str()))
            );
            assert!(!text.contains("href") && !text.contains("url(") && !text.contains("NaN"), "{text}");
        }
        let told = format!("{}: {}", chart.title, chart.description);
        assert!(told.contains("payment") && chart.description.len() > 20, "{told}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let harmless = all(&incident(["a", "b", "c"]));
    let hostile = all(&incident([HOSTILE; 3]));
    for (a, b) in harmless.iter().zip(&hostile) {
        let (a, b) = (a.standalone(), b.standalone());
        assert_eq!(elements(&a), elements(&b));
        assert!(!b.contains("<script") && !b.contains('\u{202e}'), "{b}");
    }
}

#[test]
fn the_same_exhibits_give_the_same_bytes() {
    let draw = || all(&incident(["a", "b", "c"])).iter().map(Drawing::standalone).collect::<Vec<_>>();
    assert_eq!(draw(), draw());
}

#[test]
fn the_graph_shows_rank_path_and_attention() {
    let svg = dependencies(&incident(["payment", "cart", "front"])).unwrap().inline("g");
    assert_eq!(svg.matches("class=\"service was-out").count(), 2);
    assert_eq!(svg.matches("class=\"link on-path\"").count(), 1);
    assert_eq!(svg.matches("class=\"link inferred\"").count(), 1);
    assert!(svg.contains(">0.80</text>") && svg.contains("payment → cart: explains 80 %"));
    assert!(svg.contains("not observed") && svg.contains("class=\"badge\""));
}

#[test]
fn the_propagation_chart_has_a_lane_for_each_affected_service_and_a_line_for_each_hop() {
    let svg = propagation(&incident(["payment", "cart", "front"])).unwrap().inline("p");
    // Each once more in the legend.
    assert_eq!(svg.matches("class=\"out-bar\"").count(), 2 + 1);
    assert_eq!(svg.matches("class=\"hop\"").count(), 1);
    assert_eq!(svg.matches("class=\"status-2\"").count(), 2 + 1);
    assert!(svg.contains(">detected</text>") && svg.contains(">alert</text>"));
    assert!(!svg.contains(">front</text>"), "it never left its band");
}

#[test]
fn nothing_to_draw_draws_nothing() {
    assert!(all(&Exhibits::default()).is_empty());
    // Services without measurements, times or edges are a picture all the same.
    let bare = Exhibits { nodes: vec![NodeExhibit::default()], ..Exhibits::default() };
    assert_eq!(all(&bare).len(), 1);
}

#[test]
fn extreme_numbers_stay_in_the_picture() {
    let mut exhibits = incident(["a", "b", "c"]);
    exhibits.view_ns = Some((i64::MIN, i64::MAX));
    exhibits.nodes[0].out = vec![(i64::MIN, i64::MAX)];
    for (point, value) in exhibits.signals[0]
        .points
        .iter_mut()
        .zip([f64::MAX, f64::MIN, 1e-300, f64::INFINITY, f64::NAN].into_iter().cycle())
    {
        (point.min, point.mean, point.max) = (value, value, value);
    }
    for chart in all(&exhibits) {
        let text = chart.standalone();
        elements(&text);
        assert!(!text.contains("NaN") && !text.contains("inf\"") && !text.contains("inf "), "{text}");
    }
}
