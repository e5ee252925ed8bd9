//! When to send so that a node is ready at the target time (specification, section 3).

use super::registry::{Record, buffer_ms, processing_ms, us};

/// Messages leave in batches of this length \[µs\].
const BUCKET_US: u64 = 10_000;

/// When one message is sent, and why then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Schedule {
    /// Expected time on the way \[ms\].
    pub(crate) network_ms: f64,
    /// Expected time at the node \[ms\].
    pub(crate) processing_ms: f64,
    /// Reserve for drift \[ms\].
    pub(crate) buffer_ms: f64,
    /// The three together \[ms\].
    pub(crate) lead_ms: f64,
    /// From now to the target time \[ms\].
    pub(crate) available_ms: f64,
    /// `None`: skipped, the lead time is longer than what is available.
    pub(crate) send: Option<Send>,
}

/// A send that is still possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Send {
    /// When it should leave \[µs\].
    pub(crate) at_us: u64,
    /// The batch it leaves with, from 0.
    pub(crate) bucket: u64,
    /// When that batch leaves, up to 10 ms early \[µs\].
    pub(crate) batch_us: u64,
}

impl Schedule {
    /// The schedule of a message of that weight to a node, made now for a target time.
    pub(crate) fn new(record: &Record, weight: f64, now_us: u64, target_us: u64) -> Self {
        let network_ms = record.latency_ms / 2.0;
        let processing_ms = processing_ms(record.base_ms, weight, f64::from(record.queue));
        let buffer_ms = buffer_ms(record.drift);
        let lead_ms = network_ms + processing_ms + buffer_ms;
        let send = target_us.checked_sub(us(lead_ms)).filter(|at_us| *at_us >= now_us).map(|at_us| {
            let bucket = (at_us - now_us) / BUCKET_US;
            Send { at_us, bucket, batch_us: now_us + bucket * BUCKET_US }
        });
        let available_ms = available_ms(now_us, target_us);
        Self { network_ms, processing_ms, buffer_ms, lead_ms, available_ms, send }
    }

    /// SCHEDULED or SKIP.
    pub(crate) const fn status(&self) -> &'static str {
        if self.send.is_some() { "SCHEDULED" } else { "SKIP" }
    }
}

/// From now to the target time \[ms\]; negative if that has passed.
pub(crate) fn available_ms(now_us: u64, target_us: u64) -> f64 {
    let distance_us = target_us.abs_diff(now_us) as f64;
    if target_us < now_us { -distance_us / 1000.0 } else { distance_us / 1000.0 }
}
