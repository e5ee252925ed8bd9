//! A priority queue for costs that only grow: buckets of equal width, sorted when their turn comes.
//!
//! Dijkstra's algorithm takes entries in ascending order and adds none below the last one taken,
//! and none above it by more than the dearest step. So a ring of buckets that spans the dearest
//! step holds all that waits (Dial 1969; Denardo and Fox 1979). An entry goes to the end of its
//! bucket; the bucket whose turn it is gets sorted, and what is added to it from then on waits in
//! a heap. The order is exact whatever the width, which decides about speed alone: were all
//! entries to fall into one bucket, this would be a sort and a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What waits: cost, hops and node, compared in this order as one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry(u128);

impl Entry {
    pub(super) fn new(cost: u64, hops: u32, node: u32) -> Self {
        Self(u128::from(cost) << 64 | u128::from(hops) << 32 | u128::from(node))
    }

    pub(super) const fn cost(self) -> u64 {
        (self.0 >> 64) as u64
    }

    pub(super) const fn hops(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) const fn node(self) -> u32 {
        self.0 as u32
    }
}

/// Buckets of the ring; a power of two.
const RING: usize = 1024;
const NONE: u32 = u32::MAX;

/// An entry that waits in a bucket, in two halves (which saves padding), and the cell after it.
struct Cell {
    upper: u64,
    lower: u64,
    next: u32,
}

pub(super) struct BucketQueue {
    /// A bucket is 2^`width` units of cost wide.
    width: u32,
    /// The bucket whose turn it is, counted from cost 0.
    turn: u64,
    /// Its entries, the smallest last.
    sorted: Vec<Entry>,
    /// What was added to it since.
    late: BinaryHeap<Reverse<Entry>>,
    /// The first cell of each bucket of the ring; the rest are linked.
    heads: Vec<u32>,
    /// A bit for each bucket that is not empty.
    filled: [u64; RING / 64],
    cells: Vec<Cell>,
    free: u32,
}

impl BucketQueue {
    /// An empty queue at cost 0. No step may cost more than `dearest`.
    pub(super) fn new(dearest: u64) -> Self {
        let mut width = 0;
        while dearest >> width >= RING as u64 - 1 {
            width += 1;
        }
        Self {
            width,
            turn: 0,
            sorted: Vec::new(),
            late: BinaryHeap::new(),
            heads: vec![NONE; RING],
            filled: [0; RING / 64],
            cells: Vec::new(),
            free: NONE,
        }
    }

    /// Adds an entry: no cheaper than the one taken last, dearer by one step at most.
    pub(super) fn push(&mut self, entry: Entry) {
        let bucket = entry.cost() >> self.width;
        if bucket <= self.turn {
            self.late.push(Reverse(entry));
            return;
        }
        let place = bucket as usize % RING;
        let cell = Cell { upper: (entry.0 >> 64) as u64, lower: entry.0 as u64, next: self.heads[place] };
        if let Some(free) = self.cells.get_mut(self.free as usize) {
            self.heads[place] = self.free;
            self.free = free.next;
            *free = cell;
        } else {
            self.heads[place] = self.cells.len() as u32;
            self.cells.push(cell);
        }
        self.filled[place / 64] |= 1 << (place % 64);
    }

    /// Takes the smallest entry. What is no longer `wanted` may be dropped on the way.
    pub(super) fn pop(&mut self, wanted: impl Fn(Entry) -> bool) -> Option<Entry> {
        loop {
            let first = self.sorted.last();
            match (first, self.late.peek()) {
                (Some(first), Some(Reverse(late))) if late < first => {},
                (Some(_), _) => return self.sorted.pop(),
                (None, None) => {
                    self.turn_over(&wanted)?;
                    continue;
                },
                (None, Some(_)) => {},
            }
            return self.late.pop().map(|Reverse(entry)| entry);
        }
    }

    /// Goes on to the next bucket that holds anything; none if all are empty.
    fn turn_over(&mut self, wanted: impl Fn(Entry) -> bool) -> Option<()> {
        let here = self.turn as usize % RING;
        let ahead = self.next_filled(here)?;
        self.turn += ahead as u64;
        let place = (here + ahead) % RING;
        self.filled[place / 64] &= !(1 << (place % 64));
        let mut at = std::mem::replace(&mut self.heads[place], NONE);
        while let Some(cell) = self.cells.get_mut(at as usize) {
            let entry = Entry(u128::from(cell.upper) << 64 | u128::from(cell.lower));
            if wanted(entry) {
                self.sorted.push(entry);
            }
            let after = std::mem::replace(&mut cell.next, self.free);
            self.free = at;
            at = after;
        }
        self.sorted.sort_unstable_by(|a, b| b.cmp(a));
        Some(())
    }

    /// How far ahead the next bucket is that holds anything.
    fn next_filled(&self, here: usize) -> Option<usize> {
        let start = (here + 1) % RING;
        // The word of `start` comes twice: first its upper bits, at last its lower ones.
        for step in 0..=RING / 64 {
            let word = (start / 64 + step) % (RING / 64);
            let mut bits = self.filled[word];
            if step == 0 {
                bits &= u64::MAX << (start % 64);
            }
            if bits != 0 {
                let place = word * 64 + bits.trailing_zeros() as usize;
                return Some((place + RING - here - 1) % RING + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn takes_in_the_order_of_a_heap(
            steps in prop::collection::vec((prop_oneof![0..5u64, 0..5_000u64, 0..1u64 << 50], 0..3u32), 1..400),
            takes in prop::collection::vec(1..4usize, 200),
        ) {
            let dearest = steps.iter().map(|step| step.0).max().unwrap_or(0);
            let mut queue = BucketQueue::new(dearest);
            let mut heap = BinaryHeap::new();
            let mut last = 0;
            let mut steps = steps.into_iter();
            for takes in takes {
                for (node, (cost, hops)) in (0u32..).zip(steps.by_ref().take(3)) {
                    let entry = Entry::new(last + cost, hops, node);
                    queue.push(entry);
                    heap.push(Reverse(entry));
                }
                for _ in 0..takes {
                    let expected = heap.pop().map(|Reverse(entry)| entry);
                    let found = queue.pop(|_| true);
                    prop_assert!(found == expected);
                    last = found.map_or(last, Entry::cost);
                }
            }
        }
    }

    #[test]
    fn an_entry_gives_back_what_it_holds() {
        let entry = Entry::new(u64::MAX, 7, u32::MAX - 1);
        assert_eq!((entry.cost(), entry.hops(), entry.node()), (u64::MAX, 7, u32::MAX - 1));
    }
}
