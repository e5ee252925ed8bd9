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
//!
//! # Reading order
//!
//! `probability` and `ways` say what a search walks: open edges, their cost beside the neighbour,
//! nodes by rank. Without a hop limit that holds: `queue`, `tree` (best ways from one node), `spur`
//! (the best way from a root to a target). With one: `total`, `labels`, `search`. Then what the
//! crate offers: `best_from`, `k_best`.

mod best_from;
mod k_best;
mod labels;
mod probability;
mod queue;
mod search;
mod spur;
mod total;
mod tree;
mod ways;

pub use best_from::{BestPaths, best_paths_from};
pub use k_best::most_probable_paths;
pub use probability::EdgeProbabilities;

use crate::dependency_graph::DependencyGraph;
use crate::edge::EdgeId;
use crate::node::NodeId;

/// Units of cost in one nat. An edge costs less than 2^50 of them, a path may not fit 64 bits.
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
    /// From the nodes' ranks and the edges' numbers.
    fn new(graph: &DependencyGraph, nodes: &[u32], edges: &[u32], probabilities: &EdgeProbabilities) -> Self {
        let nodes = nodes.iter().filter_map(|rank| graph.sorted().get(*rank as usize).copied()).collect();
        let edges: Vec<EdgeId> = edges.iter().copied().map(EdgeId::new).collect();
        let factors = edges.iter().map(|edge| probabilities.get(*edge).unwrap_or(0.0));
        let cost: u128 = edges.iter().filter_map(|edge| probabilities.cost(*edge)).map(u128::from).sum();
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
