//! Why a flood cannot be simulated to its end.

use crate::kernel::AgendaError;

/// Why the simulation stopped. What observers saw until then is true; nothing follows.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FloodError {
    /// Time stands still: events schedule each other without delay.
    #[error(
        "tick {tick}: time stands still: {events} events were scheduled without delay at this tick, \
         the last one {event_type} by `{source_id}`{}",
        advice(*.zero_delay_policy)
    )]
    Livelock {
        /// Where time stopped.
        tick: i64,
        /// Events without delay at that tick.
        events: u64,
        /// The event that went beyond the cap.
        event_type: String,
        /// Who emitted it.
        source_id: String,
        /// Whether it is a policy whose delay is 0.
        zero_delay_policy: bool,
    },
    /// Too many events wait or were executed.
    #[error("tick {tick}: {why} (hint: lower `until` or the `repeat` counts)")]
    TooManyEvents {
        /// How far it came.
        tick: i64,
        /// Which cap was met.
        why: AgendaError,
    },
    /// `SERVICE_OVERLOAD` from somebody who is no agent.
    #[error(
        "tick {tick}: SERVICE_OVERLOAD from `{source_id}`, who is no agent (hint: its source must be an agent's id)"
    )]
    UnknownSource {
        /// When.
        tick: i64,
        /// The source.
        source_id: String,
    },
    /// `POLICY_INTERVENTION` from an agent that is no policy.
    #[error(
        "tick {tick}: POLICY_INTERVENTION from `{source_id}`, a {role} (hint: its source must be a policy's id, or no agent's)"
    )]
    NotAPolicy {
        /// When.
        tick: i64,
        /// The source.
        source_id: String,
        /// What it is.
        role: &'static str,
    },
    /// A time beyond 64 bits.
    #[error("tick {tick}: a delay of {delay} ticks leads beyond the representable time")]
    TimeOverflow {
        /// When it was scheduled.
        tick: i64,
        /// The delay.
        delay: i64,
    },
    /// A load, stress or resource left the finite numbers.
    #[error("tick {tick}: the {what} of `{id}` is no longer finite (hint: use smaller numbers)")]
    NotFinite {
        /// When.
        tick: i64,
        /// `load`, `stress` or `resource`.
        what: &'static str,
        /// Whose.
        id: String,
    },
    /// The observer could not go on, for example because the disk is full.
    #[error("the observer stopped: {0}")]
    Observer(
        /// Its reason.
        String,
    ),
}

const fn advice(zero_delay_policy: bool) -> &'static str {
    if zero_delay_policy {
        ". The policy decides, acts at once and, as stress stays above its threshold, decides again \
         (hint: give it an intervention_delay of at least 1)"
    } else {
        " (hint: give the events of this chain a delay of at least 1)"
    }
}
