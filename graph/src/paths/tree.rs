//! Dijkstra's algorithm without a hop limit, one flat record a node, step by step.
//!
//! Nodes are settled in the order (cost, hops, name). A step to a node that ties with the way
//! known there in cost and hops is compared by the names along both ways: both come from settled
//! nodes, whose ways are final, so the first in the order of `paths` is kept.

use std::cmp::Ordering;

use super::queue::{BucketQueue, Entry};
use super::ways::Steps;

/// The best known way to a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) cost: u64,
    pub(super) hops: u32,
    /// The node before (its rank) and the edge between; nothing at the start.
    pub(super) before: u32,
    pub(super) edge: u32,
}

/// No node: what comes before the start.
pub(super) const NOWHERE: u32 = u32::MAX;

impl Reach {
    /// Dearer than every sum that fits (see `Ways::fit_64_bits`).
    pub(super) const NONE: Self = Self { cost: u64::MAX, hops: u32::MAX, before: NOWHERE, edge: NOWHERE };
    pub(super) const START: Self = Self { cost: 0, hops: 0, before: NOWHERE, edge: NOWHERE };

    pub(super) fn is_reached(&self) -> bool {
        self.cost < u64::MAX
    }

    /// The order of paths but for their names.
    pub(super) fn order(&self) -> (u64, u32) {
        (self.cost, self.hops)
    }
}

/// A tree of best ways from one node, as far as it has grown.
pub(super) struct Tree<'w> {
    steps: &'w Steps,
    reach: Vec<Reach>,
    queue: BucketQueue,
    /// The cost of the node settled last.
    radius: u64,
    /// Whether ways that tie are compared by name; if not, any of them is kept.
    by_name: bool,
}

impl<'w> Tree<'w> {
    /// A tree that has not grown. No step may cost more than `dearest`; `start` is a node.
    pub(super) fn new(steps: &'w Steps, dearest: u64, start: u32, by_name: bool) -> Self {
        let mut reach = vec![Reach::NONE; steps.nodes()];
        reach[start as usize] = Reach::START;
        let mut queue = BucketQueue::new(dearest);
        queue.push(Entry::new(0, 0, start));
        Self { steps, reach, queue, radius: 0, by_name }
    }

    /// Settles the next node; none if all that can be reached are.
    pub(super) fn grow(&mut self) -> Option<u32> {
        loop {
            let reach = &self.reach;
            let current = |entry: Entry| reach[entry.node() as usize].order() == (entry.cost(), entry.hops());
            let entry = self.queue.pop(current)?;
            if !current(entry) {
                continue;
            }
            self.radius = entry.cost();
            self.extend(entry);
            return Some(entry.node());
        }
    }

    fn extend(&mut self, from: Entry) {
        let node = from.node();
        for step in self.steps.from(node) {
            let (cost, hops) = (from.cost() + step.cost, from.hops() + 1);
            let known = &self.reach[step.node as usize];
            let better = match (cost, hops).cmp(&known.order()) {
                Ordering::Less => {
                    self.queue.push(Entry::new(cost, hops, step.node));
                    true
                },
                Ordering::Equal => self.by_name && by_names(&self.reach, node, known.before).is_lt(),
                Ordering::Greater => false,
            };
            if better {
                self.reach[step.node as usize] = Reach { cost, hops, before: node, edge: step.edge };
            }
        }
    }

    /// What is known of every node.
    pub(super) fn into_reach(self) -> Vec<Reach> {
        self.reach
    }

    /// At most the true cost of the way to this node: exact once it is settled.
    pub(super) fn at_least(&self, node: u32) -> u64 {
        self.reach[node as usize].cost.min(self.radius)
    }

    /// The true cost of the way to this node; none if it cannot be reached. Grows as needed.
    pub(super) fn cost_of(&mut self, node: u32) -> Option<u64> {
        // What is known and not dearer than what was settled last cannot become cheaper.
        while self.reach[node as usize].cost > self.radius {
            self.grow()?;
        }
        Some(self.reach[node as usize].cost)
    }
}

/// Compares the names along the ways to two nodes, of equally many hops, from the start.
pub(super) fn by_names(reach: &[Reach], a: u32, b: u32) -> Ordering {
    let (mut a, mut b) = (a, b);
    let mut order = Ordering::Equal;
    while a != b {
        order = a.cmp(&b).then(order); // the difference nearest to the start decides
        match (reach.get(a as usize), reach.get(b as usize)) {
            (Some(left), Some(right)) => (a, b) = (left.before, right.before),
            _ => break,
        }
    }
    order
}

/// The nodes and edges from the start to a node that was reached.
pub(super) fn way_to(reach: &[Reach], node: u32) -> (Vec<u32>, Vec<u32>) {
    let (mut nodes, mut edges) = (vec![node], Vec::new());
    let mut here = reach[node as usize];
    while here.before != NOWHERE {
        edges.push(here.edge);
        nodes.push(here.before);
        here = reach[here.before as usize];
    }
    nodes.reverse();
    edges.reverse();
    (nodes, edges)
}
