//! The event queue: a binary heap under a total order.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

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
    heap: BinaryHeap<Reverse<Entry<T, E>>>,
    next_sequence: u64,
    cap: usize,
}

impl<T: Ord + Copy, E> EventQueue<T, E> {
    /// An empty queue that holds at most `cap` events.
    #[must_use]
    pub const fn new(cap: usize) -> Self {
        Self { heap: BinaryHeap::new(), next_sequence: 0, cap }
    }

    /// Adds an event and returns its key.
    ///
    /// # Errors
    /// [`QueueFull`] at the cap.
    pub fn push(&mut self, at: T, rank: i32, event: E) -> Result<Key<T>, QueueFull> {
        if self.heap.len() >= self.cap {
            return Err(QueueFull { cap: self.cap });
        }
        let key = Key { at, rank, sequence: self.next_sequence };
        self.next_sequence += 1;
        self.heap.push(Reverse(Entry { key, event }));
        Ok(key)
    }

    /// Takes the first event.
    pub fn pop(&mut self) -> Option<(Key<T>, E)> {
        self.heap.pop().map(|Reverse(entry)| (entry.key, entry.event))
    }

    /// The first event, left where it is.
    #[must_use]
    pub fn peek(&self) -> Option<(Key<T>, &E)> {
        self.heap.peek().map(|Reverse(entry)| (entry.key, &entry.event))
    }

    /// Events waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// All waiting events in queue order.
    #[must_use]
    pub fn into_ordered(self) -> Vec<(Key<T>, E)> {
        let mut entries = self.heap.into_vec();
        entries.sort_unstable_by_key(|Reverse(entry)| entry.key);
        entries.into_iter().map(|Reverse(entry)| (entry.key, entry.event)).collect()
    }
}

/// An event with its key; only the key is compared, and no two keys are equal.
#[derive(Clone, Debug)]
struct Entry<T, E> {
    key: Key<T>,
    event: E,
}

impl<T: Ord, E> PartialEq for Entry<T, E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Ord, E> Eq for Entry<T, E> {}

impl<T: Ord, E> PartialOrd for Entry<T, E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord, E> Ord for Entry<T, E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

#[cfg(test)]
mod tests {
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
}
