//! Whom work is given to that needs a capability (specification, section 3).

use std::cmp::Ordering;

/// Highest score of agents that are among the best mesh-wide.
const BEST_SCORE: f64 = 500.0;

/// An agent that can do it: its impedance score and its number.
pub(crate) type Candidate = (f64, u32);

/// The agent of a cluster that does it: the lowest score, then the lowest number.
pub(crate) fn route(candidates: impl Iterator<Item = Candidate>) -> Option<u32> {
    candidates.min_by(better).map(|(_, agent)| agent)
}

/// The best agents mesh-wide, best first, at most `count`.
pub(crate) fn best(candidates: impl Iterator<Item = Candidate>, count: usize) -> Vec<u32> {
    let mut able: Vec<Candidate> = candidates.filter(|(score, _)| *score <= BEST_SCORE).collect();
    able.sort_unstable_by(better);
    able.into_iter().take(count).map(|(_, agent)| agent).collect()
}

fn better(a: &Candidate, b: &Candidate) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_scores_come_first_then_low_numbers() {
        let all = || [(80.0, 4), (20.0, 9), (500.0, 1), (20.0, 7), (500.1, 0)].into_iter();
        assert_eq!((route(all()), route(all().take(0))), (Some(7), None));
        assert_eq!(best(all(), 3), [7, 9, 4]);
        // A score above 500 is never among the best, but routes within its cluster.
        assert_eq!(best(all(), 10), [7, 9, 4, 1]);
        assert_eq!(route(all().skip(4)), Some(0));
    }
}
