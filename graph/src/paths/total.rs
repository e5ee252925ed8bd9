//! Costs of whole ways: 64 bits where every sum fits, 128 where it might not.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Add;

use super::tree::Tree;
use super::ways::Ways;

/// A sum of costs, wide enough for the graph at hand: [`Ways::fit_64_bits`] decides.
pub(super) trait Total: Copy + Ord + Add<Output = Self> + From<u64> + Default {
    /// What the cheapest way from every node to `target` costs; none where there is no way.
    fn costs_to(ways: &Ways, target: u32) -> Vec<Option<Self>>;
}

impl Total for u64 {
    fn costs_to(ways: &Ways, target: u32) -> Vec<Option<Self>> {
        let mut tree = Tree::new(&ways.toward_origins, ways.dearest, target, false);
        while tree.grow().is_some() {}
        tree.into_reach().iter().map(|reach| reach.is_reached().then_some(reach.cost)).collect()
    }
}

impl Total for u128 {
    fn costs_to(ways: &Ways, target: u32) -> Vec<Option<Self>> {
        let mut costs = vec![None; ways.nodes()];
        let mut queue = BinaryHeap::from([Reverse((0, target))]);
        while let Some(Reverse((here, node))) = queue.pop() {
            if costs[node as usize].is_some() {
                continue;
            }
            costs[node as usize] = Some(here);
            for step in ways.toward_origins.from(node) {
                if costs[step.node as usize].is_none() {
                    queue.push(Reverse((here + Self::from(step.cost), step.node)));
                }
            }
        }
        costs
    }
}
