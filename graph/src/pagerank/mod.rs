//! PageRank: the share of time that a random walker spends at each service.
//!
//! `pull` is one round, this file the walk over edges that all count the same, `weighted` the one
//! over edges that do not, until it has settled. Both are computed on one thread.

mod pull;
mod weighted;

use crate::adjacency::Neighbor;
use crate::dependency_graph::DependencyGraph;
use crate::error::GraphError;
use pull::{Pull, out_of};
pub use weighted::{PageRank, weighted_pagerank};

/// Which way a random walker steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Walk {
    /// From a service to what it depends on, as one looks for a cause.
    #[default]
    TowardDependencies,
    /// From a service to its dependents, as a failure travels.
    TowardDependents,
}

/// Settings of [`pagerank`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRankOptions<'a> {
    /// Probability of a step rather than a restart, in 0..1.
    pub damping: f64,
    /// How many rounds to compute. Always that many: no stopping rule, so no tolerance.
    pub iterations: u32,
    /// Which way to step.
    pub walk: Walk,
    /// Where to restart: one weight a node, at least 0, in any unit. Evenly if none are given.
    pub restart: Option<&'a [f64]>,
}

impl Default for PageRankOptions<'_> {
    /// Damping .85, 100 rounds, toward dependencies, restarting anywhere.
    fn default() -> Self {
        Self { damping: 0.85, iterations: 100, walk: Walk::default(), restart: None }
    }
}

/// The share of time that a random walker spends at each service (Page and Brin 1998).
///
/// A walker with nowhere to step restarts. The values, one a node, are at least 0 and sum to 1 up
/// to rounding; an empty graph has none. After 100 rounds at damping .85 they are within 1e-6 of
/// the limit.
///
/// # Determinism
/// Every sum adds its terms in the order of first mention of edges and nodes.
///
/// # Errors
/// [`GraphError::InvalidDamping`], [`GraphError::LengthMismatch`], [`GraphError::InvalidRestart`],
/// [`GraphError::NoRestart`]. Time O(iterations · (N + E)), memory O(N + E).
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, PageRankOptions, pagerank};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("web", "db", EdgeAttributes::default())?;
/// builder.add_dependency("api", "db", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let share = pagerank(&graph, PageRankOptions::default())?;
/// assert!(share[graph.require("db")?.index()] > 0.5); // all walks lead to the database
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn pagerank(graph: &DependencyGraph, options: PageRankOptions<'_>) -> Result<Vec<f64>, GraphError> {
    let PageRankOptions { damping, iterations, walk, restart } = options;
    let restart = checked(graph, damping, restart)?;
    let ways_on: Vec<usize> = graph.node_ids().map(|node| out_of(graph, walk, node).len()).collect();
    // Lists are sorted by name, sums go by first mention.
    let by_mention = |list: &[Neighbor], edges: &mut Vec<Neighbor>| {
        edges.extend_from_slice(list);
        edges.sort_unstable_by_key(|next| next.edge);
    };
    let pull = Pull::new(graph, walk, by_mention, None::<fn(&Neighbor) -> f64>);
    let stuck: Vec<u32> =
        pull.place.iter().zip(&ways_on).filter(|(_, ways)| **ways == 0).map(|(place, _)| *place).collect();
    // A walker that is stuck sends nothing along edges, so any divisor will do.
    let divisor = pull.placed(ways_on.iter().map(|ways| (*ways).max(1) as f64));
    let restart = pull.placed(restart.into_iter());
    let mut share = restart.clone();
    let mut sent = vec![0.0; share.len()];
    for _ in 0..iterations {
        for ((sent, share), divisor) in sent.iter_mut().zip(&share).zip(&divisor) {
            *sent = damping * share / divisor.max(1.0);
        }
        let jump = 1.0 - damping + damping * stuck.iter().map(|place| share[*place as usize]).sum::<f64>();
        pull.round(jump, &restart, &sent, |at, sums| share[at..at + sums.len()].copy_from_slice(sums));
    }
    Ok(pull.by_node(&share))
}

/// Checks the damping; returns the restart weights, scaled to sum to 1.
fn checked(graph: &DependencyGraph, damping: f64, weights: Option<&[f64]>) -> Result<Vec<f64>, GraphError> {
    if !(0.0..=1.0).contains(&damping) {
        return Err(GraphError::InvalidDamping { value: damping });
    }
    let n_nodes = graph.node_count();
    let Some(weights) = weights else {
        return Ok(vec![1.0 / n_nodes as f64; n_nodes]);
    };
    if weights.len() != n_nodes {
        let found = weights.len();
        return Err(GraphError::LengthMismatch { what: "restart weights", expected: n_nodes, found });
    }
    for ((_, node), value) in graph.nodes().zip(weights) {
        if !value.is_finite() || *value < 0.0 {
            return Err(GraphError::InvalidRestart { service: node.name.clone(), value: *value });
        }
    }
    let sum: f64 = weights.iter().sum();
    if n_nodes > 0 && !(sum.is_finite() && sum > 0.0) {
        return Err(GraphError::NoRestart { sum });
    }
    Ok(weights.iter().map(|weight| weight / sum).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{EdgeAttributes, GraphBuilder};

    fn graph(edges: &[(&str, &str)]) -> DependencyGraph {
        let mut builder = GraphBuilder::new();
        for (dependent, dependency) in edges {
            builder.add_dependency(dependent, dependency, EdgeAttributes::default()).unwrap();
        }
        builder.build()
    }

    #[test]
    fn bad_settings_are_errors_not_panics() {
        let graph = graph(&[("a", "b")]);
        let with = |options| pagerank(&graph, options).unwrap_err().to_string();
        let base = PageRankOptions::default();
        for damping in [-0.1, 1.1, f64::NAN] {
            assert!(with(PageRankOptions { damping, ..base }).starts_with("damping"));
        }
        assert!(with(PageRankOptions { restart: Some(&[1.0]), ..base }).contains("expected 2"));
        assert!(with(PageRankOptions { restart: Some(&[1.0, -1.0]), ..base }).contains("`b`"));
        assert!(with(PageRankOptions { restart: Some(&[0.0, 0.0]), ..base }).contains("sum to 0"));
        let huge = [f64::MAX, f64::MAX];
        assert!(with(PageRankOptions { restart: Some(&huge), ..base }).contains("sum to inf"));
    }

    #[test]
    fn closed_forms() {
        let empty = GraphBuilder::new().build();
        assert_eq!(pagerank(&empty, PageRankOptions::default()), Ok(vec![]));
        // Two services that call each other share evenly.
        let share = pagerank(&graph(&[("a", "b"), ("b", "a")]), PageRankOptions::default()).unwrap();
        assert!(share.iter().all(|share| (share - 0.5).abs() < 1e-12));
        // a -> b, restarts at a alone: a = 1 / (1 + d), b = d / (1 + d).
        let only_a = PageRankOptions { restart: Some(&[3.0, 0.0]), ..PageRankOptions::default() };
        let share = pagerank(&graph(&[("a", "b")]), only_a).unwrap();
        assert!((share[0] - 1.0 / 1.85).abs() < 1e-6 && (share[1] - 0.85 / 1.85).abs() < 1e-6);
    }
}
