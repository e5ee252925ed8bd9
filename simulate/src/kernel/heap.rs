//! A heap of queue keys, four children a node.
//!
//! Four children halve the levels of a binary heap, and siblings lie side by side in memory. A
//! simulation mostly takes an event and schedules its successor at once: the first place is
//! therefore left vacant when its node is taken, and the next node that comes in starts there
//! and sinks, instead of the last node sinking and the new one rising.

use std::cmp::Ordering;

/// Children of a node: node `i` has `4 i + 1` to `4 i + 4`.
const CHILDREN: usize = 4;

/// Where an event stands in queue order, and in which slot it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) place: u64,
    pub(super) tie: Tie,
}

/// What decides between events of one instant, and where the event is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tie {
    pub(super) rank: i32,
    pub(super) slot: u32,
    pub(super) sequence: u64,
}

impl Node {
    /// Queue order.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        if self.is_before(other) { Ordering::Less } else { Ordering::Greater }
    }

    /// Whether it comes before another one; no two are at the same place in queue order.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        if self.place == other.place { is_before(&self.tie, &other.tie) } else { self.place < other.place }
    }
}

/// Nodes in heap order, the first place perhaps vacant.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    /// Times stand apart: most comparisons need nothing else.
    times: Vec<u64>,
    ties: Vec<Tie>,
    /// Whether the first place only looks occupied. Never so without places.
    is_vacant: bool,
}

impl Heap {
    pub(super) const fn new() -> Self {
        Self { times: Vec::new(), ties: Vec::new(), is_vacant: false }
    }

    pub(super) const fn len(&self) -> usize {
        self.times.len() - self.is_vacant as usize
    }

    /// The first node.
    pub(super) fn peek(&self) -> Option<Node> {
        self.node(if self.is_vacant { self.first_child(0)? } else { 0 })
    }

    /// Takes the first node.
    pub(super) fn pop(&mut self) -> Option<Node> {
        if self.is_vacant {
            self.is_vacant = false;
            let last = Node { place: self.times.pop()?, tie: self.ties.pop()? };
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
    pub(super) fn push(&mut self, node: Node) {
        if self.is_vacant {
            self.is_vacant = false;
            self.sink(node);
        } else {
            self.times.push(node.place);
            self.ties.push(node.tie);
            self.rise(node);
        }
    }

    /// Takes all nodes, in no order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Node> {
        let vacant = usize::from(std::mem::take(&mut self.is_vacant));
        self.times.drain(..).zip(self.ties.drain(..)).skip(vacant).map(|(place, tie)| Node { place, tie })
    }

    fn node(&self, place: usize) -> Option<Node> {
        Some(Node { place: *self.times.get(place)?, tie: *self.ties.get(place)? })
    }

    /// Puts `node` at the first place, whose own node is lost, and lets it sink.
    fn sink(&mut self, node: Node) {
        let mut hole = 0;
        while let Some(child) = self.first_child(hole) {
            let at = self.times[child];
            if node.place < at || (node.place == at && is_before(&node.tie, &self.ties[child])) {
                break;
            }
            self.times[hole] = at;
            self.ties[hole] = self.ties[child];
            hole = child;
        }
        self.times[hole] = node.place;
        self.ties[hole] = node.tie;
    }

    /// Lets `node`, which stands at the last place, rise.
    fn rise(&mut self, node: Node) {
        let mut hole = self.times.len() - 1;
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            let at = self.times[parent];
            if at < node.place || (node.place == at && is_before(&self.ties[parent], &node.tie)) {
                break;
            }
            self.times[hole] = at;
            self.ties[hole] = self.ties[parent];
            hole = parent;
        }
        self.times[hole] = node.place;
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
