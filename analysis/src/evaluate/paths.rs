//! How good the told paths are.

use std::collections::BTreeSet;

use serde::Serialize;

use super::score::Judged;
use super::wilson::Share;

/// Scores of paths over some cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PathScores {
    /// Cases whose first path starts in a true origin and ends in the symptom (the declared one,
    /// else an entry service).
    pub first_right: Share,
    /// Cases with a path, all of whose paths keep to edges of the dependency graph.
    pub on_graph: Share,
    /// Hops of the told spread that are true steps of failure, where those are known: precision.
    pub spread_true: Option<Share>,
    /// True steps of failure that the told spread has, where they are known: recall.
    pub spread_found: Option<Share>,
}

/// Scores the paths of some cases.
#[must_use]
pub fn path_scores(cases: &[Judged<'_>]) -> PathScores {
    let told: Vec<_> = cases.iter().filter_map(|c| c.answer()).filter(|a| !a.paths.is_empty()).collect();
    let first_right = cases.iter().filter(|c| first_is_right(c)).count();
    let on_graph = told.iter().filter(|a| a.off_graph == 0).count();
    let spread = spread(cases);
    PathScores {
        first_right: Share::new(first_right, cases.len()),
        on_graph: Share::new(on_graph, told.len()),
        spread_true: spread.map(|s| s.0),
        spread_found: spread.map(|s| s.1),
    }
}

fn first_is_right(case: &Judged<'_>) -> bool {
    let Some(answer) = case.answer() else { return false };
    let Some((origin, end)) = answer.paths.first().and_then(|p| p.first().zip(p.last())) else {
        return false;
    };
    case.is_cause(answer.name(*origin)) && answer.ends.contains(end)
}

/// Precision and recall of the told spread.
///
/// A step counts as true if the truth has it, or if it reaches a true victim from any service one
/// hop nearer to the origin: of several that carry a failure at once the truth names one.
fn spread(cases: &[Judged<'_>]) -> Option<(Share, Share)> {
    let (mut told, mut hits, mut wanted, mut found, mut known) = (0, 0, 0, 0, false);
    for case in cases {
        let Some(truth) = &case.label.propagation else { continue };
        known = true;
        wanted += truth.len();
        let Some(answer) = case.answer() else { continue };
        let depth = |service: &str| -> Option<u64> {
            if case.is_cause(service) { Some(0) } else { case.label.hops.get(service).copied() }
        };
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        for (from, to) in &answer.spread {
            let (from, to) = (answer.name(*from), answer.name(*to));
            let same_hop = depth(from).zip(depth(to)).is_some_and(|(a, b)| a + 1 == b);
            let is_true = same_hop || truth.contains(&(from.to_owned(), to.to_owned()));
            told += 1;
            hits += usize::from(is_true);
            if is_true {
                reached.insert(to);
            }
        }
        found += truth.iter().filter(|(_, victim)| reached.contains(victim.as_str())).count();
    }
    known.then(|| (Share::new(hits, told), Share::new(found, wanted)))
}
