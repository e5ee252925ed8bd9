//! The event queue: events under a total order.

use std::marker::PhantomData;

use super::heap::{Node, Tie};
use super::ladder::Ladder;
use super::slots::Slots;
use super::time::Instant;

/// Queue order: earliest first, then the smaller rank, then the order of scheduling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<T> {
    /// When the event runs.
    pub at: T,
    /// A world's own rule for events at one instant; 0 where it has none.
    pub rank: i32,
    /// Number of the scheduling call, from 0.
    pub sequence: u64,
}

/// The queue holds as many events as it may. Nothing was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event queue holds {cap} events, its cap")]
pub struct QueueFull {
    /// Events that the queue may hold.
    pub cap: usize,
}

/// Events waiting for their time. Push and pop are O(log n) on average, and less where times are
/// spread.
///
/// ```
/// use infra_simulate::kernel::EventQueue;
///
/// let mut queue = EventQueue::new(10);
/// queue.push(5, 0, "late")?;
/// queue.push(2, 1, "second rank")?;
/// queue.push(2, 0, "first rank")?;
/// queue.push(2, 0, "first rank, scheduled later")?;
/// let order: Vec<&str> = std::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();
/// assert_eq!(order, ["first rank", "first rank, scheduled later", "second rank", "late"]);
/// # Ok::<(), infra_simulate::kernel::QueueFull>(())
/// ```
#[derive(Clone, Debug)]
pub struct EventQueue<T, E> {
    order: Ladder,
    slots: Slots<E>,
    next_sequence: u64,
    cap: usize,
    times: PhantomData<T>,
}

impl<T: Instant, E> EventQueue<T, E> {
    /// An empty queue that holds at most `cap` events (and always fewer than 2^32).
    #[must_use]
    pub const fn new(cap: usize) -> Self {
        Self { order: Ladder::new(), slots: Slots::new(), next_sequence: 0, cap, times: PhantomData }
    }

    /// Adds an event and returns its key.
    ///
    /// # Errors
    /// [`QueueFull`] at the cap.
    #[inline]
    pub fn push(&mut self, at: T, rank: i32, event: E) -> Result<Key<T>, QueueFull> {
        let full = QueueFull { cap: self.cap };
        if self.len() >= self.cap {
            return Err(full);
        }
        let slot = self.slots.keep(event).ok_or(full)?;
        let node = Node { place: at.place(), tie: Tie { rank, slot, sequence: self.next_sequence } };
        self.next_sequence += 1;
        self.order.push(node, &self.slots);
        Ok(key(&node))
    }

    /// Takes the first event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Key<T>, E)> {
        let node = self.order.pop(&self.slots)?;
        Some((key(&node), self.slots.take(node.tie.slot)?))
    }

    /// The first event, left where it is.
    #[inline]
    #[must_use]
    pub fn peek(&self) -> Option<(Key<T>, &E)> {
        let node = self.order.peek()?;
        Some((key(&node), self.slots.event(node.tie.slot)?))
    }

    /// Events waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All waiting events in queue order.
    #[must_use]
    pub fn into_ordered(mut self) -> Vec<(Key<T>, E)> {
        let nodes = self.order.into_sorted().into_iter();
        nodes.filter_map(|node| Some((key(&node), self.slots.take(node.tie.slot)?))).collect()
    }
}

fn key<T: Instant>(node: &Node) -> Key<T> {
    Key { at: T::at_place(node.place), rank: node.tie.rank, sequence: node.tie.sequence }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::kernel::mix;

    #[test]
    fn the_cap_refuses_and_keeps_what_is_there() {
        let mut queue = EventQueue::new(1);
        queue.push(1, 0, 'a').unwrap();
        assert_eq!(queue.push(0, 0, 'b'), Err(QueueFull { cap: 1 }));
        assert_eq!((queue.len(), queue.peek().unwrap().0.at), (1, 1));
        assert_eq!(queue.pop().unwrap().1, 'a');
        assert!(queue.is_empty());
    }

    #[test]
    fn leftovers_come_in_queue_order() {
        let mut queue = EventQueue::new(9);
        for (at, rank, name) in [(3, 0, 'd'), (1, 2, 'c'), (1, -1, 'a'), (1, 0, 'b')] {
            queue.push(at, rank, name).unwrap();
        }
        let names: String = queue.into_ordered().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, "abcd");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(i64, i32),
        Pop,
    }

    /// Kinds of times.
    const KINDS: u8 = 9;

    /// A random time of a kind: they spread, bunch and stray.
    fn time(kind: u8, r: u64) -> i64 {
        match kind {
            // Few, so that all three parts of the key decide.
            0 => (r % 7).cast_signed() - 3,
            1 => 5,
            2 => i64::MAX,
            3 => [i64::MIN, i64::MAX][(r % 2) as usize],
            4 => (r % 1_000_000).cast_signed(),
            5 => r.cast_signed(),
            // Bursts far apart.
            6 => (r % 5).cast_signed() * 1_000_000_007 + (r >> 62).cast_signed(),
            // Every scale as often.
            7 => (1 << (r % 63)) - (r >> 63).cast_signed(),
            // Close together, and now and then at the end of time.
            _ if r.is_multiple_of(50) => i64::MAX - (r >> 62).cast_signed(),
            _ => (r >> 32).cast_signed() % 90,
        }
    }

    /// Stretches of pushes, of pops, and of both by turns, each with times of its own.
    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let random = proptest::collection::vec((any::<u64>(), -1_i32..2), 1..700);
        let stretch = (random, 0..KINDS, 0_u32..5, any::<bool>());
        let stretches = proptest::collection::vec(stretch, 1..6);
        stretches.prop_map(|stretches| {
            let mut steps = Vec::new();
            for (random, kind, pops, by_turns) in stretches {
                let count = random.len();
                for (r, rank) in random {
                    steps.push(Step::Push(time(kind, r), rank));
                    if by_turns && r % 5 < u64::from(pops) {
                        steps.push(Step::Pop);
                    }
                }
                let left = if by_turns { 0 } else { count * pops as usize / 4 };
                steps.extend(std::iter::repeat_n(Step::Pop, left));
            }
            steps
        })
    }

    proptest! {
        #[test]
        fn every_step_is_that_of_a_sorted_map(steps in steps()) {
            let mut queue = EventQueue::new(usize::MAX);
            let mut sorted = BTreeMap::new();
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Push(at, rank) => {
                        let key = queue.push(at, rank, number).unwrap();
                        prop_assert!(sorted.insert(key, number).is_none());
                    },
                    Step::Pop => prop_assert_eq!(queue.pop(), sorted.pop_first()),
                }
                prop_assert_eq!(queue.len(), sorted.len());
                prop_assert_eq!(queue.is_empty(), sorted.is_empty());
                prop_assert_eq!(queue.peek(), sorted.first_key_value().map(|(key, event)| (*key, event)));
            }
            prop_assert_eq!(queue.into_ordered(), sorted.into_iter().collect::<Vec<_>>());
        }

        /// As a simulation does it: time never moves back.
        #[test]
        fn a_simulation_runs_in_order(
            pending in 1_usize..2_000, near in 0..KINDS, far in 0..KINDS, seed in any::<u64>(),
        ) {
            let mut queue = EventQueue::new(usize::MAX);
            let mut sorted = BTreeMap::new();
            let mut now = 0_i64;
            for k in 0..4 * pending as u64 {
                if k >= pending as u64 {
                    let first = queue.pop();
                    prop_assert_eq!(&first, &sorted.pop_first());
                    now = first.map_or(now, |(key, _)| key.at);
                }
                let r = mix(seed ^ k);
                let delay = time(if r.is_multiple_of(4) { far } else { near }, mix(r));
                let key = queue.push(now.saturating_add(delay.saturating_abs()), 0, k).unwrap();
                sorted.insert(key, k);
            }
            prop_assert_eq!(queue.into_ordered(), sorted.into_iter().collect::<Vec<_>>());
        }
    }
}
