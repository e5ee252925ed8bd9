//! One round of a walk: every node pulls what arrives over the edges into it.
//!
//! Nodes are taken by the number of edges into them, eight at a time, and the edges of eight nodes
//! lie side by side: the first one of each, the second one of each, and so on. A round then has
//! no branch that depends on the graph and eight sums on the way at once. Where one of the eight
//! has fewer edges, it pulls from a place that always holds zero, last of all, which changes no
//! bit of a sum that is not negative. Each sum keeps the order of its own edges.

use crate::adjacency::Neighbor;
use crate::dependency_graph::DependencyGraph;
use crate::measures::Walk;
use crate::node::NodeId;

pub(super) const LANES: usize = 8;

/// Edges into every node. A node's *place* is its position in the order of rounds; as many places
/// as fill up the last eight, and one more, belong to no node and hold zero.
pub(super) struct Pull {
    /// The place of every node.
    pub(super) place: Vec<u32>,
    /// Places in all.
    places: usize,
    /// For each eight places, how many edges each of them has, and where in `from` they start.
    rows: Vec<(usize, usize)>,
    from: Vec<[u32; LANES]>,
    /// One factor an edge; none at all if every factor is 1.
    factor: Vec<[f64; LANES]>,
}

impl Pull {
    /// Deals the edges out. `list` gives the edges into a node in the order of its sum,
    /// `factor` that of an edge from a node; without it every factor is 1.
    ///
    /// Time and memory O(N + E).
    pub(super) fn new(
        graph: &DependencyGraph,
        walk: Walk,
        mut list: impl FnMut(&[Neighbor], &mut Vec<Neighbor>),
        factor: Option<impl Fn(&Neighbor) -> f64>,
    ) -> Self {
        let n_nodes = graph.node_count();
        let order = by_edges_in(graph, walk);
        let mut place = vec![0; n_nodes];
        for (at, node) in (0u32..).zip(&order) {
            place[node.index()] = at;
        }
        let zero = n_nodes.next_multiple_of(LANES);
        let mut rows = Vec::with_capacity(n_nodes.div_ceil(LANES));
        let mut total = 0;
        for eight in order.chunks(LANES) {
            let width = eight.last().map_or(0, |widest| into(graph, walk, *widest).len());
            rows.push((width, total));
            total += width;
        }
        let mut from = vec![[zero as u32; LANES]; total];
        let mut factors = vec![[0.0; LANES]; if factor.is_some() { total } else { 0 }];
        let mut edges = Vec::new();
        for (eight, (_, start)) in order.chunks(LANES).zip(&rows) {
            for (lane, node) in eight.iter().enumerate() {
                edges.clear();
                list(into(graph, walk, *node), &mut edges);
                for (at, edge) in (*start..).zip(&edges) {
                    from[at][lane] = place[edge.node.index()];
                    if let Some(factor) = &factor {
                        factors[at][lane] = factor(edge);
                    }
                }
            }
        }
        Self { place, places: zero + 1, rows, from, factor: factors }
    }

    /// Values of nodes by place; places without a node hold zero.
    pub(super) fn placed(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut placed = vec![0.0; self.places];
        for (value, place) in values.zip(&self.place) {
            placed[*place as usize] = value;
        }
        placed
    }

    /// Values by place as values by node.
    pub(super) fn by_node(&self, placed: &[f64]) -> Vec<f64> {
        self.place.iter().map(|place| placed[*place as usize]).collect()
    }

    /// `next[p]` = `jump * restart[p]` + the sum of factor times `sent[q]` over the edges q → p.
    ///
    /// `done` gets each eight results and the place of the first one. All slices are by place.
    pub(super) fn round(
        &self,
        jump: f64,
        restart: &[f64],
        sent: &[f64],
        mut done: impl FnMut(usize, &[f64; LANES]),
    ) {
        let (restart, _) = restart.as_chunks::<LANES>();
        for (row, ((width, start), restart)) in self.rows.iter().zip(restart).enumerate() {
            let mut sums = restart.map(|weight| jump * weight);
            let edges = *start..start + width;
            let from = &self.from[edges.clone()];
            if self.factor.is_empty() {
                for from in from {
                    for (sum, from) in sums.iter_mut().zip(from) {
                        *sum += sent[*from as usize];
                    }
                }
            } else {
                for (from, factor) in from.iter().zip(&self.factor[edges]) {
                    for ((sum, from), factor) in sums.iter_mut().zip(from).zip(factor) {
                        *sum += factor * sent[*from as usize];
                    }
                }
            }
            done(row * LANES, &sums);
        }
    }
}

/// The edges by which a walker comes to a node, sorted by name.
fn into(graph: &DependencyGraph, walk: Walk, node: NodeId) -> &[Neighbor] {
    match walk {
        Walk::TowardDependencies => graph.dependents_of(node),
        Walk::TowardDependents => graph.dependencies_of(node),
    }
}

/// The edges by which a walker leaves a node, sorted by name.
pub(super) fn out_of(graph: &DependencyGraph, walk: Walk, node: NodeId) -> &[Neighbor] {
    match walk {
        Walk::TowardDependencies => graph.dependencies_of(node),
        Walk::TowardDependents => graph.dependents_of(node),
    }
}

/// All nodes, those with the fewest edges into them first (counting sort).
fn by_edges_in(graph: &DependencyGraph, walk: Walk) -> Vec<NodeId> {
    let width = |node: NodeId| into(graph, walk, node).len();
    let mut starts = vec![0; graph.node_ids().map(width).max().map_or(0, |most| most + 2)];
    for node in graph.node_ids() {
        starts[width(node) + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut order = vec![NodeId::new(0); graph.node_count()];
    for node in graph.node_ids() {
        let start = &mut starts[width(node)];
        order[*start] = node;
        *start += 1;
    }
    order
}
