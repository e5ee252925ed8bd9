//! Probabilities of edges, checked once.

use std::borrow::Cow;
use std::sync::Arc;

use super::PER_NAT;
use super::ways::Ways;
use crate::dependency_graph::{DependencyGraph, Edge};
use crate::edge::EdgeId;
use crate::error::GraphError;

/// One probability for every edge of a graph, in failure direction.
///
/// Each lies in 0..1. An edge of probability 0 is closed: no path takes it.
#[derive(Clone, Debug)]
pub struct EdgeProbabilities {
    probability: Vec<f64>,
    /// The rounded cost of each edge; none for a closed one.
    cost: Vec<Option<u64>>,
    /// The open edges of the graph that they were made for.
    ways: Ways,
    made_for: Arc<()>,
}

impl PartialEq for EdgeProbabilities {
    /// Whether all values are equal; the rest follows from them and the graph.
    fn eq(&self, other: &Self) -> bool {
        self.probability == other.probability
    }
}

impl EdgeProbabilities {
    /// Checks the probabilities, one an edge, in edge order. Time and memory O(N + E).
    ///
    /// # Errors
    /// [`GraphError::LengthMismatch`]; [`GraphError::InvalidProbability`] for the first value that
    /// lies outside 0..1 or is not a number.
    pub fn try_new(graph: &DependencyGraph, probability: Vec<f64>) -> Result<Self, GraphError> {
        if probability.len() != graph.edge_count() {
            return Err(GraphError::LengthMismatch {
                what: "edge probabilities",
                expected: graph.edge_count(),
                found: probability.len(),
            });
        }
        for (edge, value) in graph.edges().zip(&probability) {
            if !(0.0..=1.0).contains(value) {
                let hop = edge.fails_toward();
                return Err(GraphError::InvalidProbability {
                    origin: graph.name(hop.origin).to_owned(),
                    victim: graph.name(hop.victim).to_owned(),
                    value: *value,
                });
            }
        }
        let cost: Vec<_> = probability.iter().map(|value| cost_of(*value)).collect();
        let ways = Ways::new(graph, &cost);
        Ok(Self { probability, cost, ways, made_for: Arc::clone(graph.identity()) })
    }

    /// Asks for each edge's probability in turn, in edge order.
    ///
    /// # Errors
    /// As [`try_new`](Self::try_new).
    pub fn from_fn(
        graph: &DependencyGraph,
        probability_of: impl FnMut(Edge<'_>) -> f64,
    ) -> Result<Self, GraphError> {
        Self::try_new(graph, graph.edges().map(probability_of).collect())
    }

    /// The probability of an edge; none for a number that is no edge.
    #[must_use]
    pub fn get(&self, edge: EdgeId) -> Option<f64> {
        self.probability.get(edge.index()).copied()
    }

    /// What the edge costs; none if it is closed or no edge of the graph.
    pub(super) fn cost(&self, edge: EdgeId) -> Option<u64> {
        self.cost.get(edge.index()).copied().flatten()
    }

    /// The open edges of a graph: those at hand if the probabilities were made for it, else made
    /// anew from its numbers of edges; those that the probabilities lack are closed.
    pub(super) fn ways(&self, graph: &DependencyGraph) -> Cow<'_, Ways> {
        if Arc::ptr_eq(&self.made_for, graph.identity()) {
            Cow::Borrowed(&self.ways)
        } else {
            Cow::Owned(Ways::new(graph, &self.cost))
        }
    }
}

/// `libm`'s logarithm, which is the same on every platform.
fn cost_of(probability: f64) -> Option<u64> {
    let nats = 0.0 - libm::log(probability);
    (probability > 0.0).then(|| (nats * PER_NAT).round() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{EdgeAttributes, GraphBuilder};

    #[test]
    fn costs_of_the_extremes() {
        assert_eq!(cost_of(1.0), Some(0));
        assert_eq!(cost_of(0.5), Some(693_147_180_560));
        assert_eq!(cost_of(0.0), None);
        assert!(cost_of(f64::from_bits(1)).unwrap() < 1 << 50);
    }

    #[test]
    fn what_is_no_probability_is_refused_with_its_place() {
        let mut builder = GraphBuilder::new();
        builder.add_dependency("web", "db", EdgeAttributes::default()).unwrap();
        let graph = builder.build();
        for value in [f64::NAN, -0.1, 1.000_001, f64::INFINITY] {
            let error = EdgeProbabilities::try_new(&graph, vec![value]).unwrap_err();
            assert!(error.to_string().contains("`db` -> `web`"), "{error}");
        }
        assert_eq!(
            EdgeProbabilities::try_new(&graph, vec![]).unwrap_err().to_string(),
            "edge probabilities: expected 1 values, one for each, found 0"
        );
        assert!(EdgeProbabilities::from_fn(&graph, |_| -0.0).is_ok());
    }
}
