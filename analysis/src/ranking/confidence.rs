//! Confidence: how much the ranking depends on constants that nobody can know.
//!
//! The ranking is repeated with head weights multiplied by a log-normal factor and the
//! temperature drawn from a range; agreement on the first place is the confidence.

use super::ensemble::{rank_interval, shaken};
use super::score::{Grounds, Ranking};
use crate::error::AnalysisError;

pub use infra_report::Level;

/// What the ensemble says.
#[derive(Clone, Debug)]
pub struct Confidence {
    /// Level in words.
    pub level: Level,
    /// Share of members whose first place is the ranking's, 0..1.
    pub agreement: f64,
    /// Members.
    pub members: usize,
    /// Best and worst rank of each service over the members, 1-based, the outer 5 % cut off.
    pub rank_interval: Vec<(usize, usize)>,
}

/// Runs the ensemble.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn confidence(grounds: &Grounds<'_>, ranking: &Ranking, seed: u64) -> Result<Confidence, AnalysisError> {
    let case = grounds.case;
    let c = case.constants;
    let members = c.jitter_copies as usize;
    let mut ranks: Vec<Vec<usize>> = vec![Vec::with_capacity(members); case.len()];
    let mut agree = 0_usize;
    shaken(grounds, seed, members, |other| {
        agree += usize::from(other.order.first() == ranking.order.first());
        for (place, service) in other.order.iter().enumerate() {
            ranks[*service].push(place + 1);
        }
    })?;
    let agreement = agree as f64 / members.max(1) as f64;
    let level = if agreement >= c.agreement_high {
        Level::High
    } else if agreement >= c.agreement_medium {
        Level::Medium
    } else {
        Level::Low
    };
    let rank_interval = ranks.into_iter().map(rank_interval).collect();
    Ok(Confidence { level, agreement, members, rank_interval })
}
