//! Plain measures of a node's place: degrees, depth, PageRank.
//!
//! They know nothing of the incident. A report shows them beside a ranking as the trivial
//! baseline that the ranking has to beat.

use crate::blast_radius::hops_from;
use crate::dependency_graph::DependencyGraph;
use crate::edge::DependsOn;
use crate::error::GraphError;
use crate::node::NodeId;

/// How many neighbours a service has on either side. A self-loop counts on both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Degree {
    /// How many services it depends on.
    pub dependencies: usize,
    /// How many services depend on it: its fan-in.
    pub dependents: usize,
}

/// The degree of a service; zero on both sides for a number that is no node. Time O(1).
#[must_use]
pub fn degree(graph: &DependencyGraph, node: NodeId) -> Degree {
    Degree { dependencies: graph.dependencies_of(node).len(), dependents: graph.dependents_of(node).len() }
}

/// Fewest calls from an entry service down to each service, one value a node.
///
/// 0 for an entry (see [`DependencyGraph::entries`]); none where no entry leads, that is in and
/// below a cycle that nothing outside calls. Time O(N + E), iterative.
#[must_use]
pub fn depth_from_entry(graph: &DependencyGraph) -> Vec<Option<u32>> {
    let below = |node| graph.dependencies_of(node);
    hops_from(graph, &graph.entries(), below, |_| true)
}

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
/// [`GraphError::NoRestart`]. Time O(iterations · (N + E)), memory O(N).
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
    if !(0.0..=1.0).contains(&damping) {
        return Err(GraphError::InvalidDamping { value: damping });
    }
    let restart = checked_restart(graph, restart)?;
    let ways_on: Vec<usize> = graph
        .node_ids()
        .map(|node| match walk {
            Walk::TowardDependencies => graph.dependencies_of(node).len(),
            Walk::TowardDependents => graph.dependents_of(node).len(),
        })
        .collect();
    let mut share = restart.clone();
    for _ in 0..iterations {
        let stuck: f64 = share.iter().zip(&ways_on).filter(|(_, ways)| **ways == 0).map(|(s, _)| s).sum();
        let jump = 1.0 - damping + damping * stuck;
        let mut next: Vec<f64> = restart.iter().map(|weight| jump * weight).collect();
        for edge in graph.edges() {
            let DependsOn { dependent, dependency } = edge.depends_on;
            let (from, to) = match walk {
                Walk::TowardDependencies => (dependent, dependency),
                Walk::TowardDependents => (dependency, dependent),
            };
            next[to.index()] += damping * share[from.index()] / ways_on[from.index()] as f64;
        }
        share = next;
    }
    Ok(share)
}

/// The restart weights, scaled to sum to 1.
fn checked_restart(graph: &DependencyGraph, weights: Option<&[f64]>) -> Result<Vec<f64>, GraphError> {
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
    fn depth_counts_from_the_nearest_entry_and_misses_uncalled_cycles() {
        let graph = graph(&[("web", "api"), ("api", "db"), ("web", "db"), ("x", "y"), ("y", "x")]);
        assert_eq!(depth_from_entry(&graph), [Some(0), Some(1), Some(1), None, None]);
        let degree = degree(&graph, graph.find("db").unwrap());
        assert_eq!((degree.dependencies, degree.dependents), (0, 2));
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
