//! Common mode: what fails all at once fails for what it has in common.
//!
//! Three or more dependencies of a service, all that it has, fail at one time, none of them for
//! something further down, and the service with them: many independent failures, or one. The one
//! is the likelier (a coordinator that is out of reach takes its members along; so does the host,
//! or the network, that they share with it), so the service keeps its distress, and explains theirs.

use super::explain::Explained;
use crate::case::Case;
use crate::heads::HeadResult;

/// Fewest dependencies that failing together tells anything of.
const LEAST: usize = 3;
/// Windows within which it is together.
const TOGETHER: i64 = 2;

/// Moves the explanation from the dependencies to the service, from the bottom of the graph up.
pub(super) fn explain(case: &Case<'_>, head: &HeadResult, out: &mut Explained) {
    let mut of: Vec<Vec<(usize, usize)>> = vec![Vec::new(); case.len()];
    for (e, edge) in case.graph.edges().enumerate() {
        let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        if i != j {
            of[i].push((e, j));
        }
    }
    let mut left: Vec<usize> = (0..case.len()).filter(|i| of[*i].len() >= LEAST).collect();
    for _ in 0..case.constants.walk_depth as usize {
        let (one, rest): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|i| fails_as_one(case, head, out, **i, &of[**i]));
        for i in &one {
            out.own[*i] = 1.0;
            for (e, j) in &of[*i] {
                out.by_edge[*e] = 0.0;
                out.own[*j] *= 1.0 - case.constants.climb_strength;
            }
        }
        if one.is_empty() {
            break;
        }
        left = rest;
    }
}

fn fails_as_one(
    case: &Case<'_>,
    head: &HeadResult,
    out: &Explained,
    service: usize,
    dependencies: &[(usize, usize)],
) -> bool {
    let c = case.constants;
    let width = case.summary.grid.segments().first().map_or(0, |s| s.width_ns);
    let fails = |i: usize| head.gate(i, c.gate_z) > c.confirmed_gate;
    let onset = |i: usize| head.findings[i].as_ref().and_then(|f| f.onset_ns);
    let onsets: Option<Vec<i64>> = dependencies.iter().map(|(_, j)| onset(*j)).collect();
    let Some((first, last)) = onsets.and_then(|o| Some((*o.iter().min()?, *o.iter().max()?))) else {
        return false;
    };
    fails(service)
        && dependencies.iter().all(|(_, j)| fails(*j) && out.own[*j] > 0.5)
        && last.saturating_sub(first) <= TOGETHER.saturating_mul(width)
}
