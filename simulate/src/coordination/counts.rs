//! What one scatter-gather comes to (specification, section 5).

use super::quorum::{Decision, Quorum, decide};

/// Counts of one scatter-gather.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// All that were meant.
    pub(crate) targets: u64,
    /// Not routable.
    pub(crate) unroutable: u64,
    /// Not sent for lack of time.
    pub(crate) skipped: u64,
    /// Sent.
    pub(crate) sent: u64,
    /// READY in time.
    pub(crate) ready: u64,
    /// Contradicted in time.
    pub(crate) conflicts: u64,
    /// Delivered, too late.
    pub(crate) late: u64,
    /// Not delivered.
    pub(crate) lost: u64,
    /// Ready by the deadline.
    pub(crate) window_hits: u64,
    /// Ready by the target time.
    pub(crate) on_time: u64,
    /// Ready within 50 ms of the target time.
    pub(crate) within_50ms: u64,
}

impl Counts {
    /// Ready of sent; 0 of none.
    pub(crate) fn response_rate(&self) -> f64 {
        if self.sent == 0 { 0.0 } else { self.ready as f64 / self.sent as f64 }
    }

    /// Ready of all targets; 0 of none.
    pub(crate) fn coverage(&self) -> f64 {
        if self.targets == 0 { 0.0 } else { self.ready as f64 / self.targets as f64 }
    }

    /// Sent ones whose response was not counted.
    pub(crate) const fn stragglers(&self) -> u64 {
        self.sent.saturating_sub(self.ready).saturating_sub(self.conflicts)
    }

    /// SUCCESS, PARTIAL or NO_TARGETS.
    pub(crate) fn status(&self, min_rate: f64) -> &'static str {
        match self.sent {
            0 => "NO_TARGETS",
            _ if self.response_rate() >= min_rate => "SUCCESS",
            _ => "PARTIAL",
        }
    }

    /// The quorum's decision.
    pub(crate) fn quorum(&self) -> Decision {
        decide(self.ready, self.conflicts, self.late + self.lost, &Quorum::default())
    }
}
