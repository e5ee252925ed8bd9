//! How far a failure could reach, and how far it did.

use std::collections::VecDeque;

use crate::adjacency::Neighbor;
use crate::dependency_graph::DependencyGraph;
use crate::error::GraphError;
use crate::node::NodeId;

/// One service within reach of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The service.
    pub node: NodeId,
    /// Fewest hops from the origin, at least 1.
    pub hops: u32,
    /// Whether it was affected, by the caller's own test.
    pub affected: bool,
}

/// Who lies downstream of a failure. Lists are sorted by hops, then by name; the origin itself is
/// in none of them, even if a cycle leads back to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlastRadius {
    /// Where the failure is taken to start.
    pub origin: NodeId,
    /// All that could be reached: every direct and indirect dependent.
    pub potential: Vec<Reached>,
    /// What was reached on a way that is affected throughout; hops count along such ways.
    pub actual: Vec<Reached>,
}

impl BlastRadius {
    /// Affected services within potential reach, whether or not an affected way leads there.
    ///
    /// Those in this list but not in [`actual`](Self::actual) are affected beyond a healthy
    /// service: evidence of another cause or of a missing record.
    pub fn affected(&self) -> impl Iterator<Item = &Reached> {
        self.potential.iter().filter(|reached| reached.affected)
    }
}

/// Follows a failure from `origin` to its victims, breadth first.
///
/// * `is_affected` - whether a service was affected, for example has an onset. The answer for
///   the origin changes nothing: the failure starts there by assumption.
///
/// Time O(N + E), memory O(N); iterative.
///
/// # Errors
/// [`GraphError::UnknownNode`] if the graph has no such origin.
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, blast_radius};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("web", "api", EdgeAttributes::default())?;
/// builder.add_dependency("api", "db", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let api = graph.require("api")?;
/// let radius = blast_radius(&graph, graph.require("db")?, |node| node == api)?;
/// assert_eq!(radius.potential.len(), 2); // api and web depend on db
/// assert_eq!(radius.actual.len(), 1); // but only api was affected
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn blast_radius(
    graph: &DependencyGraph,
    origin: NodeId,
    is_affected: impl Fn(NodeId) -> bool,
) -> Result<BlastRadius, GraphError> {
    graph.check_node(origin)?;
    let affected: Vec<bool> = graph.node_ids().map(is_affected).collect();
    Ok(BlastRadius {
        origin,
        potential: downstream(graph, origin, &affected, false),
        actual: downstream(graph, origin, &affected, true),
    })
}

/// Fewest hops from any of `starts`, walking to each node's `next`; none where no way leads.
pub(crate) fn hops_from<'g>(
    graph: &'g DependencyGraph,
    starts: &[NodeId],
    next: impl Fn(NodeId) -> &'g [Neighbor],
    enter: impl Fn(&Neighbor) -> bool,
) -> Vec<Option<u32>> {
    let mut hops = vec![None; graph.node_count()];
    let mut queue: VecDeque<(NodeId, u32)> = VecDeque::new();
    for start in starts {
        hops[start.index()] = Some(0);
        queue.push_back((*start, 0));
    }
    while let Some((node, here)) = queue.pop_front() {
        for neighbor in next(node) {
            let there = &mut hops[neighbor.node.index()];
            if there.is_none() && enter(neighbor) {
                *there = Some(here + 1);
                queue.push_back((neighbor.node, here + 1));
            }
        }
    }
    hops
}

fn downstream(
    graph: &DependencyGraph,
    origin: NodeId,
    affected: &[bool],
    affected_only: bool,
) -> Vec<Reached> {
    let mut hops = vec![NEVER; graph.node_count()];
    // A bit a node stays in the nearest cache, and most edges lead to nodes already seen.
    let mut seen = vec![0u64; graph.node_count().div_ceil(64)];
    let mut see = |node: usize| {
        let (word, bit) = (&mut seen[node / 64], 1 << (node % 64));
        let first = *word & bit == 0;
        *word |= bit;
        first
    };
    see(origin.index());
    // Waves one after the other; `starts` says where each begins.
    let (mut reached, mut starts) = (vec![origin], vec![0]);
    let mut here = 0;
    while here < reached.len() {
        let wave = here..reached.len();
        starts.push(wave.end);
        for at in wave {
            for next in graph.dependents_of(reached[at]) {
                let node = next.node.index();
                if (!affected_only || affected[node]) && see(node) {
                    hops[node] = starts.len() as u32 - 1;
                    reached.push(next.node);
                }
            }
            here = at + 1;
        }
    }
    // Walked by name and dealt out by hops, they are sorted by hops, then by name.
    let none = Reached { node: origin, hops: 0, affected: false };
    let mut sorted = vec![none; reached.len()];
    for node in graph.sorted() {
        let hops = hops[node.index()];
        if hops != NEVER {
            let place = &mut starts[hops as usize];
            sorted[*place] = Reached { node: *node, hops, affected: affected[node.index()] };
            *place += 1;
        }
    }
    sorted.remove(0); // the origin
    sorted
}

/// Hops to what is not reached, or is the origin.
const NEVER: u32 = u32::MAX;
