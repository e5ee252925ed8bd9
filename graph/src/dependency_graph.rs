//! The graph itself: built once, then only read.

use std::sync::Arc;

use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};

use crate::adjacency::{Adjacency, Neighbor};
use crate::edge::{DependsOn, EdgeAttributes, EdgeId, EdgeOrigin, FailsToward};
use crate::error::GraphError;
use crate::lookup::Lookup;
use crate::node::{Node, NodeId};

/// petgraph's graph as this crate stores it: edges run from the dependent to the dependency.
pub(crate) type Storage = DiGraph<Node, EdgeAttributes, u32>;

/// One edge of a graph with all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// Its number.
    pub id: EdgeId,
    /// Its ends, read as a dependency; [`DependsOn::fails_toward`] reads it as a failure does.
    pub depends_on: DependsOn,
    /// Kind, weight and origin.
    pub attributes: &'a EdgeAttributes,
}

impl Edge<'_> {
    /// Its ends as a failure travels: from the dependency to the dependent.
    #[must_use]
    pub const fn fails_toward(&self) -> FailsToward {
        self.depends_on.fails_toward()
    }
}

/// How many edges are known in which way, for a report's list of what was inferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginSummary {
    /// Edges the run states.
    pub declared: usize,
    /// Edges derived from recorded calls.
    pub inferred: usize,
    /// Recorded calls behind the inferred edges.
    pub evidence: u64,
}

/// Services and the dependencies between them. Cycles and self-loops are ordinary.
///
/// Nodes and edges are numbered in the order of first mention; lists of neighbours and of
/// selected nodes are sorted by name. Built by [`GraphBuilder`](crate::GraphBuilder), read-only
/// from then on. Memory O(N + E).
#[derive(Clone, Debug)]
pub struct DependencyGraph {
    storage: Storage,
    by_name: Lookup,
    /// All nodes, sorted by name.
    sorted: Vec<NodeId>,
    /// The place of each node among the sorted names: comparing ranks compares names.
    rank: Vec<u32>,
    dependencies: Adjacency,
    dependents: Adjacency,
    /// Shared by the clones of this graph and by what was prepared for it, by nothing else.
    identity: Arc<()>,
}

impl DependencyGraph {
    /// Sorts the names and the neighbours. Time O(N log N + E).
    pub(crate) fn new(storage: Storage, by_name: Lookup) -> Self {
        let sorted = sorted_by_name(&storage);
        let mut rank = vec![0; sorted.len()];
        for (place, node) in (0u32..).zip(&sorted) {
            rank[node.index()] = place;
        }
        let ends: Vec<DependsOn> = edges_of(&storage).map(|edge| edge.depends_on).collect();
        let (dependencies, dependents) = Adjacency::both(&sorted, &ends);
        Self { storage, by_name, sorted, rank, dependencies, dependents, identity: Arc::default() }
    }

    /// How many services there are.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.storage.node_count()
    }

    /// How many dependencies there are, after repeated ones have been joined.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.storage.edge_count()
    }

    /// All nodes with their numbers, in the order of first mention.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> {
        self.storage
            .raw_nodes()
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId::new(index as u32), &node.weight))
    }

    /// All node numbers, ascending.
    pub fn node_ids(&self) -> impl ExactSizeIterator<Item = NodeId> + use<> {
        (0..self.node_count()).map(|index| NodeId::new(index as u32))
    }

    /// All nodes with their numbers, sorted by name (bytewise, as everywhere in this crate).
    pub fn nodes_by_name(&self) -> impl ExactSizeIterator<Item = (NodeId, &str)> {
        self.sorted.iter().map(|id| (*id, self.name(*id)))
    }

    /// The node with this number; none if the number belongs to another graph.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.storage.node_weight(NodeIndex::new(id.index()))
    }

    /// The name of a node; the empty text, which no node bears, if the graph has no such node.
    #[must_use]
    pub fn name(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |node| &node.name)
    }

    /// The node of this name. Expected time O(1).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        find_by_name(&self.storage, &self.by_name, self.by_name.hash(name), name)
    }

    /// The node of this name, or an error that says which name was not found.
    ///
    /// # Errors
    /// [`GraphError::UnknownService`].
    pub fn require(&self, name: &str) -> Result<NodeId, GraphError> {
        self.find(name).ok_or_else(|| GraphError::UnknownService { name: name.to_owned() })
    }

    /// All edges, in the order of first mention.
    pub fn edges(&self) -> impl ExactSizeIterator<Item = Edge<'_>> {
        edges_of(&self.storage)
    }

    /// The edge with this number; none if the number belongs to another graph.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<Edge<'_>> {
        let index = EdgeIndex::new(id.index());
        let (dependent, dependency) = self.storage.edge_endpoints(index)?;
        Some(Edge {
            id,
            depends_on: DependsOn {
                dependent: NodeId::new(dependent.index() as u32),
                dependency: NodeId::new(dependency.index() as u32),
            },
            attributes: self.storage.edge_weight(index)?,
        })
    }

    /// The edge between two services, if there is one. Time O(log of the dependent's degree).
    #[must_use]
    pub fn find_edge(&self, ends: DependsOn) -> Option<EdgeId> {
        let neighbors = self.dependencies_of(ends.dependent);
        let wanted = self.rank(ends.dependency);
        let place = neighbors.binary_search_by_key(&wanted, |next| self.rank(next.node));
        place.ok().map(|place| neighbors[place].edge)
    }

    /// What a service depends on, by name. Empty for a number that is no node.
    #[must_use]
    pub fn dependencies_of(&self, id: NodeId) -> &[Neighbor] {
        self.dependencies.of(id)
    }

    /// Who depends on a service, by name: where its failure goes next.
    #[must_use]
    pub fn dependents_of(&self, id: NodeId) -> &[Neighbor] {
        self.dependents.of(id)
    }

    /// Services that no other one depends on, by name: where requests enter.
    ///
    /// A self-loop does not count: a service that only calls itself is still an entry.
    #[must_use]
    pub fn entries(&self) -> Vec<NodeId> {
        self.without_others(&self.dependents)
    }

    /// Services that depend on no other one, by name. A self-loop does not count.
    #[must_use]
    pub fn leaves(&self) -> Vec<NodeId> {
        self.without_others(&self.dependencies)
    }

    /// Services that edges name but no record observes, by name.
    #[must_use]
    pub fn unobserved(&self) -> Vec<NodeId> {
        let seen = |id: NodeId| self.node(id).is_some_and(|node| node.observed);
        self.sorted.iter().copied().filter(|id| !seen(*id)).collect()
    }

    /// How many edges are declared and how many inferred, on how much evidence.
    #[must_use]
    pub fn origins(&self) -> OriginSummary {
        let mut summary = OriginSummary::default();
        for edge in self.edges() {
            match edge.attributes.origin {
                EdgeOrigin::Declared => summary.declared += 1,
                EdgeOrigin::Inferred { evidence } => {
                    summary.inferred += 1;
                    summary.evidence = summary.evidence.saturating_add(evidence);
                },
            }
        }
        summary
    }

    /// The node's place among the sorted names; the last place of all for a foreign number.
    pub(crate) fn rank(&self, id: NodeId) -> u32 {
        self.rank.get(id.index()).copied().unwrap_or(u32::MAX)
    }

    /// All nodes, sorted by name: the node of each rank.
    pub(crate) fn sorted(&self) -> &[NodeId] {
        &self.sorted
    }

    /// Equal ([`Arc::ptr_eq`]) for this graph and its clones alone.
    pub(crate) fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// Refuses the number of a node that this graph does not have.
    pub(crate) fn check_node(&self, node: NodeId) -> Result<(), GraphError> {
        let nodes = self.node_count();
        if node.index() < nodes { Ok(()) } else { Err(GraphError::UnknownNode { node, nodes }) }
    }

    /// petgraph's view, for its algorithms.
    pub(crate) fn storage(&self) -> &Storage {
        &self.storage
    }

    fn without_others(&self, neighbors: &Adjacency) -> Vec<NodeId> {
        let alone = |id: &NodeId| neighbors.of(*id).iter().all(|next| next.node == *id);
        self.sorted.iter().copied().filter(alone).collect()
    }
}

fn edges_of(storage: &Storage) -> impl ExactSizeIterator<Item = Edge<'_>> {
    let edges = storage.raw_edges().iter().enumerate();
    edges.map(|(index, edge)| Edge {
        id: EdgeId::new(index as u32),
        depends_on: DependsOn {
            dependent: NodeId::new(edge.source().index() as u32),
            dependency: NodeId::new(edge.target().index() as u32),
        },
        attributes: &edge.weight,
    })
}

/// The node of this name, whose hash is known.
pub(crate) fn find_by_name(storage: &Storage, by_name: &Lookup, hash: u32, name: &str) -> Option<NodeId> {
    let nodes = storage.raw_nodes();
    let is_it = |number: u32| nodes.get(number as usize).is_some_and(|node| node.weight.name == name);
    by_name.find(hash, is_it).map(NodeId::new)
}

/// All nodes, sorted by name. Names mostly differ in their first bytes, which are compared as one
/// number; names are unique, so an unstable sort has one result.
fn sorted_by_name(storage: &Storage) -> Vec<NodeId> {
    let nodes = storage.raw_nodes();
    let head = |name: &str| {
        let mut head = [0; 16];
        let taken = name.len().min(head.len());
        head[..taken].copy_from_slice(&name.as_bytes()[..taken]);
        u128::from_be_bytes(head)
    };
    let mut heads: Vec<(u128, u32)> =
        (0u32..).zip(nodes).map(|(number, node)| (head(&node.weight.name), number)).collect();
    let name = |number: u32| nodes[number as usize].weight.name.as_str();
    heads.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1))));
    heads.into_iter().map(|(_, number)| NodeId::new(number)).collect()
}
