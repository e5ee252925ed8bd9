//! Conflicts that wait for their resolution (specification, section 8).

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Place of a conflict in the queue: highest priority first, then time, then number.
type Place = (Reverse<u8>, u64, u64);

/// The conflicts of a run: which are open, and how many there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConflictQueue {
    open: BTreeSet<Place>,
    next_number: u64,
    times_us: Vec<u64>,
    longest: usize,
}

impl ConflictQueue {
    /// Takes in a conflict and returns its number.
    pub(crate) fn add(&mut self, priority: u8, at_us: u64) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.open.insert((Reverse(priority), at_us, number));
        self.times_us.push(at_us);
        self.longest = self.longest.max(self.open.len());
        number
    }

    /// A conflict is resolved.
    pub(crate) fn resolve(&mut self, priority: u8, at_us: u64, number: u64) {
        self.open.remove(&(Reverse(priority), at_us, number));
    }

    /// The number of the conflict that is next to be looked at.
    #[cfg(test)]
    fn first(&self) -> Option<u64> {
        self.open.first().map(|(_, _, number)| *number)
    }

    /// Conflicts that wait.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Most conflicts that waited at once.
    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }

    /// Conflicts so far.
    pub(crate) const fn total(&self) -> u64 {
        self.next_number
    }

    /// Conflicts of the last hour before `now_us`.
    pub(crate) fn last_hour(&self, now_us: u64) -> usize {
        let from = now_us.saturating_sub(3_600_000_000);
        self.times_us.len() - self.times_us.partition_point(|at| *at < from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgent_ones_come_first_then_old_ones() {
        let mut queue = ConflictQueue::default();
        let a = queue.add(2, 10);
        let b = queue.add(4, 20);
        let c = queue.add(2, 30);
        assert_eq!(queue.first(), Some(b));
        queue.resolve(4, 20, b);
        assert_eq!(queue.first(), Some(a));
        queue.resolve(2, 10, a);
        assert_eq!((queue.first(), queue.open(), queue.longest(), queue.total()), (Some(c), 1, 3, 3));
        assert_eq!(queue.last_hour(3_600_000_020), 2);
    }
}
