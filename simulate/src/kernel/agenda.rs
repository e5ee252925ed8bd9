//! Queue, clock and causes in one: what is due next, when it is, and who scheduled it.

use super::queue::{EventQueue, Key, QueueFull};
use super::time::Instant;

/// Number of an executed event, in execution order from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(i64);

impl EventId {
    /// The number, as the run format wants it.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// What a simulation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events that may wait at once, and events that may be executed.
    pub events: u64,
    /// Executed events of one instant that were scheduled at that same instant. More of them
    /// mean that time no longer moves.
    pub immediate_events: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: 10_000_000, immediate_events: 10_000 }
    }
}

/// Why the agenda cannot go on. The simulation is over; what was observed so far is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgendaError {
    /// An event was scheduled before now.
    #[error("an event was scheduled in the past")]
    Past,
    /// Too many events wait.
    #[error(transparent)]
    Full(#[from] QueueFull),
    /// Too many events were executed.
    #[error("{cap} events were executed, the cap")]
    TooMany {
        /// Events that may be executed.
        cap: u64,
    },
    /// Events schedule each other without delay and time stands still.
    #[error("{cap} events ran at one instant that were scheduled at that same instant")]
    Livelock {
        /// Events allowed at one instant.
        cap: u64,
    },
}

/// An event whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<T, E> {
    /// Its number.
    pub id: EventId,
    /// The event during which it was scheduled; `None` for those scheduled before the run.
    pub cause: Option<EventId>,
    /// Its place in the queue order.
    pub key: Key<T>,
    /// The event.
    pub event: E,
}

/// The simulation's calendar. Time only moves forward.
#[derive(Clone, Debug)]
pub struct Agenda<T, E> {
    queue: EventQueue<T, Scheduled<E>>,
    limits: Limits,
    now: T,
    current: Option<EventId>,
    executed: u64,
    immediate: u64,
}

/// The cause of what was scheduled before the run.
const NOBODY: i64 = -1;

#[derive(Clone, Debug)]
struct Scheduled<E> {
    /// Number of the event that scheduled it, or [`NOBODY`]: small, because many may wait.
    cause: i64,
    immediate: bool,
    event: E,
}

impl<T: Instant, E> Agenda<T, E> {
    /// An empty calendar that stands at `start`.
    #[must_use]
    pub fn new(start: T, limits: Limits) -> Self {
        Self {
            queue: EventQueue::new(usize::try_from(limits.events).unwrap_or(usize::MAX)),
            limits,
            now: start,
            current: None,
            executed: 0,
            immediate: 0,
        }
    }

    /// The current time: that of the event being executed.
    #[must_use]
    pub const fn now(&self) -> T {
        self.now
    }

    /// Events executed so far.
    #[must_use]
    pub const fn executed(&self) -> u64 {
        self.executed
    }

    /// Whether nothing is scheduled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Schedules an event; its cause is the event being executed.
    ///
    /// # Errors
    /// [`AgendaError::Past`] or [`AgendaError::Full`]; nothing is scheduled then.
    #[inline]
    pub fn schedule(&mut self, at: T, rank: i32, event: E) -> Result<(), AgendaError> {
        if at < self.now {
            return Err(AgendaError::Past);
        }
        let immediate = self.current.is_some() && at == self.now;
        let cause = self.current.map_or(NOBODY, EventId::get);
        self.queue.push(at, rank, Scheduled { cause, immediate, event })?;
        Ok(())
    }

    /// The event that [`Agenda::advance`] would move to.
    #[must_use]
    pub fn next_event(&self) -> Option<&E> {
        self.queue.peek().map(|(_, scheduled)| &scheduled.event)
    }

    /// Moves to the next event and makes it the current one; `None` if nothing is scheduled.
    ///
    /// # Errors
    /// [`AgendaError::TooMany`] or [`AgendaError::Livelock`]; the event stays in the queue.
    #[inline]
    pub fn advance(&mut self) -> Result<Option<Due<T, E>>, AgendaError> {
        let Some((next, scheduled)) = self.queue.peek() else {
            return Ok(None);
        };
        if self.executed >= self.limits.events {
            return Err(AgendaError::TooMany { cap: self.limits.events });
        }
        let before = if next.at > self.now { 0 } else { self.immediate };
        let immediate = before + u64::from(scheduled.immediate);
        if immediate > self.limits.immediate_events {
            return Err(AgendaError::Livelock { cap: self.limits.immediate_events });
        }
        let Some((key, scheduled)) = self.queue.pop() else {
            return Ok(None);
        };
        let id = EventId(i64::try_from(self.executed).unwrap_or(i64::MAX));
        self.executed += 1;
        self.immediate = immediate;
        self.now = key.at;
        self.current = Some(id);
        let cause = (scheduled.cause != NOBODY).then_some(EventId(scheduled.cause));
        Ok(Some(Due { id, cause, key, event: scheduled.event }))
    }

    /// What was never executed, in queue order.
    #[must_use]
    pub fn into_left_over(self) -> Vec<(T, E)> {
        self.queue.into_ordered().into_iter().map(|(key, scheduled)| (key.at, scheduled.event)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agenda(limits: Limits) -> Agenda<i64, &'static str> {
        Agenda::new(0, limits)
    }

    #[test]
    fn causes_are_the_events_that_schedule() {
        let mut agenda = agenda(Limits::default());
        agenda.schedule(1, 0, "first").unwrap();
        let first = agenda.advance().unwrap().unwrap();
        assert_eq!((first.id.get(), first.cause, agenda.now()), (0, None, 1));
        agenda.schedule(4, 0, "second").unwrap();
        assert_eq!(agenda.schedule(0, 0, "too early"), Err(AgendaError::Past));
        let second = agenda.advance().unwrap().unwrap();
        assert_eq!((second.id.get(), second.cause), (1, Some(first.id)));
        assert!(agenda.advance().unwrap().is_none());
    }

    #[test]
    fn standing_still_is_diagnosed_and_a_burst_is_not() {
        let mut agenda = agenda(Limits { immediate_events: 3, ..Limits::default() });
        for _ in 0..100 {
            agenda.schedule(1, 0, "burst").unwrap();
        }
        for _ in 0..100 {
            agenda.advance().unwrap().unwrap();
        }
        for _ in 0..3 {
            agenda.schedule(1, 0, "again").unwrap();
            agenda.advance().unwrap().unwrap();
        }
        agenda.schedule(1, 0, "again").unwrap();
        assert_eq!(agenda.advance().unwrap_err(), AgendaError::Livelock { cap: 3 });
    }

    #[test]
    fn the_cap_on_executed_events_holds() {
        let mut agenda = agenda(Limits { events: 2, ..Limits::default() });
        agenda.schedule(1, 0, "a").unwrap();
        agenda.schedule(2, 0, "b").unwrap();
        assert!(matches!(agenda.schedule(3, 0, "c"), Err(AgendaError::Full(_))));
        agenda.advance().unwrap();
        agenda.schedule(3, 0, "c").unwrap();
        agenda.advance().unwrap();
        assert_eq!(agenda.advance().unwrap_err(), AgendaError::TooMany { cap: 2 });
    }
}
