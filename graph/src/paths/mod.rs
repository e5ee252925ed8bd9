//! Most probable ways of a failure through the graph.
//!
//! Every edge has a probability in failure direction, for example an attention: how much of the
//! victim's distress the origin explains. A path's probability is the product along it. Longer
//! ways are therefore never more probable than their parts, and the best paths are found by a
//! shortest-path search over -ln p.
//!
//! # One order for all paths
//!
//! Two paths are compared by **cost**, then by **hops**, then by the **names** along them. The cost
//! of an edge is -ln p in units of 1e-12 nats, rounded once to an integer; the cost of a path is
//! the exact sum. So a path's cost does not depend on the order of its factors, equal factors give
//! equal costs to the last digit, ties really tie, and no two paths ever compare equal.

mod best_from;
mod k_best;
mod probability;
mod search;

pub use best_from::{BestPaths, best_paths_from};
pub use k_best::most_probable_paths;
pub use probability::EdgeProbabilities;

use crate::dependency_graph::DependencyGraph;
use crate::edge::EdgeId;
use crate::node::NodeId;

/// -ln p in units of 1e-12 nats. An edge costs less than 2^50, so no sum of them overflows.
pub(crate) type Cost = u128;

/// Units of [`Cost`] in one nat.
const PER_NAT: f64 = 1e12;

/// How many paths, and how long they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLimits {
    /// The largest number of paths.
    pub k: usize,
    /// The largest number of hops of a path; `u32::MAX` for no limit.
    pub max_hops: u32,
}

impl Default for PathLimits {
    /// Five paths of at most twelve hops, the depth of the risk walk.
    fn default() -> Self {
        Self { k: 5, max_hops: 12 }
    }
}

/// A simple path in failure direction: no service occurs twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The services, from the origin to the last victim. At least one.
    pub nodes: Vec<NodeId>,
    /// The edges between them, one fewer.
    pub edges: Vec<EdgeId>,
    /// Product of the edges' probabilities, in 0..1. Underflows to 0 on very long ways, where
    /// [`log_probability`](Self::log_probability) still tells paths apart.
    pub probability: f64,
    /// Its natural logarithm \[nats\], exact to 1e-12 a hop: what paths are ordered by.
    pub log_probability: f64,
}

impl Path {
    fn new(nodes: Vec<NodeId>, edges: Vec<EdgeId>, probabilities: &EdgeProbabilities) -> Self {
        let factors = edges.iter().map(|edge| probabilities.get(*edge).unwrap_or(0.0));
        let cost: Cost = edges.iter().filter_map(|edge| probabilities.cost(*edge)).sum();
        Self {
            probability: factors.product::<f64>(),
            // Subtracted from zero, for a negated zero would be a negative one.
            log_probability: 0.0 - cost as f64 / PER_NAT,
            nodes,
            edges,
        }
    }

    /// How many hops the path takes; 0 if it stays where it starts.
    #[must_use]
    pub fn hops(&self) -> usize {
        self.edges.len()
    }

    /// The services' names, from the origin to the last victim.
    #[must_use]
    pub fn names<'g>(&self, graph: &'g DependencyGraph) -> Vec<&'g str> {
        self.nodes.iter().map(|node| graph.name(*node)).collect()
    }
}
