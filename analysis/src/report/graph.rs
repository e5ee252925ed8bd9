//! Graph reasoning: the picture, ranked causes, ranked paths, simpler methods.

use std::collections::BTreeMap;

use infra_graph::{EdgeId, MermaidBudget, NodeId, to_mermaid};

use crate::analyse::Analysis;
use crate::ranking::paths::edge_attention;
use crate::text::{Text, count};
use infra_report::Clock;
use infra_report::model::{BaselineView, GraphView, HopView, PathView};

/// Services in the picture: as many as a reader takes in.
const PICTURED: usize = 16;
/// Scores below this share of the first are noise in a picture.
const NOISE: f64 = 0.1;

/// Attention by edge of the dependency graph, for pictures and exports.
#[must_use]
pub fn edge_weights(analysis: &Analysis<'_>) -> BTreeMap<EdgeId, f64> {
    let Some(ranking) = &analysis.ranking else { return BTreeMap::new() };
    let attention = edge_attention(ranking);
    analysis.case.graph.edges().map(|e| e.id).zip(attention).collect()
}

/// The dependency graph with scores and attention, the first path standing out.
#[must_use]
pub fn view<'a>(
    analysis: &'a Analysis<'_>,
    weights: &'a BTreeMap<EdgeId, f64>,
    highlight: &'a [NodeId],
) -> infra_graph::GraphView<'a> {
    infra_graph::GraphView {
        node_score: analysis.ranking.as_ref().map(|r| r.scores.as_slice()),
        edge_weight: (!weights.is_empty()).then_some(weights),
        highlight,
        ..infra_graph::GraphView::new(&analysis.case.graph)
    }
}

pub(super) fn build(analysis: &Analysis<'_>, clock: &Clock) -> GraphView {
    let case = &analysis.case;
    let weights = edge_weights(analysis);
    let path = analysis.paths.iter().find(|p| p.confirmed).or_else(|| analysis.paths.first());
    let highlight: Vec<NodeId> = path
        .map(|p| p.steps.iter().map(|s| NodeId::new(u32::try_from(s.service).unwrap_or(u32::MAX))).collect())
        .unwrap_or_default();
    let scores = pictured_scores(analysis);
    let relevant = scores.iter().filter(|s| s.is_finite()).count();
    // A small graph is shown whole, a large one as far as it has to do with the incident.
    let nodes = if case.len() <= PICTURED { case.len() } else { relevant.clamp(2, PICTURED) };
    let shown = infra_graph::GraphView { node_score: Some(&scores), ..view(analysis, &weights, &highlight) };
    let picture = to_mermaid(&shown, MermaidBudget { nodes, ..MermaidBudget::default() });
    let omitted = if picture.omitted_nodes + picture.omitted_edges > 0 {
        format!(
            "The picture leaves out {} and {}.",
            count(picture.omitted_nodes, "service", "services"),
            count(picture.omitted_edges, "edge", "edges")
        )
    } else {
        String::new()
    };
    let caption = Text::words(if analysis.ranking.is_some() {
        "Edges run in the direction of failure, from the dependency to the service that depends on it; the number on an edge is the network's attention: how much of the dependent's distress the dependency explains. Numbers on services are scores."
    } else {
        "Edges run from a dependency to the service that depends on it. No incident was found, so the network was not asked."
    });
    let causes = super::causes::causes(analysis, analysis.options.top);
    GraphView {
        caption,
        mermaid: if case.is_empty() { String::new() } else { picture.text.trim_end().to_owned() },
        omitted,
        causes_omitted: analysis.suspects().count().saturating_sub(causes.len()),
        causes,
        paths: paths(analysis, clock),
        aside: super::aside::build(analysis),
        baselines: baselines(analysis),
    }
}

/// Scores to show: those of affected services and of suspects above the noise, else NaN.
pub(super) fn pictured_scores(analysis: &Analysis<'_>) -> Vec<f64> {
    let Some(ranking) = &analysis.ranking else { return vec![f64::NAN; analysis.case.len()] };
    let first = ranking.order.first().map_or(0.0, |s| ranking.scores[*s]);
    let shown = |i: usize| analysis.onsets[i].is_some() || ranking.scores[i] >= NOISE * first;
    (0..analysis.case.len()).map(|i| if shown(i) { ranking.scores[i] } else { f64::NAN }).collect()
}

fn paths(analysis: &Analysis<'_>, clock: &Clock) -> Vec<PathView> {
    let hop = |step: &crate::ranking::paths::Step| {
        let mut onset = step.onset_ns.map_or_else(|| "none seen".to_owned(), |o| clock.at(o));
        if let Some(lag) = step.lag_ns {
            onset.push_str(&match lag {
                0.. => format!(" (lag {})", clock.span(lag)),
                // It was seen in an interval that began before the other's onset.
                _ if lag.saturating_add(step.within_ns) >= 0 => {
                    format!(" (at the same time, within {})", clock.span(step.within_ns))
                },
                _ => format!(" ({} earlier)", clock.span(lag.saturating_neg())),
            });
        }
        HopView {
            service: Text::untrusted(analysis.case.name(step.service)),
            onset,
            attention: step.attention.map_or_else(String::new, |a| format!("{a:.2}")),
            deviation: step.gate,
            cite: step.evidence.as_ref().map_or_else(String::new, ToString::to_string),
        }
    };
    analysis
        .paths
        .iter()
        .map(|path| PathView {
            standing: if path.confirmed { "confirmed" } else { "inferred" },
            probability: path.probability,
            hops: path.steps.iter().map(hop).collect(),
        })
        .collect()
}

fn baselines(analysis: &Analysis<'_>) -> Vec<BaselineView> {
    let first = analysis.suspects().next();
    analysis
        .baselines
        .iter()
        .map(|b| {
            let mut order = Text::new();
            order.names(b.order.iter().take(3).map(|s| analysis.case.name(*s)), 3);
            BaselineView { name: b.name, order, agrees: first.is_some() && b.order.first().copied() == first }
        })
        .collect()
}
