//! The search behind all paths: label setting with an optional goal and an optional hop limit.
//!
//! A *label* is one way to reach a node. With a hop limit the cheapest way to a node may be too
//! long to go on, so a node keeps every way that is cheaper than all shorter ones; without a limit
//! it keeps the cheapest alone, and this is Dijkstra's algorithm. With a goal the *guide* knows
//! the true remaining cost of the unrestricted graph, and this is A* with a consistent estimate.
//!
//! Labels are taken in the order (estimated total cost, hops, node). Every hop adds a hop, so all
//! labels that tie in cost and hops at one node are waiting when the first of them is taken; the
//! smallest by names along the way is kept. That makes the answer the first in the order of
//! `paths`, not just one of the best.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::{Cost, EdgeProbabilities};
use crate::blast_radius::hops_from;
use crate::dependency_graph::DependencyGraph;
use crate::edge::EdgeId;
use crate::node::NodeId;

/// What is left to go from every node to one target, nothing forbidden: a lower bound.
pub(super) struct Guide {
    target: NodeId,
    cost: Vec<Option<Cost>>,
    hops: Vec<Option<u32>>,
}

impl Guide {
    /// Dijkstra's algorithm from the target against failure direction, and a breadth-first count
    /// of hops. The target is a node of the graph. Time O((N + E) log N).
    pub(super) fn new(graph: &DependencyGraph, probabilities: &EdgeProbabilities, target: NodeId) -> Self {
        let mut cost: Vec<Option<Cost>> = vec![None; graph.node_count()];
        let mut queue = BinaryHeap::from([Reverse((0, target))]);
        while let Some(Reverse((here, node))) = queue.pop() {
            if cost[node.index()].is_some() {
                continue;
            }
            cost[node.index()] = Some(here);
            for next in graph.dependencies_of(node) {
                if let (None, Some(step)) = (cost[next.node.index()], probabilities.cost(next.edge)) {
                    queue.push(Reverse((here + step, next.node)));
                }
            }
        }
        let hops = hops_from(
            graph,
            &[target],
            |node| graph.dependencies_of(node),
            |next| probabilities.cost(next.edge).is_some(),
        );
        Self { target, cost, hops }
    }

    fn remaining(&self, node: NodeId) -> Option<(Cost, u32)> {
        Some((self.cost[node.index()]?, self.hops[node.index()]?))
    }
}

/// One question to a [`Search`].
pub(super) struct Query<'q> {
    /// Where the search starts, and what the way to there has cost already.
    pub(super) start: NodeId,
    pub(super) cost: Cost,
    pub(super) hops: u32,
    /// Where it ends; without a goal it reaches all it can.
    pub(super) goal: Option<&'q Guide>,
    /// Edges that may not be the first one.
    pub(super) forbidden: &'q [EdgeId],
    /// For every node, whether no path may enter it.
    pub(super) blocked: &'q [bool],
    /// Paths that cost more than this are of no interest.
    pub(super) cap: Option<Cost>,
}

/// One way to reach a node.
#[derive(Clone, Copy)]
pub(super) struct Label {
    pub(super) node: NodeId,
    pub(super) cost: Cost,
    pub(super) hops: u32,
    /// The label before this one and the edge between; none at the start.
    before: Option<(usize, EdgeId)>,
}

/// (estimated total cost, hops, node, label).
type Waiting = Reverse<(Cost, u32, NodeId, usize)>;

/// Working memory for any number of queries to one graph.
pub(super) struct Search<'g> {
    graph: &'g DependencyGraph,
    pub(super) probabilities: &'g EdgeProbabilities,
    max_hops: u32,
    labels: Vec<Label>,
    queue: BinaryHeap<Waiting>,
    /// The query that last settled each node, and the fewest hops any way to it took.
    settled: Vec<(u64, u32)>,
    query: u64,
}

impl<'g> Search<'g> {
    pub(super) fn new(
        graph: &'g DependencyGraph,
        probabilities: &'g EdgeProbabilities,
        max_hops: u32,
    ) -> Self {
        Self {
            graph,
            probabilities,
            max_hops,
            labels: Vec::new(),
            queue: BinaryHeap::new(),
            settled: vec![(0, 0); graph.node_count()],
            query: 0,
        }
    }

    /// Answers a query: the label that reached the goal, or none.
    ///
    /// `on_first` sees the first, best label of every node that is settled, in order of cost.
    ///
    /// Time O((N + E) log E) without a hop limit or with one that no path exceeds, otherwise up to
    /// `max_hops` times that. Queries share their memory: what a query does not touch costs
    /// nothing.
    pub(super) fn run(&mut self, query: &Query<'_>, mut on_first: impl FnMut(usize, Label)) -> Option<usize> {
        self.query += 1;
        self.labels.clear();
        self.queue.clear();
        self.push(query, query.start, query.cost, query.hops, None);
        while let Some(Reverse((estimate, hops, node, mut label))) = self.queue.pop() {
            if query.cap.is_some_and(|cap| estimate > cap) {
                return None;
            }
            let first = !self.is_settled(node, u32::MAX);
            if self.is_settled(node, hops) {
                continue;
            }
            while let Some(Reverse((also, as_many, same, other))) = self.queue.peek().copied() {
                if (also, as_many, same) != (estimate, hops, node) {
                    break;
                }
                self.queue.pop();
                if self.by_names(other, label) == Ordering::Less {
                    label = other;
                }
            }
            let unlimited = self.max_hops as usize + 1 >= self.graph.node_count();
            self.settled[node.index()] = (self.query, if unlimited { 0 } else { hops });
            if first {
                on_first(label, self.labels[label]);
            }
            if query.goal.is_some_and(|goal| goal.target == node) {
                return Some(label);
            }
            self.extend(query, label);
        }
        None
    }

    /// The nodes and edges from the query's start to a label of the latest query.
    pub(super) fn way_to(&self, label: usize) -> (Vec<NodeId>, Vec<EdgeId>) {
        let mut nodes = vec![self.labels[label].node];
        let mut edges = Vec::new();
        let mut before = self.labels[label].before;
        while let Some((label, edge)) = before {
            nodes.push(self.labels[label].node);
            edges.push(edge);
            before = self.labels[label].before;
        }
        nodes.reverse();
        edges.reverse();
        (nodes, edges)
    }

    pub(super) fn label(&self, label: usize) -> Label {
        self.labels[label]
    }

    /// Goes one hop further in every open direction.
    fn extend(&mut self, query: &Query<'_>, label: usize) {
        let graph = self.graph;
        let Label { node, cost, hops, before } = self.labels[label];
        for next in graph.dependents_of(node) {
            let forbidden = before.is_none() && query.forbidden.contains(&next.edge);
            if forbidden || query.blocked[next.node.index()] || self.is_settled(next.node, hops + 1) {
                continue;
            }
            if let Some(step) = self.probabilities.cost(next.edge) {
                self.push(query, next.node, cost + step, hops + 1, Some((label, next.edge)));
            }
        }
    }

    /// Queues a way, unless the goal is out of its reach.
    fn push(
        &mut self,
        query: &Query<'_>,
        node: NodeId,
        cost: Cost,
        hops: u32,
        before: Option<(usize, EdgeId)>,
    ) {
        let remaining = match query.goal {
            None => Some((0, 0)),
            Some(guide) => guide.remaining(node),
        };
        let Some((cost_left, hops_left)) = remaining else { return };
        if hops.saturating_add(hops_left) <= self.max_hops {
            self.queue.push(Reverse((cost + cost_left, hops, node, self.labels.len())));
            self.labels.push(Label { node, cost, hops, before });
        }
    }

    /// Whether this query has reached the node, cheaper or as cheap, in at most so many hops.
    fn is_settled(&self, node: NodeId, hops: u32) -> bool {
        let (query, fewest) = self.settled[node.index()];
        query == self.query && fewest <= hops
    }

    /// Compares the names along two ways of equally many hops, from the start.
    fn by_names(&self, a: usize, b: usize) -> Ordering {
        let (mut a, mut b) = (a, b);
        let mut order = Ordering::Equal;
        while a != b {
            let (left, right) = (self.labels[a], self.labels[b]);
            let here = self.graph.rank(left.node).cmp(&self.graph.rank(right.node));
            order = here.then(order); // the difference nearest to the start decides
            match (left.before, right.before) {
                (Some((left, _)), Some((right, _))) => (a, b) = (left, right),
                _ => break,
            }
        }
        order
    }
}
