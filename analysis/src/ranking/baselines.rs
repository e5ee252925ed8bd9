//! What simpler methods would have said, so that a reader sees what the graph added.

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{ensemble, random_seed_model};
use infra_gat::{CsrGraph, SeedModelConfig, SelfLoops};
use infra_graph::{PageRankOptions, pagerank};

use crate::case::Case;
use crate::error::AnalysisError;
use crate::heads::HeadResult;
use crate::onset::Onset;

/// Members of the random-weight ensemble.
pub const RANDOM_MEMBERS: usize = 64;
/// Hidden width of the random-weight network, per head.
const RANDOM_HIDDEN: usize = 8;

/// A simple method's ranking.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// What it is.
    pub name: &'static str,
    /// Services, best first, at most `top`.
    pub order: Vec<usize>,
}

/// Largest deviation, PageRank, first to deviate, random-weight GAT.
///
/// # Errors
/// [`AnalysisError`] from the graph or the network.
pub fn baselines(
    case: &Case<'_>,
    heads: &[HeadResult],
    onsets: &[Option<Onset>],
    seed: u64,
    top: usize,
) -> Result<Vec<Baseline>, AnalysisError> {
    let n = case.len();
    let heads: Vec<&HeadResult> = heads.iter().filter(|h| h.weight > 0.0).collect();
    let heads = heads.as_slice();
    let deviation: Vec<f64> = (0..n).map(|i| heads.iter().map(|h| h.z(i)).fold(0.0, f64::max)).collect();
    let restart: Option<&[f64]> = deviation.iter().any(|d| *d > 0.0).then_some(&deviation);
    let rank = pagerank(&case.graph, PageRankOptions { restart, ..PageRankOptions::default() })?;
    let earliest: Vec<f64> =
        onsets.iter().map(|o| o.as_ref().map_or(f64::NEG_INFINITY, |o| -(o.time_ns as f64))).collect();
    let list = |name, scores: &[f64]| Baseline { name, order: order(case, scores, top) };
    let mut all = vec![
        list("largest deviation", &deviation),
        list("PageRank from deviations", &rank),
        list("first to deviate", &earliest),
    ];
    if n > 0 && !heads.is_empty() {
        all.push(list("random-weight GAT", &random_gat(case, heads, seed)?));
    }
    Ok(all)
}

fn order(case: &Case<'_>, scores: &[f64], top: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).filter(|i| scores[*i].is_finite()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| case.name(a).cmp(case.name(b))));
    order.truncate(top);
    order
}

/// The seed's own method: Glorot weights, averaged over an ensemble of seeds.
fn random_gat(case: &Case<'_>, heads: &[&HeadResult], seed: u64) -> Result<Vec<f64>, AnalysisError> {
    let n = case.len();
    let mut src = Vec::new();
    let mut dst = Vec::new();
    for edge in case.graph.edges() {
        src.push(u32::try_from(edge.depends_on.dependency.index()).unwrap_or(u32::MAX));
        dst.push(u32::try_from(edge.depends_on.dependent.index()).unwrap_or(u32::MAX));
    }
    let graph = CsrGraph::new(n, &src, &dst, SelfLoops::OnePerNode)?;
    let tensor = |e: candle_core::Error| AnalysisError::Tensor(e.to_string());
    let features: Vec<f64> =
        (0..n).flat_map(|i| heads.iter().map(move |h| libm::log(1.0 + h.z(i) / 3.0))).collect();
    let x = Tensor::from_vec(features, (n, heads.len()), &Device::Cpu).map_err(tensor)?;
    let config = SeedModelConfig::new(heads.len(), RANDOM_HIDDEN);
    let mut mean = vec![0.0; n];
    for member in ensemble(seed, RANDOM_MEMBERS) {
        let model = random_seed_model(&config, member, DType::F64, &Device::Cpu)?;
        let out = model.forward(&x, &graph, None)?.out.to_vec2::<f64>().map_err(tensor)?;
        for (m, row) in mean.iter_mut().zip(out) {
            *m += row.first().copied().unwrap_or(0.0) / RANDOM_MEMBERS as f64;
        }
    }
    Ok(mean.into_iter().map(|m| (m * 1e12).round() / 1e12).collect())
}
