//! The queue's order: a heap of what comes next, and buckets of what comes later.
//!
//! A heap of many events misses the cache on every level. Here it holds only the events before
//! `limit`; later ones wait unsorted in the buckets of a rung, and those after the last bucket
//! in `later`. When the heap runs empty, the next bucket moves into it. A crowded bucket becomes
//! a rung of its own with narrower buckets (a ladder queue, Tang et al. 2005), so that skewed
//! times do not put everything into one bucket; events of one instant go to the heap whatever
//! their number. A rung at least divides the width of a bucket by half of [`CROWD`], hence an
//! event moves a bounded number of times, and a step is O(log n) on average whatever the times.

use super::heap::{Heap, Node};
use super::slots::Slots;

/// As many in the heap are worth buckets.
const MANY: usize = 256;
/// As few as that stay in the heap.
const FEW: usize = 64;
/// More events in a bucket than that become a rung.
const CROWD: usize = 128;
/// Events that a bucket should have when its rung is laid out.
const SHARE: u64 = 8;

/// Buckets of equal width, which is a power of two.
#[derive(Clone, Debug, Default)]
struct Rung {
    /// First place of the first bucket.
    start: u64,
    /// Last place of the last bucket, which may be wider than the others.
    last: u64,
    /// Logarithm of the width.
    shift: u32,
    /// The first bucket that was not emptied.
    next: usize,
    /// Nodes in no order.
    buckets: Vec<Vec<Node>>,
}

impl Rung {
    /// Lays out buckets for `count` nodes from `start` to `greatest`; the last bucket reaches to
    /// `last`. All must be empty.
    fn lay(&mut self, start: u64, greatest: u64, last: u64, count: usize) {
        let span = greatest - start;
        let width = span / (count as u64 / SHARE).max(1);
        (self.start, self.last, self.next) = (start, last, 0);
        self.shift = u64::BITS - width.leading_zeros();
        self.buckets.resize_with((span >> self.shift) as usize + 1, Vec::new);
    }

    /// Puts a node into the bucket of its place, which is within the rung.
    #[inline]
    fn put(&mut self, node: Node) {
        let bucket = ((node.place - self.start) >> self.shift) as usize;
        let bucket = bucket.min(self.buckets.len() - 1);
        self.buckets[bucket].push(node);
    }

    /// Swaps the next bucket that is not empty with `run`, which is, and returns its last place;
    /// `None` if all are empty.
    fn take(&mut self, run: &mut Vec<Node>) -> Option<u64> {
        let empty = self.buckets.get(self.next..)?.iter().position(|bucket| !bucket.is_empty())?;
        let bucket = self.next + empty;
        self.next = bucket + 1;
        std::mem::swap(&mut self.buckets[bucket], run);
        let is_last = self.next == self.buckets.len();
        Some(if is_last { self.last } else { self.start + ((self.next as u64) << self.shift) - 1 })
    }
}

/// Nodes in queue order. Unless it is empty, its first node is in the run or in the heap.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    /// The bucket that is being emptied, the first node last.
    run: Vec<Node>,
    /// What was added before `limit` since then.
    heap: Heap,
    /// Places before this are in run and heap ...
    limit: u64,
    /// ... or all are.
    all: bool,
    /// More nodes than that in the heap, and nothing else waiting: they move into buckets.
    many: usize,
    /// Each reaches to the end of the bucket that it was made from, or of all buckets.
    rungs: Vec<Rung>,
    /// Rungs that were emptied, for their memory.
    spare: Vec<Rung>,
    /// Nodes after the first rung.
    later: Vec<Node>,
}

impl Ladder {
    pub(super) const fn new() -> Self {
        Self {
            run: Vec::new(),
            heap: Heap::new(),
            limit: 0,
            all: true,
            many: MANY,
            rungs: Vec::new(),
            spare: Vec::new(),
            later: Vec::new(),
        }
    }

    /// The first node.
    #[inline]
    pub(super) fn peek(&self) -> Option<Node> {
        let run = self.run.last();
        if self.heap.len() == 0 {
            return run.copied();
        }
        let heap = self.heap.peek()?;
        Some(run.copied().filter(|run| run.is_before(&heap)).unwrap_or(heap))
    }

    /// Takes the first node.
    #[inline]
    pub(super) fn pop<E>(&mut self, slots: &Slots<E>) -> Option<Node> {
        let first = if self.heap.len() == 0 {
            self.run.pop()?
        } else {
            let heap = self.heap.peek()?;
            match self.run.last() {
                Some(run) if run.is_before(&heap) => self.run.pop()?,
                _ => self.heap.pop()?,
            }
        };
        if self.run.is_empty() && !self.all && self.heap.len() == 0 {
            self.refill(slots);
        }
        Some(first)
    }

    /// Adds a node.
    #[inline]
    pub(super) fn push<E>(&mut self, node: Node, slots: &Slots<E>) {
        if self.all || node.place < self.limit {
            self.heap.push(node);
            if self.all && self.heap.len() > self.many {
                self.spread(slots);
            }
            return;
        }
        match self.rungs.iter_mut().rev().find(|rung| node.place <= rung.last) {
            Some(rung) => rung.put(node),
            None => self.later.push(node),
        }
    }

    /// Moves everything into buckets.
    fn spread<E>(&mut self, slots: &Slots<E>) {
        self.spare.append(&mut self.rungs);
        self.later.extend(self.heap.drain().chain(self.run.drain(..)));
        self.all = false;
        self.refill(slots);
        // Nothing comes after the last of all places: the heap must do.
        self.many = if self.all { 2 * self.heap.len() } else { MANY };
    }

    /// Fills the empty run from the next bucket.
    fn refill<E>(&mut self, slots: &Slots<E>) {
        loop {
            let Some(rung) = self.rungs.last_mut() else {
                // Few, or of one instant: no rung would part them.
                let Some((least, greatest)) = bounds(&self.later, FEW) else {
                    let last = self.later.last().map(|node| node.place);
                    self.all = self.later.len() <= FEW;
                    for node in self.later.drain(..) {
                        self.heap.push(node);
                    }
                    if let Some(last) = last.filter(|_| !self.all) {
                        self.limit_after(last);
                    }
                    return;
                };
                let mut later = std::mem::take(&mut self.later);
                self.begin_rung(least, greatest, greatest, &mut later);
                self.later = later;
                continue;
            };
            let Some(last) = rung.take(&mut self.run) else {
                let last = rung.last;
                self.limit_after(last);
                self.spare.extend(self.rungs.pop());
                continue;
            };
            if let Some((least, greatest)) = bounds(&self.run, CROWD) {
                let mut run = std::mem::take(&mut self.run);
                self.begin_rung(least, greatest, last, &mut run);
                self.run = run;
                continue;
            }
            for node in &self.run {
                slots.touch(node.tie.slot);
            }
            self.run.sort_unstable_by(|one, other| other.order(one));
            self.limit_after(last);
            return;
        }
    }

    /// Puts the nodes into a new rung from `least` to `last`.
    fn begin_rung(&mut self, least: u64, greatest: u64, last: u64, nodes: &mut Vec<Node>) {
        let mut rung = self.spare.pop().unwrap_or_default();
        rung.lay(least, greatest, last, nodes.len());
        for node in nodes.drain(..) {
            rung.put(node);
        }
        self.rungs.push(rung);
        self.limit = least;
    }

    /// Everything up to `last` has gone to run or heap.
    fn limit_after(&mut self, last: u64) {
        match last.checked_add(1) {
            Some(limit) => self.limit = limit,
            // No place is left for anything else.
            None => self.all = true,
        }
    }

    /// Takes all nodes, in queue order.
    pub(super) fn into_sorted(mut self) -> Vec<Node> {
        let buckets = self.rungs.into_iter().flat_map(|rung| rung.buckets).flatten();
        let mut all: Vec<Node> = self.heap.drain().chain(self.run).chain(buckets).chain(self.later).collect();
        all.sort_unstable_by(Node::order);
        all
    }
}

/// The least and the greatest place of more than `few` nodes; `None` if they are fewer or of one
/// instant.
fn bounds(nodes: &[Node], few: usize) -> Option<(u64, u64)> {
    if nodes.len() <= few {
        return None;
    }
    let places = nodes.iter().map(|node| node.place);
    let (least, greatest) =
        places.fold((u64::MAX, 0), |(least, greatest), p| (least.min(p), greatest.max(p)));
    (least < greatest).then_some((least, greatest))
}
