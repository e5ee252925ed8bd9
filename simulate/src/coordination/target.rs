//! The targets of an operation and what becomes of them (specification, section 5).

use super::counts::Counts;
use super::modifiers::Effect;
use super::registry::Record;

/// A node as an operation finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// What the mesh believes about it.
    pub(crate) record: Record,
    /// What the scenario does to it.
    pub(crate) effect: Effect,
    /// Since its last heartbeat \[µs\].
    pub(crate) beat_age_us: u64,
}

/// What a phase comes to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    /// Each target, in the order in which they were addressed.
    pub(crate) targets: Vec<Target>,
    /// When the phase ends \[µs\].
    pub(crate) end_us: u64,
}

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Offline, quarantined or behind an open breaker.
    Unroutable,
    /// Not sent: the lead time is longer than the window.
    Skipped,
    /// Answered READY in time, or reached in time.
    Ready,
    /// Answered with a conflict in time.
    Conflict,
    /// Delivered, too late.
    Late,
    /// Not delivered.
    Lost,
}

impl Fate {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unroutable => "unroutable",
            Self::Skipped => "skipped",
            Self::Ready => "ready",
            Self::Conflict => "conflict",
            Self::Late => "late",
            Self::Lost => "lost",
        }
    }
}

/// One target of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    /// Who.
    pub(crate) entity: u32,
    /// What became of it.
    pub(crate) fate: Fate,
    /// Delivery attempts.
    pub(crate) attempts: u8,
    /// Predicted time from send to ready \[ms\].
    pub(crate) lead_ms: f64,
    /// When it should be sent \[µs\].
    pub(crate) send_us: u64,
    /// When its batch left \[µs\].
    pub(crate) batch_us: u64,
    /// When it arrived \[µs\]; of a lost one, when the last attempt failed.
    pub(crate) arrival_us: u64,
    /// When it was ready \[µs\].
    pub(crate) ready_us: u64,
    /// When its response came back \[µs\].
    pub(crate) response_us: u64,
    /// Time on the way \[ms\].
    pub(crate) one_way_ms: f64,
    /// What its processing would have taken without payload and queue \[ms\]: what is measured.
    pub(crate) processing_ms: f64,
    /// Confidence of the prediction.
    pub(crate) confidence: f64,
}

impl Target {
    /// A target before anything is sent.
    pub(crate) const fn new(entity: u32, fate: Fate) -> Self {
        Self {
            entity,
            fate,
            attempts: 0,
            lead_ms: 0.0,
            send_us: 0,
            batch_us: 0,
            arrival_us: 0,
            ready_us: 0,
            response_us: 0,
            one_way_ms: 0.0,
            processing_ms: 0.0,
            confidence: 0.0,
        }
    }
}
