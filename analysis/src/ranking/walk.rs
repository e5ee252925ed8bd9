//! The risk walk: mass starts at the symptom, follows attention towards dependencies, and rests
//! where a service attends to itself.

use crate::case::Case;

/// Mass that comes to rest at each service; sums to the mass that started.
///
/// * `start[i]`: mass at service i before the first step;
/// * `own[i]`, `by_edge[e]`: one head's attention.
///
/// After `depth` steps what still moves rests where it stands. Time O(depth * edges).
#[must_use]
pub fn absorb(case: &Case<'_>, start: &[f64], own: &[f64], by_edge: &[f64], depth: usize) -> Vec<f64> {
    let mut absorbed = vec![0.0; start.len()];
    let mut moving = start.to_vec();
    for _ in 0..depth {
        let mut next = vec![0.0; start.len()];
        for (i, mass) in moving.iter().enumerate() {
            absorbed[i] += mass * own[i];
        }
        for (e, edge) in case.graph.edges().enumerate() {
            let ends = edge.depends_on;
            next[ends.dependency.index()] += moving[ends.dependent.index()] * by_edge[e];
        }
        moving = next;
        if moving.iter().all(|m| *m < 1e-15) {
            return absorbed;
        }
    }
    for (i, mass) in moving.iter().enumerate() {
        absorbed[i] += mass;
    }
    absorbed
}
