//! The method with a part taken away, so that a reader sees what the part is worth.

use crate::analyse::Analysis;
use crate::case::Case;
use crate::error::AnalysisError;
use crate::heads::HeadResult;
use crate::ranking::ensemble::random;
use crate::ranking::score::{Grounds, Member, Ranking, rank};

/// Networks with random weights whose scores are averaged.
const RANDOM_NETWORKS: usize = 16;

/// What is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ablation {
    /// The analytic weights: the same network, evidence and explanations as its inputs, with
    /// parameters drawn after Glorot; scores are averaged over some networks.
    RandomWeights,
    /// The walk and its attention; explanations stay.
    NoWalk,
    /// Explanations: all distress is a service's own, nothing is explained by a dependency.
    NoExplainAway,
    /// The graph: neither explanations nor attention nor walk, evidence of each service alone.
    NoGraph,
    /// All heads but one.
    OnlyHead(&'static str),
}

impl Ablation {
    /// The ablations that every case has.
    pub const ALL: [Self; 4] = [Self::RandomWeights, Self::NoWalk, Self::NoExplainAway, Self::NoGraph];

    /// What it is, in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::RandomWeights => "random weights".to_owned(),
            Self::NoWalk => "no walk".to_owned(),
            Self::NoExplainAway => "no explain-away".to_owned(),
            Self::NoGraph => "no graph".to_owned(),
            Self::OnlyHead(name) => format!("only {name}"),
        }
    }
}

/// Services under an ablation, best first; `None` if no service has a score.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn order(
    analysis: &Analysis<'_>,
    ablation: Ablation,
    seed: u64,
) -> Result<Option<Vec<usize>>, AnalysisError> {
    let case = &analysis.case;
    let heads: Vec<HeadResult> = match ablation {
        Ablation::OnlyHead(name) => analysis.heads.iter().filter(|h| h.name == name).cloned().collect(),
        _ => analysis.heads.clone(),
    };
    if heads.is_empty() {
        return Ok(None);
    }
    let mut grounds = Grounds::new(case, &heads, analysis.options.device.clone())?;
    grounds.boost.clone_from(&analysis.changes.boost);
    if matches!(ablation, Ablation::NoExplainAway | Ablation::NoGraph) {
        for explained in &mut grounds.explained {
            explained.own.fill(1.0);
            explained.by_edge.fill(0.0);
        }
    }
    let member = Member { factors: vec![1.0; heads.len()], tau: case.constants.tau };
    if ablation != Ablation::RandomWeights {
        let Ranking { scores, local, .. } = rank(&grounds, &member)?;
        let walks = !matches!(ablation, Ablation::NoWalk | Ablation::NoGraph);
        return Ok(best_first(case, if walks { &scores } else { &local }));
    }
    let mut mean = vec![0.0; case.len()];
    random(&mut grounds, analysis, seed, RANDOM_NETWORKS, |ranking| {
        for (mean, score) in mean.iter_mut().zip(ranking.scores) {
            *mean += score / RANDOM_NETWORKS as f64;
        }
    })?;
    Ok(best_first(case, &mean))
}

/// Services by score, rounded to 12 digits, ties by name; `None` if all scores are zero.
fn best_first(case: &Case<'_>, scores: &[f64]) -> Option<Vec<usize>> {
    let scores: Vec<f64> = scores.iter().map(|s| (s * 1e12).round() / 1e12).collect();
    if !scores.iter().any(|s| *s > 0.0) {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| case.name(a).cmp(case.name(b))));
    Some(order)
}
