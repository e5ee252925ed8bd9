//! Plain measures of a node's place: degrees, depth, PageRank.
//!
//! They know nothing of the incident. A report shows them beside a ranking as the trivial
//! baseline that the ranking has to beat.

use crate::blast_radius::hops_from;
use crate::dependency_graph::DependencyGraph;
use crate::node::NodeId;
pub use crate::pagerank::{PageRank, PageRankOptions, Walk, pagerank, weighted_pagerank};

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
}
