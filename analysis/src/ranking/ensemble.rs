//! The ranking many times over: with shaken constants, or with parameters drawn at random.
//!
//! Copies of the analytic scheme show how much a ranking depends on constants that nobody can know
//! (that is what [`confidence`](super::confidence) reads). Networks whose parameters are drawn after
//! Glorot (2010), on the same evidence and graph, are the control: what the analytic parameters add
//! is the difference between the two.

use infra_gat::weights::{JitterSpec, ensemble};

use super::attention::{Network, Weights};
use super::paths::edge_attention;
use super::score::{Grounds, Member, Ranking, rank};
use crate::analyse::Analysis;
use crate::error::AnalysisError;

/// Where the members of an ensemble differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Parameters in closed form; head weights and temperature are shaken.
    Analytic,
    /// Parameters drawn after Glorot, a network a member; nothing is shaken.
    Random,
}

impl Scheme {
    /// Its name in options and frames.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Analytic => "analytic",
            Self::Random => "random",
        }
    }

    /// The scheme of that name.
    ///
    /// # Errors
    /// [`AnalysisError::Option`] that lists the names.
    pub fn parse(name: &str) -> Result<Self, AnalysisError> {
        match name {
            "analytic" => Ok(Self::Analytic),
            "random" => Ok(Self::Random),
            _ => {
                Err(AnalysisError::Option(format!("no weight scheme `{name}` (there are analytic, random)")))
            },
        }
    }
}

/// What is kept of one member.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Services, best first.
    pub order: Vec<usize>,
    /// Score of each service.
    pub scores: Vec<f64>,
    /// Attention of each edge's dependent to its dependency, 0..1.
    pub attention: Vec<f64>,
}

/// Ranks an incident with every member of an ensemble; empty if no incident was found.
///
/// With the analytic scheme, the analysis' own seed and as many members as `jitter_copies` says,
/// these are the members that its confidence counts.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn members(
    analysis: &Analysis<'_>,
    scheme: Scheme,
    seed: u64,
    members: usize,
) -> Result<Vec<Ranked>, AnalysisError> {
    if analysis.ranking.is_none() {
        return Ok(Vec::new());
    }
    let case = &analysis.case;
    let mut grounds = Grounds::new(case, &analysis.heads, analysis.options.device.clone())?;
    grounds.boost.clone_from(&analysis.changes.boost);
    let mut kept = Vec::new();
    let keep = |ranking: Ranking| {
        let attention = edge_attention(&ranking);
        kept.push(Ranked { order: ranking.order, scores: ranking.scores, attention });
    };
    match scheme {
        Scheme::Analytic => shaken(&grounds, seed, members, keep)?,
        Scheme::Random => random(&mut grounds, analysis, seed, members, keep)?,
    }
    Ok(kept)
}

/// Rankings with head weights times a log-normal factor and the temperature drawn from a range.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn shaken(
    grounds: &Grounds<'_>,
    seed: u64,
    members: usize,
    mut each: impl FnMut(Ranking),
) -> Result<(), AnalysisError> {
    let c = grounds.case.constants;
    let spec = JitterSpec {
        sigma: c.jitter_sigma,
        tau_low: c.jitter_tau_low,
        tau_high: c.jitter_tau_high.max(c.jitter_tau_low),
    };
    for sample in spec.samples(grounds.heads.len(), members, seed)? {
        each(rank(grounds, &Member { factors: sample.weights, tau: sample.tau })?);
    }
    Ok(())
}

/// Rankings by networks with random parameters.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn random(
    grounds: &mut Grounds<'_>,
    analysis: &Analysis<'_>,
    seed: u64,
    members: usize,
    mut each: impl FnMut(Ranking),
) -> Result<(), AnalysisError> {
    let case = grounds.case;
    let member = Member { factors: vec![1.0; grounds.heads.len()], tau: case.constants.tau };
    for seed in ensemble(seed, members) {
        let device = analysis.options.device.clone();
        grounds.network = Network::new(case, device)?.with_weights(Weights::Random(seed));
        each(rank(grounds, &member)?);
    }
    Ok(())
}

/// Best and worst of some ranks, the outer 5 % cut off on either side.
#[must_use]
pub fn rank_interval(mut ranks: Vec<usize>) -> (usize, usize) {
    ranks.sort_unstable();
    let cut = ranks.len() / 20;
    match (ranks.get(cut), ranks.get(ranks.len().saturating_sub(1 + cut))) {
        (Some(low), Some(high)) => (*low, *high),
        _ => (1, 1),
    }
}
