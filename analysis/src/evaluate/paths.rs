//! How good the told paths are.

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
    /// Hops of told paths that are true steps of failure, where those are known.
    pub hops_true: Option<Share>,
}

/// Scores the paths of some cases.
#[must_use]
pub fn path_scores(cases: &[Judged<'_>]) -> PathScores {
    let told: Vec<_> = cases.iter().filter_map(|c| c.answer()).filter(|a| !a.paths.is_empty()).collect();
    let first_right = cases.iter().filter(|c| first_is_right(c)).count();
    let on_graph = told.iter().filter(|a| a.off_graph == 0).count();
    PathScores {
        first_right: Share::new(first_right, cases.len()),
        on_graph: Share::new(on_graph, told.len()),
        hops_true: hops_true(cases),
    }
}

fn first_is_right(case: &Judged<'_>) -> bool {
    let Some(answer) = case.answer() else { return false };
    let Some((origin, end)) = answer.paths.first().and_then(|p| p.first().zip(p.last())) else {
        return false;
    };
    case.is_cause(answer.name(*origin)) && answer.ends.contains(end)
}

fn hops_true(cases: &[Judged<'_>]) -> Option<Share> {
    let (mut hits, mut of, mut known) = (0, 0, false);
    for case in cases {
        let (Some(answer), Some(truth)) = (case.answer(), &case.label.propagation) else { continue };
        known = true;
        for hop in answer.paths.iter().flat_map(|p| p.windows(2)) {
            let step = (answer.name(hop[0]).to_owned(), answer.name(hop[1]).to_owned());
            of += 1;
            hits += usize::from(truth.contains(&step));
        }
    }
    known.then(|| Share::new(hits, of))
}
