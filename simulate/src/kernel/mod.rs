//! What every world shares: a queue with a fixed order, a clock, causes, and random numbers that
//! do not depend on the order of events. Nothing here knows a world.
//!
//! # Ordering guarantees
//!
//! * Events run by (time, rank, sequence): earliest first; at equal times the smaller rank (a
//!   world's own tie rule) first; at equal ranks in the order in which they were scheduled.
//! * Event ids count executed events from 0, and a cause is always an earlier event.
//! * Random numbers are functions of (seed, stream, entity, k), so that no reordering, added
//!   event or thread count changes anybody else's draws.

mod agenda;
mod heap;
mod ladder;
mod queue;
mod random;
mod slots;
mod time;

pub use agenda::{Agenda, AgendaError, Due, EventId, Limits};
pub use queue::{EventQueue, Key, QueueFull};
pub use random::{RandomSource, draw, mix};
pub use time::{Instant, Seconds};
