//! How far it spread: from the first suspect to every service that its failure reached.
//!
//! Every affected service is reached by the most probable path that only takes confirmed hops:
//! both ends deviate, and the victim's onset is not before that of what it depends on. The union
//! of these paths is a tree; what it does not reach failed for a reason of its own, or unseen.

use infra_graph::{EdgeProbabilities, NodeId, best_paths_from};

use super::paths::{edge_attention, self_attention};
use super::score::Ranking;
use crate::case::Case;
use crate::error::AnalysisError;
use crate::heads::HeadResult;
use crate::onset::Onset;

/// Attention of a confirmed hop that the network gives none: it is there, but says nothing.
const FAINT: f64 = 1e-6;

/// One hop of a failure, from the dependency to the service that depends on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// The failing service.
    pub from: usize,
    /// Its victim.
    pub to: usize,
    /// How much of the victim's distress it explains, 0..1.
    pub attention: f64,
    /// Hops from the origin to the victim.
    pub depth: u32,
}

/// The hops over which the failures of the suspects spread, by depth, then by the names of their
/// victims: of the first suspect, then of each of the next (`origins` in all) that no earlier one
/// reached and that attends to itself most.
///
/// # Errors
/// [`AnalysisError::Graph`].
pub fn spread(
    case: &Case<'_>,
    heads: &[HeadResult],
    ranking: &Ranking,
    onsets: &[Option<Onset>],
    origins: usize,
) -> Result<Vec<Hop>, AnalysisError> {
    let c = case.constants;
    let deviates: Vec<bool> = (0..case.len())
        .map(|i| {
            let gate = heads.iter().map(|h| h.peak_gate(i, c.gate_z)).fold(0.0, f64::max);
            onsets[i].is_some() && gate > c.confirmed_gate
        })
        .collect();
    let attention = edge_attention(ranking);
    let mut reached = vec![false; case.len()];
    let mut hops: Vec<Hop> = Vec::new();
    let suspects = ranking.order.iter().take(origins).filter(|s| ranking.scores[**s] > 0.0);
    for (k, &origin) in suspects.enumerate() {
        let own = k == 0 || (deviates[origin] && self_attention(ranking, origin) >= 0.5);
        if std::mem::replace(&mut reached[origin], true) || !own {
            continue;
        }
        let probability = |(e, edge): (usize, infra_graph::Edge<'_>)| {
            let (to, from) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
            let takes_part = deviates[to] && (from == origin || deviates[from]) && from != to;
            let confirmed = takes_part && !reached[to] && forwards(onsets, from, to);
            if confirmed { attention[e].clamp(FAINT, 1.0) } else { 0.0 }
        };
        let probabilities: Vec<f64> = case.graph.edges().enumerate().map(probability).collect();
        let probabilities = EdgeProbabilities::try_new(&case.graph, probabilities)?;
        let start = NodeId::new(u32::try_from(origin).unwrap_or(u32::MAX));
        let best = best_paths_from(&case.graph, &probabilities, start, c.walk_depth as u32)?;
        for target in best.targets().iter().skip(1) {
            let Some(path) = best.path_to(*target) else { continue };
            for (depth, (pair, edge)) in (1..).zip(path.nodes.windows(2).zip(&path.edges)) {
                let (from, to) = (pair[0].index(), pair[1].index());
                hops.push(Hop { from, to, attention: attention[edge.index()], depth });
                reached[to] = true;
            }
        }
    }
    let name = |i: usize| case.name(i);
    hops.sort_by(|a, b| (a.depth, name(a.to), name(a.from)).cmp(&(b.depth, name(b.to), name(b.from))));
    hops.dedup_by(|a, b| (a.from, a.to) == (b.from, b.to));
    Ok(hops)
}

/// Whether the victim's onset may be after that of what it depends on; unseen ones may.
fn forwards(onsets: &[Option<Onset>], from: usize, to: usize) -> bool {
    match (&onsets[from], &onsets[to]) {
        (Some(first), Some(then)) => then.time_ns.saturating_add(then.within_ns) >= first.time_ns,
        _ => true,
    }
}
