//! Seeds of the members of an ensemble.

use super::draw::SplitMix64;

/// The seeds of `members` models, derived from one seed.
///
/// Prefix-stable: a larger ensemble begins with the smaller one. Distinct
/// within an ensemble (SplitMix64's output is a permutation of its state).
///
/// # Example
/// ```
/// use infra_gat::weights::ensemble;
///
/// let three: Vec<u64> = ensemble(42, 3).collect();
/// let two: Vec<u64> = ensemble(42, 2).collect();
/// assert_eq!(three[..2], two);
/// ```
pub fn ensemble(seed: u64, members: usize) -> Ensemble {
    Ensemble { words: SplitMix64(seed), left: members }
}

/// Iterator over the seeds of an ensemble; see [`ensemble()`].
#[derive(Clone, Debug)]
pub struct Ensemble {
    words: SplitMix64,
    left: usize,
}

impl Iterator for Ensemble {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        Some(self.words.next_u64())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Ensemble {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_differ_and_depend_on_the_seed() {
        let seeds: std::collections::BTreeSet<u64> = ensemble(7, 100).collect();
        assert_eq!(seeds.len(), 100);
        assert!(ensemble(8, 100).all(|seed| !seeds.contains(&seed)));
        assert_eq!(ensemble(7, 5).len(), 5);
    }
}
