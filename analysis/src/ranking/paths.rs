//! How it spread: most probable paths from each suspected origin to the symptom.
//!
//! The probability of a path is the product of the attentions on its edges: how much of each
//! victim's distress the one before it explains.

use infra_graph::{EdgeProbabilities, NodeId, PathLimits, most_probable_paths};

use super::score::Ranking;
use crate::case::Case;
use crate::cite::Cite;
use crate::error::AnalysisError;
use crate::heads::HeadResult;
use crate::onset::Onset;

/// One service on a path.
#[derive(Clone, Debug)]
pub struct Step {
    /// The service.
    pub service: usize,
    /// When it left its band \[ns since the run's origin\].
    pub onset_ns: Option<i64>,
    /// Since the onset of the one before it \[ns\]; below 0 where the intervals in which both were
    /// seen are too long to tell.
    pub lag_ns: Option<i64>,
    /// How much later its onset may have been \[ns\].
    pub within_ns: i64,
    /// How clearly it deviates, 0..1.
    pub gate: f64,
    /// Rows that show it.
    pub evidence: Option<Cite>,
    /// How much of its distress the one before it explains, 0..1; `None` at the origin.
    pub attention: Option<f64>,
}

/// A path from an origin to the symptom, told in the order in which it spread.
#[derive(Clone, Debug)]
pub struct PropagationPath {
    /// Services, origin first.
    pub steps: Vec<Step>,
    /// Product of attentions, 0..1.
    pub probability: f64,
    /// Whether every service on it deviates and onsets do not run backwards; else it is inferred.
    pub confirmed: bool,
}

/// The most probable paths from the first suspect to each of `targets`, then the best path of
/// each of the next suspects (`origins` in all) that is no victim on a path already told and attends
/// to itself most.
/// Paths of one service, and those less probable than `path_probability`, are not told; only of a
/// declared incident the first suspect's best path is told whatever its probability.
///
/// # Errors
/// [`AnalysisError::Graph`].
pub fn paths(
    case: &Case<'_>,
    heads: &[HeadResult],
    ranking: &Ranking,
    onsets: &[Option<Onset>],
    origins: usize,
    targets: &[usize],
) -> Result<Vec<PropagationPath>, AnalysisError> {
    let attention = edge_attention(ranking);
    let probabilities =
        EdgeProbabilities::try_new(&case.graph, attention.iter().map(|a| a.clamp(0.0, 1.0)).collect())?;
    let limits = PathLimits { k: 1, max_hops: case.constants.walk_depth as u32 };
    let mut found: Vec<infra_graph::Path> = Vec::new();
    for &origin in ranking.order.iter().take(origins).filter(|s| ranking.scores[**s] > 0.0) {
        // Who is a stop on a path already told, or attends to others more than to itself, is a
        // victim, not another origin.
        let stop = found.iter().any(|p| p.nodes.contains(&node(origin)));
        if !found.is_empty() && (stop || self_attention(ranking, origin) < 0.5) {
            continue;
        }
        let mut mine = Vec::new();
        for &target in targets.iter().filter(|t| **t != origin) {
            mine.extend(most_probable_paths(
                &case.graph,
                &probabilities,
                node(origin),
                node(target),
                limits,
            )?);
        }
        let best = mine.iter().max_by(|a, b| a.log_probability.total_cmp(&b.log_probability)).cloned();
        mine.retain(|p| p.probability >= case.constants.path_probability);
        // A declared incident was noticed somewhere: at least how its first suspect gets there.
        if mine.is_empty() && found.is_empty() && case.periods.declared {
            mine.extend(match best {
                Some(best) => Some(best),
                None => to_entry(case, &probabilities, origin, limits)?,
            });
        }
        mine.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
        // The first suspect is told with every end that its failure reached, others with one.
        let most = if found.is_empty() { origins } else { 1 };
        found.extend(mine.into_iter().take(most));
    }
    Ok(found.iter().map(|path| tell(case, heads, &attention, onsets, path)).collect())
}

/// The most probable path from an origin to a service that nobody depends on.
fn to_entry(
    case: &Case<'_>,
    probabilities: &EdgeProbabilities,
    origin: usize,
    limits: PathLimits,
) -> Result<Option<infra_graph::Path>, AnalysisError> {
    let mut best: Option<infra_graph::Path> = None;
    for entry in case.graph.entries().into_iter().filter(|e| e.index() != origin) {
        for path in most_probable_paths(&case.graph, probabilities, node(origin), entry, limits)? {
            if best.as_ref().is_none_or(|b| path.log_probability > b.log_probability) {
                best = Some(path);
            }
        }
    }
    Ok(best)
}

/// Attention on each edge, averaged over heads by the mass they carry.
#[must_use]
pub fn edge_attention(ranking: &Ranking) -> Vec<f64> {
    let edges = ranking.attention.by_edge.first().map_or(0, Vec::len);
    (0..edges)
        .map(|e| {
            ranking.attention.by_edge.iter().zip(&ranking.head_share).map(|(a, share)| a[e] * share).sum()
        })
        .collect()
}

/// Attention of a service to itself, averaged over heads by the mass they carry.
pub(super) fn self_attention(ranking: &Ranking, service: usize) -> f64 {
    ranking.attention.own.iter().zip(&ranking.head_share).map(|(own, share)| own[service] * share).sum()
}

fn tell(
    case: &Case<'_>,
    heads: &[HeadResult],
    attention: &[f64],
    onsets: &[Option<Onset>],
    path: &infra_graph::Path,
) -> PropagationPath {
    let gate = |i: usize| heads.iter().map(|h| h.peak_gate(i, case.constants.gate_z)).fold(0.0, f64::max);
    let mut steps: Vec<Step> = Vec::with_capacity(path.nodes.len());
    for (k, id) in path.nodes.iter().enumerate() {
        let service = id.index();
        let onset = onsets[service].as_ref();
        let before = steps.last().and_then(|s| s.onset_ns);
        steps.push(Step {
            service,
            onset_ns: onset.map(|o| o.time_ns),
            within_ns: onset.map_or(0, |o| o.within_ns),
            lag_ns: onset.zip(before).map(|(o, b)| o.time_ns.saturating_sub(b)),
            gate: gate(service),
            evidence: onset.map(|o| o.cite.clone()),
            attention: k.checked_sub(1).and_then(|e| path.edges.get(e)).map(|e| attention[e.index()]),
        });
    }
    let deviates = steps.iter().all(|s| s.gate > case.constants.confirmed_gate);
    // An onset seen in an interval may be as late as its end.
    let forwards = steps.iter().all(|s| s.lag_ns.is_none_or(|lag| lag.saturating_add(s.within_ns) >= 0));
    PropagationPath { steps, probability: path.probability, confirmed: deviates && forwards }
}

fn node(service: usize) -> NodeId {
    NodeId::new(u32::try_from(service).unwrap_or(u32::MAX))
}
