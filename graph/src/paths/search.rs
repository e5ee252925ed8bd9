//! The search under a hop limit: label setting with an optional goal.
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

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::labels::{FIRST, Label, Labels};
use super::total::Total;
use super::ways::{Steps, Ways};

/// A way: its cost, its nodes by rank, and the edges between them.
pub(super) struct Way<C> {
    pub(super) cost: C,
    pub(super) nodes: Vec<u32>,
    pub(super) edges: Vec<u32>,
}

/// One question: the best way on from a root.
pub(super) struct Query<'q, C> {
    /// Where the search starts, and what the way to there has cost already.
    pub(super) start: u32,
    pub(super) cost: C,
    pub(super) hops: u32,
    /// Edges that may not be the first one.
    pub(super) forbidden: &'q [u32],
    /// For every node, whether no path may enter it.
    pub(super) blocked: &'q [bool],
    /// Paths that cost more than this are of no interest.
    pub(super) cap: Option<C>,
}

/// What finds the best way from a root to one target.
pub(super) trait Search {
    type Cost: Total;

    /// How many nodes the graph has.
    fn nodes(&self) -> usize;

    /// The first way to the target in the order of `paths`, from the query's start onwards; its
    /// cost includes the root's.
    fn best_way(&mut self, query: &Query<'_, Self::Cost>) -> Option<Way<Self::Cost>>;
}

/// What is left to go from every node to one target, nothing forbidden: a lower bound.
struct Guide<C> {
    target: u32,
    cost: Vec<Option<C>>,
    hops: Vec<Option<u32>>,
}

impl<C: Total> Guide<C> {
    /// Time O((N + E) log N).
    fn new(ways: &Ways, target: u32) -> Self {
        Self { target, cost: C::costs_to(ways, target), hops: hops_to(&ways.toward_origins, target) }
    }

    fn remaining(&self, node: u32) -> Option<(C, u32)> {
        Some((self.cost[node as usize]?, self.hops[node as usize]?))
    }
}

/// Fewest hops from every node to the target, breadth first.
fn hops_to(toward_origins: &Steps, target: u32) -> Vec<Option<u32>> {
    let mut hops = vec![None; toward_origins.nodes()];
    hops[target as usize] = Some(0);
    let (mut wave, mut here) = (vec![target], 0);
    while !wave.is_empty() {
        here += 1;
        let mut next = Vec::new();
        for step in wave.iter().flat_map(|node| toward_origins.from(*node)) {
            if hops[step.node as usize].is_none() {
                hops[step.node as usize] = Some(here);
                next.push(step.node);
            }
        }
        wave = next;
    }
    hops
}

/// (estimated total cost, hops, node, label).
type Waiting<C> = Reverse<(C, u32, u32, usize)>;

/// Working memory for any number of queries to one graph.
pub(super) struct LabelSearch<'w, C> {
    steps: &'w Steps,
    guide: Option<Guide<C>>,
    max_hops: u32,
    unlimited: bool,
    labels: Labels<C>,
    queue: BinaryHeap<Waiting<C>>,
    /// The query that last settled each node, and the fewest hops any way to it took.
    settled: Vec<(u64, u32)>,
    query: u64,
}

impl<C: Total> Search for LabelSearch<'_, C> {
    type Cost = C;

    fn nodes(&self) -> usize {
        self.steps.nodes()
    }

    fn best_way(&mut self, query: &Query<'_, C>) -> Option<Way<C>> {
        let label = self.run(query, |_, _| {})?;
        Some(self.labels.way_to(label))
    }
}

impl<'w, C: Total> LabelSearch<'w, C> {
    /// A search for ways to a target, which is a node.
    pub(super) fn new(ways: &'w Ways, max_hops: u32, target: u32) -> Self {
        Self { guide: Some(Guide::new(ways, target)), ..Self::everywhere(ways, max_hops) }
    }

    /// A search that reaches all it can.
    pub(super) fn everywhere(ways: &'w Ways, max_hops: u32) -> Self {
        let steps = &ways.toward_victims;
        Self {
            steps,
            guide: None,
            max_hops,
            unlimited: ways.all_within(max_hops),
            labels: Labels::new(),
            queue: BinaryHeap::new(),
            settled: vec![(0, 0); steps.nodes()],
            query: 0,
        }
    }

    /// Answers a query: the label that reached the target, or none.
    ///
    /// `on_first` sees the number of the first, best label of every node that is settled, and the
    /// node, in the order (estimate, hops, name).
    ///
    /// Time O((N + E) log E) without a hop limit or with one that no path exceeds, otherwise up to
    /// `max_hops` times that. Queries share their memory: what a query does not touch costs
    /// nothing.
    pub(super) fn run(
        &mut self,
        query: &Query<'_, C>,
        mut on_first: impl FnMut(usize, u32),
    ) -> Option<usize> {
        self.query += 1;
        self.labels.clear();
        self.queue.clear();
        self.push(Label { node: query.start, hops: query.hops, cost: query.cost, edge: 0, before: FIRST });
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
                if self.labels.by_names(other, label).is_lt() {
                    label = other;
                }
            }
            self.settled[node as usize] = (self.query, if self.unlimited { 0 } else { hops });
            if first {
                on_first(label, node);
            }
            if self.guide.as_ref().is_some_and(|guide| guide.target == node) {
                return Some(label);
            }
            self.extend(query, label);
        }
        None
    }

    /// The labels of the latest query.
    pub(super) fn into_labels(self) -> Labels<C> {
        self.labels
    }

    /// Goes one hop further in every open direction.
    fn extend(&mut self, query: &Query<'_, C>, before: usize) {
        let steps = self.steps;
        let from = self.labels.get(before);
        let hops = from.hops + 1;
        for step in steps.from(from.node) {
            let forbidden = from.before == FIRST && query.forbidden.contains(&step.edge);
            if forbidden || query.blocked[step.node as usize] || self.is_settled(step.node, hops) {
                continue;
            }
            let cost = from.cost + C::from(step.cost);
            self.push(Label { node: step.node, hops, cost, edge: step.edge, before });
        }
    }

    /// Queues a way, unless the target is out of its reach.
    fn push(&mut self, label: Label<C>) {
        let remaining = match &self.guide {
            None => Some((C::default(), 0)),
            Some(guide) => guide.remaining(label.node),
        };
        let Some((cost_left, hops_left)) = remaining else { return };
        if label.hops.saturating_add(hops_left) <= self.max_hops {
            let number = self.labels.add(label);
            self.queue.push(Reverse((label.cost + cost_left, label.hops, label.node, number)));
        }
    }

    /// Whether this query has reached the node, cheaper or as cheap, in at most so many hops.
    fn is_settled(&self, node: u32, hops: u32) -> bool {
        let (query, fewest) = self.settled[node as usize];
        query == self.query && fewest <= hops
    }
}
