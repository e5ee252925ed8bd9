//! The search without a hop limit: A* over flat records, with a guide that grows as it is asked.
//!
//! The guide is a tree of cheapest ways *to* the target. It grows only as far as the nodes that
//! the search is about to settle: until then a node waits with what is surely left, and is put
//! back once the true remainder is known. Nodes are therefore settled in the order (true estimate,
//! hops, name) as if the whole guide had been there from the start, and the reasoning of `tree`
//! about ties holds here too.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::queue::Entry;
use super::search::{Query, Search, Way};
use super::tree::{Reach, Tree, by_names, way_to};
use super::ways::{Steps, Ways};

/// Working memory for any number of queries about one target.
pub(super) struct SpurSearch<'w> {
    steps: &'w Steps,
    guide: Tree<'w>,
    target: u32,
    reach: Vec<Reach>,
    /// What a record of `reach` is worth: the current stamp if this query has reached the node,
    /// one more if it has settled it.
    stamps: Vec<u64>,
    stamp: u64,
    queue: BinaryHeap<Reverse<Entry>>,
}

impl<'w> SpurSearch<'w> {
    /// Costs of whole ways must fit 64 bits ([`Ways::fit_64_bits`]); `target` is a node.
    pub(super) fn new(ways: &'w Ways, target: u32) -> Self {
        let steps = &ways.toward_victims;
        Self {
            steps,
            guide: Tree::new(&ways.toward_origins, ways.dearest, target, false),
            target,
            reach: vec![Reach::NONE; steps.nodes()],
            stamps: vec![0; steps.nodes()],
            stamp: 0,
            queue: BinaryHeap::new(),
        }
    }

    /// Goes one hop further in every open direction from a node just settled.
    fn extend(&mut self, query: &Query<'_, u64>, node: u32) {
        let from = self.reach[node as usize];
        let hops = from.hops + 1;
        for step in self.steps.from(node) {
            let there = step.node as usize;
            let forbidden = node == query.start && query.forbidden.contains(&step.edge);
            if forbidden || query.blocked[there] || self.stamps[there] > self.stamp {
                continue;
            }
            let cost = from.cost + step.cost;
            let reached = self.stamps[there] == self.stamp;
            let known = if reached { self.reach[there] } else { Reach::NONE };
            let order = match (cost, hops).cmp(&known.order()) {
                Ordering::Equal => by_names(&self.reach, node, known.before),
                order => order,
            };
            if order.is_ge() {
                continue;
            }
            let estimate = cost + self.guide.at_least(step.node);
            if query.cap.is_some_and(|cap| estimate > cap) {
                continue;
            }
            self.reach[there] = Reach { cost, hops, before: node, edge: step.edge };
            self.stamps[there] = self.stamp;
            if (cost, hops) != known.order() {
                self.queue.push(Reverse(Entry::new(estimate, hops, step.node)));
            }
        }
    }
}

impl Search for SpurSearch<'_> {
    type Cost = u64;

    fn nodes(&self) -> usize {
        self.steps.nodes()
    }

    fn best_way(&mut self, query: &Query<'_, u64>) -> Option<Way<u64>> {
        self.stamp += 2;
        self.queue.clear();
        self.reach[query.start as usize] = Reach { cost: query.cost, hops: query.hops, ..Reach::START };
        self.stamps[query.start as usize] = self.stamp;
        let estimate = query.cost + self.guide.at_least(query.start);
        self.queue.push(Reverse(Entry::new(estimate, query.hops, query.start)));
        while let Some(Reverse(entry)) = self.queue.pop() {
            if query.cap.is_some_and(|cap| entry.cost() > cap) {
                return None;
            }
            let node = entry.node();
            if self.stamps[node as usize] > self.stamp {
                continue;
            }
            // Nothing leads from here to the target: of no use to any way.
            let Some(left) = self.guide.cost_of(node) else { continue };
            let reach = self.reach[node as usize];
            let due = Entry::new(reach.cost + left, reach.hops, node);
            if due > entry {
                self.queue.push(Reverse(due));
                continue;
            }
            self.stamps[node as usize] = self.stamp + 1;
            if node == self.target {
                let (nodes, edges) = way_to(&self.reach, node);
                return Some(Way { cost: reach.cost, nodes, edges });
            }
            self.extend(query, node);
        }
        None
    }
}
