//! Ways to nodes, each told by the way before it.

use std::cmp::Ordering;

use super::search::Way;

/// One way to reach a node.
#[derive(Clone, Copy)]
pub(super) struct Label<C> {
    pub(super) node: u32,
    pub(super) hops: u32,
    pub(super) cost: C,
    /// The edge by which the node was entered, and the label before it; [`FIRST`] at the start.
    pub(super) edge: u32,
    pub(super) before: usize,
}

/// No label: what comes before the start.
pub(super) const FIRST: usize = usize::MAX;

/// The labels of one query.
pub(super) struct Labels<C>(Vec<Label<C>>);

impl<C: Copy> Labels<C> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a label and returns its number.
    pub(super) fn add(&mut self, label: Label<C>) -> usize {
        self.0.push(label);
        self.0.len() - 1
    }

    pub(super) fn get(&self, label: usize) -> Label<C> {
        self.0[label]
    }

    /// The way from the start to a label.
    pub(super) fn way_to(&self, label: usize) -> Way<C> {
        let last = self.0[label];
        let (mut nodes, mut edges) = (vec![last.node], Vec::new());
        let mut here = last;
        while let Some(before) = self.0.get(here.before) {
            edges.push(here.edge);
            nodes.push(before.node);
            here = *before;
        }
        nodes.reverse();
        edges.reverse();
        Way { cost: last.cost, nodes, edges }
    }

    /// Compares the names along two ways of equally many hops, from the start.
    pub(super) fn by_names(&self, a: usize, b: usize) -> Ordering {
        let (mut a, mut b) = (a, b);
        let mut order = Ordering::Equal;
        while a != b {
            let (Some(left), Some(right)) = (self.0.get(a), self.0.get(b)) else { break };
            order = left.node.cmp(&right.node).then(order); // the one nearest to the start decides
            (a, b) = (left.before, right.before);
        }
        order
    }
}
