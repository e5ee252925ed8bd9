//! The open edges of a graph as the searches walk them: cost beside neighbour, nodes by rank.
//!
//! In here a node is its *rank*, its place among the sorted names. Comparing two ranks compares
//! two names, and no search has to look a name up.

use std::ops::Range;

use crate::adjacency::Neighbor;
use crate::dependency_graph::DependencyGraph;
use crate::node::NodeId;

/// One hop: what it costs, where it leads and by which edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) cost: u64,
    /// Rank of the node it leads to.
    pub(super) node: u32,
    pub(super) edge: u32,
}

/// All steps in one direction (compressed sparse rows); those of a node are sorted by rank.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    offsets: Vec<usize>,
    steps: Vec<Step>,
}

impl Steps {
    fn new<'g>(
        graph: &'g DependencyGraph,
        cost: &[Option<u64>],
        next: impl Fn(NodeId) -> &'g [Neighbor],
    ) -> Self {
        let mut offsets = Vec::with_capacity(graph.node_count() + 1);
        let mut steps = Vec::with_capacity(cost.len());
        offsets.push(0);
        for node in graph.sorted() {
            steps.extend(next(*node).iter().filter_map(|next| {
                let cost = cost.get(next.edge.index()).copied().flatten()?;
                Some(Step { cost, node: graph.rank(next.node), edge: next.edge.number() })
            }));
            offsets.push(steps.len());
        }
        Self { offsets, steps }
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The steps from a node, by the names of where they lead.
    pub(super) fn from(&self, node: u32) -> &[Step] {
        let Range { start, end } = self.offsets[node as usize]..self.offsets[node as usize + 1];
        &self.steps[start..end]
    }

    /// The largest cost of one step.
    pub(super) fn dearest(&self) -> u64 {
        self.steps.iter().map(|step| step.cost).max().unwrap_or(0)
    }
}

/// The open edges of one graph, in both directions.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    pub(super) toward_victims: Steps,
    pub(super) toward_origins: Steps,
    /// The largest cost of one step.
    pub(super) dearest: u64,
}

impl Ways {
    /// `cost` holds that of every edge, none for a closed one. Time and memory O(N + E).
    pub(super) fn new(graph: &DependencyGraph, cost: &[Option<u64>]) -> Self {
        let toward_victims = Steps::new(graph, cost, |node| graph.dependents_of(node));
        let toward_origins = Steps::new(graph, cost, |node| graph.dependencies_of(node));
        Self { dearest: toward_victims.dearest(), toward_victims, toward_origins }
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.toward_victims.nodes()
    }

    /// Whether 64 bits hold every sum that a search forms.
    ///
    /// A way that a search extends is simple, so it has fewer than N steps, and an estimate adds
    /// one more simple way: 2 N times the dearest step is an upper bound. With probabilities of
    /// at least .05 that holds up to 3 million nodes; the bound itself is computed in 128 bits.
    pub(super) fn fit_64_bits(&self) -> bool {
        let nodes = self.nodes() as u128 + 1;
        2 * nodes * u128::from(self.dearest) < u128::from(u64::MAX)
    }

    /// Whether a limit of so many hops cannot keep any simple path out.
    pub(super) fn all_within(&self, max_hops: u32) -> bool {
        max_hops as usize >= self.nodes().saturating_sub(1)
    }
}
