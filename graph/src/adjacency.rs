//! Neighbours of every node in one flat array, sorted by name.
//!
//! petgraph lists a node's edges latest first. Answers must not depend on the order in which a
//! run happens to mention its edges, so neighbours are sorted by name once, when the graph is
//! built, and every traversal inherits that order.

use crate::edge::EdgeId;
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
    /// Sorts `(from, neighbour)` pairs by `from`, then by the neighbour's place among the names.
    ///
    /// Pairs whose `from` is no node are left out. Time O(E log E).
    pub(crate) fn new(n_nodes: usize, rank: &[u32], mut pairs: Vec<(NodeId, Neighbor)>) -> Self {
        pairs.retain(|(from, _)| from.index() < n_nodes);
        pairs.sort_unstable_by_key(|(from, next)| (*from, rank.get(next.node.index()).copied(), next.edge));
        let mut offsets = vec![0; n_nodes + 1];
        for (from, _) in &pairs {
            offsets[from.index() + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        Self { offsets, neighbors: pairs.into_iter().map(|(_, next)| next).collect() }
    }

    /// The neighbours of a node, by name; none for a number that is no node.
    pub(crate) fn of(&self, node: NodeId) -> &[Neighbor] {
        match self.offsets.get(node.index()..) {
            Some([start, end, ..]) => &self.neighbors[*start..*end],
            _ => &[],
        }
    }
}
