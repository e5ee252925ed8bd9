//! Heads that read spans and log lines.
//!
//! With traces, exclusivity does the work that explaining away does for metrics: self time, the
//! gap between client and server, failures that no child explains.

mod failures;
mod follow;
mod logs;
pub(super) mod network;
mod order;
mod quiet;
mod self_time;
mod typical;

use super::HeadResult;
use crate::case::Case;
use quiet::Split;

/// What spans and lines say; absent where the incident or normal time has none.
pub(super) struct TraceHeads {
    pub(super) latency: Option<HeadResult>,
    pub(super) errors: Option<HeadResult>,
    pub(super) network: Option<HeadResult>,
    pub(super) order: Option<HeadResult>,
    pub(super) logs: Option<HeadResult>,
}

/// Evaluates all of them; `starved` tells how clearly each processor is in distress, 0..1.
pub(super) fn evaluate(case: &Case<'_>, starved: &[f64]) -> TraceHeads {
    let split = Split::of(case);
    TraceHeads {
        latency: self_time::evaluate(case, &split),
        errors: failures::evaluate(case, &split),
        network: network::evaluate(case, &split, starved),
        order: order::evaluate(case, &split),
        logs: logs::evaluate(case, &split),
    }
}
