//! Heads in groups of at most sixteen: as many as a vector holds scores of one edge.

use crate::lanes::LANES;

/// Some heads whose scores are handled together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// First head.
    pub(super) first: usize,
    /// Number of heads, 1..=16.
    pub(super) count: usize,
    /// Scores of an edge are stored in this many places: `count` rounded up to a power of two, so
    /// that the pattern of heads repeats from vector to vector.
    pub(super) period: usize,
}

/// All heads in groups.
pub(super) fn groups(heads: usize) -> Vec<Group> {
    (0..heads)
        .step_by(LANES)
        .map(|first| {
            let count = (heads - first).min(LANES);
            Group { first, count, period: count.next_power_of_two() }
        })
        .collect()
}
