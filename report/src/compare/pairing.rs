//! Which run of one folder belongs to which of the other: by name, else by scenario and seed.

use std::collections::BTreeMap;

use super::Input;

/// Pairs as places in the two lists, in the order of the base; what is left on either side.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) base: Vec<usize>,
    pub(super) candidate: Vec<usize>,
}

/// Pairs runs by name; those that are left by world, scenario and seed, where that names one run on
/// either side.
pub(super) fn pair(base: &[Input], candidate: &[Input]) -> Pairing {
    let by_name: BTreeMap<&str, usize> =
        candidate.iter().enumerate().map(|(i, input)| (input.name.as_str(), i)).collect();
    let mut partner: Vec<Option<usize>> =
        base.iter().map(|b| by_name.get(b.name.as_str()).copied()).collect();
    let free = left(candidate.len(), partner.iter().flatten());
    let (ours, theirs) = (of_seed(base, &left_alone(&partner)), of_seed(candidate, &free));
    for (key, mine) in &ours {
        if let ([b], Some([c])) = (mine.as_slice(), theirs.get(key).map(Vec::as_slice)) {
            partner[*b] = Some(*c);
        }
    }
    Pairing {
        pairs: partner.iter().enumerate().filter_map(|(b, c)| c.map(|c| (b, c))).collect(),
        base: left_alone(&partner),
        candidate: left(candidate.len(), partner.iter().flatten()),
    }
}

fn left_alone(partner: &[Option<usize>]) -> Vec<usize> {
    partner.iter().enumerate().filter(|(_, p)| p.is_none()).map(|(i, _)| i).collect()
}

fn left<'a>(n: usize, taken: impl Iterator<Item = &'a usize>) -> Vec<usize> {
    let mut is_free = vec![true; n];
    taken.for_each(|i| is_free[*i] = false);
    (0..n).filter(|i| is_free[*i]).collect()
}

/// Runs by world, scenario and seed; runs without a seed are left out.
fn of_seed<'a>(inputs: &'a [Input], which: &[usize]) -> BTreeMap<(&'a str, &'a str, u64), Vec<usize>> {
    let mut all: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &i in which {
        let findings = &inputs[i].findings;
        if let Some(seed) = findings.run_seed {
            all.entry((findings.world.as_str(), findings.scenario.as_str(), seed)).or_default().push(i);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{input, with_suspect};
    use super::*;

    fn run(name: &str, seed: u64) -> Input {
        let mut input = input(name, with_suspect("db"));
        input.findings.run_seed = Some(seed);
        input
    }

    #[test]
    fn names_come_first_then_seeds() {
        let base = [run("a", 1), run("old-2", 2), run("old-3", 3), run("old-4", 4)];
        let candidate = [run("new-2", 2), run("a", 9), run("new-3", 3), run("more-3", 3)];
        let pairing = pair(&base, &candidate);
        assert_eq!(pairing.pairs, [(0, 1), (1, 0)]);
        // Two candidates have the seed 3: neither is chosen.
        assert_eq!((pairing.base, pairing.candidate), (vec![2, 3], vec![2, 3]));
    }
}
