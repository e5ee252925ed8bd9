//! Cycles: groups of services that all depend on each other, directly or not.
//!
//! Within such a group the graph alone cannot tell cause from victim, so a report names the group.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use petgraph::algo::kosaraju_scc;

use crate::dependency_graph::DependencyGraph;
use crate::node::NodeId;

/// The strongly connected components of a graph, in the order in which a failure can visit them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    groups: Vec<Vec<NodeId>>,
    group_of: Vec<usize>,
    cyclic: Vec<bool>,
}

impl Components {
    /// The groups. Each is sorted by name. A group comes after all groups it depends on; among
    /// those that could come next, the one with the smallest first name does.
    #[must_use]
    pub fn groups(&self) -> &[Vec<NodeId>] {
        &self.groups
    }

    /// The place of a node's group in [`groups`](Self::groups).
    #[must_use]
    pub fn group_of(&self, node: NodeId) -> Option<usize> {
        self.group_of.get(node.index()).copied()
    }

    /// The groups that hold a cycle: those of several services, and self-loops.
    pub fn cycles(&self) -> impl Iterator<Item = &[NodeId]> {
        let groups = self.groups.iter().zip(&self.cyclic);
        groups.filter_map(|(group, cyclic)| cyclic.then_some(group.as_slice()))
    }

    /// Whether the graph holds any cycle, self-loops included.
    #[must_use]
    pub fn is_cyclic(&self) -> bool {
        self.cyclic.contains(&true)
    }
}

/// Finds the groups of services that reach each other (Kosaraju's algorithm, petgraph's iterative
/// implementation), then orders them dependencies first.
///
/// Iterative: a chain of a million services does not exhaust the stack. The result depends on
/// names and edges, not on the order in which they were mentioned.
/// Time O(N log N + E log E), memory O(N + E).
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, strongly_connected_components};
///
/// let mut builder = GraphBuilder::new();
/// for (dependent, dependency) in [("web", "a"), ("a", "b"), ("b", "a")] {
///     builder.add_dependency(dependent, dependency, EdgeAttributes::default())?;
/// }
/// let graph = builder.build();
/// let components = strongly_connected_components(&graph);
/// let names: Vec<_> = components.groups()[0].iter().map(|id| graph.name(*id)).collect();
/// assert_eq!(names, ["a", "b"]); // the cycle, before the web server that depends on it
/// assert!(components.is_cyclic());
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
#[must_use]
pub fn strongly_connected_components(graph: &DependencyGraph) -> Components {
    let found = kosaraju_scc(graph.storage()).into_iter();
    let mut groups: Vec<Vec<NodeId>> = found
        .map(|group| {
            let ids = group.into_iter().map(|index| NodeId::new(index.index() as u32));
            let mut ids: Vec<NodeId> = ids.collect();
            ids.sort_unstable_by_key(|id| graph.rank(*id));
            ids
        })
        .collect();
    // By first name: from here on a smaller number is an earlier name, which breaks ties below.
    groups.sort_unstable_by_key(|group| group.first().map(|id| graph.rank(*id)));

    let order = condensation_order(graph, &groups);
    let groups: Vec<Vec<NodeId>> =
        order.into_iter().map(|group| std::mem::take(&mut groups[group])).collect();
    let is_loop = |id: &NodeId| graph.dependencies_of(*id).iter().any(|next| next.node == *id);
    let cyclic = groups.iter().map(|group| group.len() > 1 || group.iter().any(is_loop));
    Components { group_of: numbers(graph, &groups), cyclic: cyclic.collect(), groups }
}

/// Dependencies first (Kahn's algorithm), the smallest ready number next.
fn condensation_order(graph: &DependencyGraph, groups: &[Vec<NodeId>]) -> Vec<usize> {
    let group_of = numbers(graph, groups);
    let hops: BTreeSet<(usize, usize)> = graph
        .edges()
        .map(|edge| edge.fails_toward())
        .map(|hop| (group_of[hop.origin.index()], group_of[hop.victim.index()]))
        .filter(|(origin, victim)| origin != victim)
        .collect();
    let mut waiting_for = vec![0usize; groups.len()];
    for (_, victim) in &hops {
        waiting_for[*victim] += 1;
    }
    let ready = (0..groups.len()).filter(|group| waiting_for[*group] == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = ready.map(Reverse).collect();
    let mut order = Vec::with_capacity(groups.len());
    while let Some(Reverse(group)) = ready.pop() {
        order.push(group);
        for (_, victim) in hops.range((group, 0)..=(group, usize::MAX)) {
            waiting_for[*victim] -= 1;
            if waiting_for[*victim] == 0 {
                ready.push(Reverse(*victim));
            }
        }
    }
    order
}

/// The number of each node's group.
fn numbers(graph: &DependencyGraph, groups: &[Vec<NodeId>]) -> Vec<usize> {
    let mut group_of = vec![0; graph.node_count()];
    for (number, group) in groups.iter().enumerate() {
        for node in group {
            group_of[node.index()] = number;
        }
    }
    group_of
}
