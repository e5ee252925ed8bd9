//! Which runs may say how far seeds differ: the same world and scenario, other seeds.

use std::collections::BTreeSet;

use super::Input;
use super::facts::Facts;
use super::model::Siblings;
use crate::findings::Findings;

/// More siblings add nothing but time.
const MOST: usize = 100;

/// Runs that may be siblings of a base.
pub(super) struct Family {
    members: Vec<Member>,
}

struct Member {
    world: String,
    scenario: String,
    digest: String,
    facts: Facts,
}

impl Family {
    pub(super) fn new(runs: &[Input]) -> Self {
        let member = |input: &Input| Member {
            world: input.findings.world.clone(),
            scenario: input.findings.scenario.clone(),
            digest: input.findings.provenance.digest.clone(),
            facts: Facts::new(&input.findings),
        };
        Self { members: runs.iter().map(member).collect() }
    }

    /// The siblings of a base; neither it nor the candidate vouches for itself.
    pub(super) fn siblings_of(&self, base: &Findings, candidate: &Findings) -> (Vec<&Facts>, Siblings) {
        let mut known: BTreeSet<&str> =
            [base, candidate].iter().map(|f| f.provenance.digest.as_str()).collect();
        let mut chosen = Vec::new();
        let mut told = Siblings::default();
        for member in &self.members {
            if (&member.world, &member.scenario) != (&base.world, &base.scenario) {
                told.other_scenario += 1;
            } else if !member.digest.is_empty() && !known.insert(&member.digest) {
                told.repeated += 1;
            } else if chosen.len() == MOST {
                told.surplus += 1;
            } else {
                chosen.push(&member.facts);
            }
        }
        told.used = chosen.len();
        (chosen, told)
    }
}

/// Whether two runs are of one world and scenario.
pub(super) fn is_kin(a: &Findings, b: &Findings) -> bool {
    (&a.world, &a.scenario) == (&b.world, &b.scenario)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{input, with_suspect};
    use super::*;

    #[test]
    fn nobody_vouches_for_himself_and_strangers_do_not_count() {
        let named = |name: &str| {
            let mut input = input(name, with_suspect("db"));
            name.clone_into(&mut input.findings.provenance.digest);
            input
        };
        let mut stranger = named("x");
        stranger.findings.scenario = "another".into();
        let runs = [named("base"), named("a"), named("b"), named("a"), stranger, named("candidate")];
        let family = Family::new(&runs);
        let (used, told) = family.siblings_of(&runs[0].findings, &runs[5].findings);
        assert_eq!(used.len(), 2);
        assert_eq!(told, Siblings { used: 2, other_scenario: 1, repeated: 3, surplus: 0 });
    }
}
