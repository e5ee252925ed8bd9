//! A heap of queue keys, four children a node.
//!
//! Four children halve the levels of a binary heap, and siblings lie side by side in memory. A
//! simulation mostly takes an event and schedules its successor at once: the first place is
//! therefore left vacant when its node is taken, and the next node that comes in starts there
//! and sinks, instead of the last node sinking and the new one rising.

use super::queue::Key;

/// Children of a node: node `i` has `4 i + 1` to `4 i + 4`.
const CHILDREN: usize = 4;

/// A key and where its event is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<T> {
    pub(super) at: T,
    pub(super) tie: Tie,
}

/// What decides between events of one instant, and where the event is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tie {
    pub(super) rank: i32,
    pub(super) slot: u32,
    pub(super) sequence: u64,
}

impl<T: Ord + Copy> Node<T> {
    /// Its key.
    pub(super) const fn key(&self) -> Key<T> {
        Key { at: self.at, rank: self.tie.rank, sequence: self.tie.sequence }
    }
}

/// Nodes in heap order, the first place perhaps vacant.
#[derive(Clone, Debug)]
pub(super) struct Heap<T> {
    /// Times stand apart: most comparisons need nothing else.
    times: Vec<T>,
    ties: Vec<Tie>,
    /// Whether the first place only looks occupied. Never so without places.
    is_vacant: bool,
}

impl<T: Ord + Copy> Heap<T> {
    pub(super) const fn new() -> Self {
        Self { times: Vec::new(), ties: Vec::new(), is_vacant: false }
    }

    pub(super) const fn len(&self) -> usize {
        self.times.len() - self.is_vacant as usize
    }

    /// The first node.
    pub(super) fn peek(&self) -> Option<Node<T>> {
        self.node(if self.is_vacant { self.first_child(0)? } else { 0 })
    }

    /// Takes the first node.
    pub(super) fn pop(&mut self) -> Option<Node<T>> {
        if self.is_vacant {
            self.is_vacant = false;
            let last = Node { at: self.times.pop()?, tie: self.ties.pop()? };
            if self.times.is_empty() {
                // It was the vacant place itself.
                return None;
            }
            self.sink(last);
        }
        let first = self.node(0)?;
        self.is_vacant = true;
        Some(first)
    }

    /// Adds a node.
    pub(super) fn push(&mut self, node: Node<T>) {
        if self.is_vacant {
            self.is_vacant = false;
            self.sink(node);
        } else {
            self.times.push(node.at);
            self.ties.push(node.tie);
            self.rise(node);
        }
    }

    /// All nodes in queue order.
    pub(super) fn into_sorted(self) -> Vec<Node<T>> {
        let all = self.times.into_iter().zip(self.ties).map(|(at, tie)| Node { at, tie });
        let mut nodes: Vec<Node<T>> = all.skip(usize::from(self.is_vacant)).collect();
        nodes.sort_unstable_by_key(Node::key);
        nodes
    }

    fn node(&self, place: usize) -> Option<Node<T>> {
        Some(Node { at: *self.times.get(place)?, tie: *self.ties.get(place)? })
    }

    /// Puts `node` at the first place, whose own node is lost, and lets it sink.
    fn sink(&mut self, node: Node<T>) {
        let mut hole = 0;
        while let Some(child) = self.first_child(hole) {
            let at = self.times[child];
            if node.at < at || (node.at == at && is_before(&node.tie, &self.ties[child])) {
                break;
            }
            self.times[hole] = at;
            self.ties[hole] = self.ties[child];
            hole = child;
        }
        self.times[hole] = node.at;
        self.ties[hole] = node.tie;
    }

    /// Lets `node`, which stands at the last place, rise.
    fn rise(&mut self, node: Node<T>) {
        let mut hole = self.times.len() - 1;
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            let at = self.times[parent];
            if at < node.at || (node.at == at && is_before(&self.ties[parent], &node.tie)) {
                break;
            }
            self.times[hole] = at;
            self.ties[hole] = self.ties[parent];
            hole = parent;
        }
        self.times[hole] = node.at;
        self.ties[hole] = node.tie;
    }

    /// Place of the first among the children of `parent`; `None` without children.
    fn first_child(&self, parent: usize) -> Option<usize> {
        let start = parent * CHILDREN + 1;
        let times = self.times.get(start..)?;
        let Some(four) = times.first_chunk::<CHILDREN>() else {
            return (start..self.times.len()).reduce(|x, y| if self.is_before(y, x) { y } else { x });
        };
        // By arithmetic: which child comes first is nothing that a branch predictor could learn.
        // Equal times are rare, or all are equal: that it can learn.
        let before = |x: usize, y: usize| {
            if four[x] == four[y] { self.is_before(start + x, start + y) } else { four[x] < four[y] }
        };
        let left = usize::from(before(1, 0));
        let right = 2 + usize::from(before(3, 2));
        Some(start + [left, right][usize::from(before(right, left))])
    }

    /// Queue order of two places.
    fn is_before(&self, one: usize, other: usize) -> bool {
        let key = |place: usize| (self.times[place], self.ties[place].rank, self.ties[place].sequence);
        key(one) < key(other)
    }
}

/// Order at one instant.
fn is_before(one: &Tie, other: &Tie) -> bool {
    (one.rank, one.sequence) < (other.rank, other.sequence)
}
