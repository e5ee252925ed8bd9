//! The event queue: events under a total order.

use super::heap::{Heap, Node, Tie};

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

/// Events waiting for their time. Push and pop are O(log n).
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
    heap: Heap<T>,
    /// Events by the slots of their nodes, so that only keys move in the heap.
    slots: Vec<Option<E>>,
    free: Vec<u32>,
    next_sequence: u64,
    cap: usize,
}

impl<T: Ord + Copy, E> EventQueue<T, E> {
    /// An empty queue that holds at most `cap` events (and never more than 2^32).
    #[must_use]
    pub const fn new(cap: usize) -> Self {
        Self { heap: Heap::new(), slots: Vec::new(), free: Vec::new(), next_sequence: 0, cap }
    }

    /// Adds an event and returns its key.
    ///
    /// # Errors
    /// [`QueueFull`] at the cap.
    pub fn push(&mut self, at: T, rank: i32, event: E) -> Result<Key<T>, QueueFull> {
        let full = QueueFull { cap: self.cap };
        if self.len() >= self.cap {
            return Err(full);
        }
        let slot = self.store(event).ok_or(full)?;
        let node = Node { at, tie: Tie { rank, slot, sequence: self.next_sequence } };
        self.next_sequence += 1;
        self.heap.push(node);
        Ok(node.key())
    }

    /// Takes the first event.
    pub fn pop(&mut self) -> Option<(Key<T>, E)> {
        let node = self.heap.pop()?;
        let event = self.slots.get_mut(node.tie.slot as usize)?.take()?;
        self.free.push(node.tie.slot);
        Some((node.key(), event))
    }

    /// The first event, left where it is.
    #[must_use]
    pub fn peek(&self) -> Option<(Key<T>, &E)> {
        let node = self.heap.peek()?;
        Some((node.key(), self.slots.get(node.tie.slot as usize)?.as_ref()?))
    }

    /// Events waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All waiting events in queue order.
    #[must_use]
    pub fn into_ordered(mut self) -> Vec<(Key<T>, E)> {
        let nodes = self.heap.into_sorted();
        let mut take = |slot: u32| self.slots.get_mut(slot as usize)?.take();
        nodes.into_iter().filter_map(|node| Some((node.key(), take(node.tie.slot)?))).collect()
    }

    /// Puts an event into a free slot; `None` if slots cannot be numbered any further.
    fn store(&mut self, event: E) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            *self.slots.get_mut(slot as usize)? = Some(event);
            return Some(slot);
        }
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(Some(event));
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

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

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Few times and ranks, so that all three parts of the key decide.
        let push = || (-3_i64..4, -1_i32..2).prop_map(|(at, rank)| Step::Push(at, rank));
        let step = prop_oneof![3 => push(), 2 => Just(Step::Pop)];
        let alternating = proptest::collection::vec(step, 0..200);
        (proptest::collection::vec(push(), 0..50), alternating)
            .prop_map(|(start, rest)| [start, rest].concat())
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
    }
}
