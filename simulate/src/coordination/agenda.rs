//! What can be due, and its rank among what is due at the same time (specification, section 11).

use super::breaker::Timer;

/// Ranks of section 11.
pub(crate) mod rank {
    /// Scenario action.
    pub(crate) const ACTION: i32 = 0;
    /// Failure record.
    pub(crate) const FAILURE: i32 = 1;
    /// Breaker timer, and the agent's own timers.
    pub(crate) const TIMER: i32 = 2;
    /// Heartbeat.
    pub(crate) const BEAT: i32 = 3;
    /// Liveness check.
    pub(crate) const LIVENESS: i32 = 4;
    /// Cluster summary.
    pub(crate) const SUMMARY: i32 = 5;
    /// Global map and mode.
    pub(crate) const MAP: i32 = 6;
    /// Operation start.
    pub(crate) const START: i32 = 7;
    /// Arrival and completion.
    pub(crate) const ARRIVAL: i32 = 9;
    /// Response.
    pub(crate) const RESPONSE: i32 = 10;
    /// Operation deadline.
    pub(crate) const DEADLINE: i32 = 11;
    /// Snapshot: indicators.
    pub(crate) const SNAPSHOT: i32 = 12;
    /// Entities are below 2^22.
    pub(crate) const ENTITY_BITS: u32 = 22;
}

/// What stands in the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A scenario action begins.
    Begin(u32),
    /// A scenario action ends.
    End(u32),
    /// An operation of that action starts.
    Start(u32),
    /// The next phase of a job starts.
    Phase(u64),
    /// A message of an operation failed.
    MessageFailed { op: u64, index: u32 },
    /// A message arrived.
    Arrival { op: u64, index: u32 },
    /// A message was processed.
    Completion { op: u64, index: u32 },
    /// A response came back.
    Response { op: u64, index: u32 },
    /// An operation ends.
    OperationEnd(u64),
    /// A breaker's timer.
    Breaker(Timer),
    /// A replacement is ready or has failed.
    Replacement(u32),
    /// A conflict is resolved.
    Resolved { number: u64, priority: u8, at_us: u64 },
    /// All clusters look for silent agents.
    Liveness,
    /// All clusters report.
    Summary,
    /// The orchestrator looks at the whole.
    Map,
    /// The rate of messages is judged.
    FloodCheck,
    /// The indicators of a minute.
    Kpi,
}

/// An entry of the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) cause: Option<i64>,
    pub(crate) what: What,
}
