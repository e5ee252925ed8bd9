//! Neighbours of every node in one flat array, sorted by name.
//!
//! petgraph lists a node's edges latest first. Answers must not depend on the order in which a
//! run happens to mention its edges, so neighbours are sorted by name once, when the graph is
//! built, and every traversal inherits that order. Nothing is compared for it: edges are dealt out
//! to the lists of one end while the other end is walked in the order of names.

use crate::edge::{DependsOn, EdgeId};
use crate::node::NodeId;

/// A node next to another one, and the edge between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbor {
    /// The neighbouring node.
    pub node: NodeId,
    /// The edge that leads there.
    pub edge: EdgeId,
}

/// Neighbours in one of the two directions (compressed sparse rows).
#[derive(Clone, Debug)]
pub(crate) struct Adjacency {
    /// `neighbors[offsets[n]..offsets[n + 1]]` belong to node n.
    offsets: Vec<usize>,
    neighbors: Vec<Neighbor>,
}

impl Adjacency {
    /// Dependencies and dependents of every node, each list sorted by name.
    ///
    /// `by_name` holds every node once, in the order of names; `ends` those of every edge, in
    /// edge order. Time and memory O(N + E).
    pub(crate) fn both(by_name: &[NodeId], ends: &[DependsOn]) -> (Self, Self) {
        let n_nodes = by_name.len();
        let unsorted = Self::dealt(
            offsets(n_nodes, ends.iter().map(|edge| edge.dependency)),
            (0u32..).zip(ends).map(|(number, edge)| {
                (edge.dependency, Neighbor { node: edge.dependent, edge: EdgeId::new(number) })
            }),
        );
        let dependencies =
            Self::dealt(offsets(n_nodes, ends.iter().map(|edge| edge.dependent)), unsorted.turned(by_name));
        let dependents = Self::dealt(unsorted.offsets.clone(), dependencies.turned(by_name));
        (dependencies, dependents)
    }

    /// The neighbours of a node, by name; none for a number that is no node.
    pub(crate) fn of(&self, node: NodeId) -> &[Neighbor] {
        match self.offsets.get(node.index()..) {
            Some([start, end, ..]) => &self.neighbors[*start..*end],
            _ => &[],
        }
    }

    /// Deals the pairs out to the lists of their first node, each list in the order of `pairs`.
    fn dealt(offsets: Vec<usize>, pairs: impl Iterator<Item = (NodeId, Neighbor)>) -> Self {
        let total = offsets.last().copied().unwrap_or(0);
        let mut neighbors = vec![Neighbor { node: NodeId::new(0), edge: EdgeId::new(0) }; total];
        let mut next = offsets.clone();
        for (from, neighbor) in pairs {
            let place = &mut next[from.index()];
            neighbors[*place] = neighbor;
            *place += 1;
        }
        Self { offsets, neighbors }
    }

    /// Every edge from its other end, nodes in the order of names.
    fn turned<'a>(&'a self, by_name: &'a [NodeId]) -> impl Iterator<Item = (NodeId, Neighbor)> {
        by_name.iter().flat_map(|node| {
            self.of(*node).iter().map(|next| (next.node, Neighbor { node: *node, edge: next.edge }))
        })
    }
}

/// Where the list of each node starts, and where the last one ends.
fn offsets(n_nodes: usize, from: impl Iterator<Item = NodeId>) -> Vec<usize> {
    let mut offsets = vec![0; n_nodes + 1];
    for node in from {
        offsets[node.index() + 1] += 1;
    }
    for i in 1..offsets.len() {
        offsets[i] += offsets[i - 1];
    }
    offsets
}
