//! When a comparison fails a build.

use super::conclusion::Conclusion;
use super::model::ComparisonModel;

/// What may trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// A pair has something that changed for the worse and that the spread does not explain.
    Worse,
    /// A pair has anything that changed and that the spread does not explain, or a run has no
    /// counterpart.
    Changed,
}

impl ComparisonModel {
    /// Whether a gate trips. Without a spread every change counts.
    #[must_use]
    pub fn trips(&self, gate: Gate) -> bool {
        match gate {
            Gate::Worse => self.pairs.iter().any(|p| p.conclusion.is_change() && p.tally.worse > 0),
            Gate::Changed => {
                let alone = self.unpaired.base.len() + self.unpaired.candidate.len();
                alone > 0 || self.pairs.iter().any(|p| p.conclusion.is_change())
            },
        }
    }

    /// Pairs with that conclusion.
    #[must_use]
    pub fn count(&self, conclusion: Conclusion) -> usize {
        self.pairs.iter().filter(|p| p.conclusion == conclusion).count()
    }
}
