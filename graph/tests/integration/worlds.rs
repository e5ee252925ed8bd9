//! Graphs for the tests: small random ones and large regular ones.

use infra_graph::{DependencyGraph, EdgeAttributes, EdgeProbabilities, GraphBuilder, NodeId};
use proptest::prelude::*;

/// A small graph as plain data: edges are (dependent, dependency, probability).
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) names: Vec<String>,
    pub(crate) edges: Vec<(usize, usize, f64)>,
}

impl World {
    /// The graph: services in order, then edges in order, so that node i bears name i.
    pub(crate) fn graph(&self) -> DependencyGraph {
        let mut builder = GraphBuilder::new();
        for name in &self.names {
            builder.add_service(name).unwrap();
        }
        for (dependent, dependency, _) in &self.edges {
            let (dependent, dependency) = (&self.names[*dependent], &self.names[*dependency]);
            builder.add_dependency(dependent, dependency, EdgeAttributes::default()).unwrap();
        }
        builder.build()
    }

    pub(crate) fn probabilities(&self, graph: &DependencyGraph) -> EdgeProbabilities {
        EdgeProbabilities::try_new(graph, self.edges.iter().map(|edge| edge.2).collect()).unwrap()
    }

    /// The victims that each service's failure reaches in one hop, as the data says.
    pub(crate) fn victims_of(&self, origin: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let out = self.edges.iter().filter(move |edge| edge.1 == origin);
        out.map(|edge| (edge.0, edge.2))
    }
}

pub(crate) fn node(index: usize) -> NodeId {
    NodeId::new(u32::try_from(index).unwrap())
}

/// Graphs of 1 to 7 services with distinct edges, cycles and self-loops among them. Probabilities
/// come from a short list so that ties are frequent; 0 closes an edge.
pub(crate) fn small() -> impl Strategy<Value = World> {
    let chance = prop::sample::select(vec![1.0, 0.5, 0.5, 0.25, 0.7, 0.125, 0.3, 0.0]);
    (1usize..=7)
        .prop_flat_map(move |n| {
            let names = Just((0..n).map(|i| format!("s{i}")).collect::<Vec<_>>()).prop_shuffle();
            let edges = prop::collection::btree_map((0..n, 0..n), chance.clone(), 0..=n * n);
            let edges =
                edges.prop_map(|map| map.into_iter().map(|((a, b), p)| (a, b, p)).collect::<Vec<_>>());
            (names, edges.prop_shuffle())
        })
        .prop_map(|(names, edges)| World { names, edges })
}

/// A line of services, each depending on the one before it.
pub(crate) fn chain(n: usize) -> DependencyGraph {
    let mut builder = GraphBuilder::new();
    for i in 1..n {
        let (dependent, dependency) = (format!("s{i}"), format!("s{}", i - 1));
        builder.add_dependency(&dependent, &dependency, EdgeAttributes::default()).unwrap();
    }
    builder.build()
}

/// Around a ring, every service depends on those 1, 4, 9, … places on: `degree` of them.
pub(crate) fn ring(n: usize, degree: usize) -> DependencyGraph {
    let mut builder = GraphBuilder::new();
    for i in 0..n {
        for step in 1..=degree {
            let (dependent, dependency) = (format!("s{i}"), format!("s{}", (i + step * step) % n));
            builder.add_dependency(&dependent, &dependency, EdgeAttributes::default()).unwrap();
        }
    }
    builder.build()
}
