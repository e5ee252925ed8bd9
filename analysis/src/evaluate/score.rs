//! How good one answer is: numbers from 0 to 1 for each case and method.

use std::collections::BTreeSet;

use super::baselines::RANDOM;
use super::labels::Label;
use super::rankings::{Answer, Method, RankedCase};

/// First places that are looked at.
pub const TOPS: [usize; 3] = [1, 3, 5];

/// Top-1, top-3, top-5 and reciprocal rank of one case, each 0..1.
pub type Score = [f64; 4];

/// A case with what is true of it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The folder that it comes from.
    pub folder: &'a str,
    /// What was said.
    pub case: &'a RankedCase,
    /// What is true.
    pub label: &'a Label,
}

impl Judged<'_> {
    /// What was said, if the case did not fail.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.case.answer.as_ref().ok()
    }

    /// Whether a service is one of the true origins.
    #[must_use]
    pub fn is_cause(&self, name: &str) -> bool {
        self.label.root_causes.contains(name)
    }

    /// Best place of a true origin by a method, from 1; `None` if it names nobody, or none of
    /// them is a service of the run.
    #[must_use]
    pub fn rank(&self, method: Method) -> Option<usize> {
        let answer = self.answer()?;
        let (_, order) = answer.orders.iter().find(|(m, _)| *m == method)?;
        order.as_ref()?.iter().position(|s| self.is_cause(answer.name(*s))).map(|i| i + 1)
    }

    /// The scores of a method; all 0 for a case that failed.
    #[must_use]
    pub fn score(&self, method: Method) -> Score {
        if method == Method::Baseline(RANDOM) {
            let Some(answer) = self.answer() else { return Score::default() };
            let names: BTreeSet<&str> = answer.services.iter().map(String::as_str).collect();
            let causes = self.label.root_causes.iter().filter(|c| names.contains(c.as_str())).count();
            return of_random_order(names.len(), causes);
        }
        of_rank(self.rank(method))
    }
}

/// Scores of a place.
#[must_use]
pub fn of_rank(rank: Option<usize>) -> Score {
    let Some(rank) = rank.filter(|r| *r > 0) else { return Score::default() };
    let within = |k: usize| f64::from(u8::from(rank <= k));
    [within(TOPS[0]), within(TOPS[1]), within(TOPS[2]), 1.0 / rank as f64]
}

/// Expected scores of a random order of `services`, of which `causes` are right.
#[must_use]
pub fn of_random_order(services: usize, causes: usize) -> Score {
    let mut score = Score::default();
    if causes == 0 || causes > services {
        return score;
    }
    // Probability that no cause stands among the places so far.
    let mut none = 1.0;
    for place in 1..=services {
        let left = (services - place + 1) as f64;
        let here = none * (causes as f64 / left).min(1.0);
        score[3] += here / place as f64;
        for (k, top) in TOPS.iter().enumerate() {
            if place <= *top {
                score[k] += here;
            }
        }
        none -= here;
        if none <= 0.0 {
            break;
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_scores() {
        assert_eq!(of_rank(Some(1)), [1.0, 1.0, 1.0, 1.0]);
        assert_eq!(of_rank(Some(4)), [0.0, 0.0, 1.0, 0.25]);
        assert_eq!(of_rank(None), [0.0; 4]);
    }

    #[test]
    fn a_random_order_has_expected_scores() {
        // One of four: 1/4, 3/4, 1; (1 + 1/2 + 1/3 + 1/4) / 4.
        let one = of_random_order(4, 1);
        for (found, expected) in one.iter().zip([0.25, 0.75, 1.0, 25.0 / 48.0]) {
            assert!((found - expected).abs() < 1e-12, "{one:?}");
        }
        // Two of four: first place 1/2, then 1/3, then 1/6; 1/2 + 1/6 + 1/18.
        let two = of_random_order(4, 2);
        for (found, expected) in two.iter().zip([0.5, 1.0, 1.0, 13.0 / 18.0]) {
            assert!((found - expected).abs() < 1e-12, "{two:?}");
        }
        assert_eq!(of_random_order(3, 0), [0.0; 4]);
    }
}
