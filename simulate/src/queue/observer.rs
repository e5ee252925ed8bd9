//! Who watches a run, and what there is to see.

use super::detector::{Anomaly, State};

/// Sees everything that happens, in order.
pub trait Observer {
    /// Something happened to a request.
    fn request(&mut self, _: &Request) {}
    /// The control loop looked.
    fn tick(&mut self, _: &Tick<'_>) {}
    /// Whether the run should end early, such as because a log cannot be written.
    fn stop(&self) -> bool {
        false
    }
}

/// Two observers see the same run; either may end it.
impl<A: Observer + ?Sized, B: Observer + ?Sized> Observer for (&mut A, &mut B) {
    fn request(&mut self, request: &Request) {
        self.0.request(request);
        self.1.request(request);
    }

    fn tick(&mut self, tick: &Tick<'_>) {
        self.0.tick(tick);
        self.1.tick(tick);
    }

    fn stop(&self) -> bool {
        self.0.stop() || self.1.stop()
    }
}

/// What happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was put into the queue.
    Created,
    /// It was turned away.
    Fault,
    /// A worker finished it.
    Completed,
    /// Its client waits for the throttle; no telemetry event.
    Throttled,
    /// Its client gave up waiting for the answer.
    TimedOut,
}

impl Kind {
    /// Its name in logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "REQUEST_CREATED",
            Self::Fault => "FAULT_INJECTED",
            Self::Completed => "REQUEST_COMPLETED",
            Self::Throttled => "QUEUE_THROTTLED",
            Self::TimedOut => "REQUEST_TIMEOUT",
        }
    }

    /// Whether the rolling window counts it.
    #[must_use]
    pub const fn is_telemetry(self) -> bool {
        !matches!(self, Self::Throttled)
    }
}

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It did not.
    None,
    /// Turned away with a chance that grows with the queue.
    Congestion,
    /// Turned away because the queue is full.
    Overflow,
    /// The worker failed.
    Spike,
    /// The client gave up.
    Timeout,
    /// Nobody waited for the answer any more.
    Wasted,
    /// There was no connection.
    PoolExhausted,
}

impl Failure {
    /// Its name in logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NOMINAL_OPERATION",
            Self::Congestion => "CONGESTION_FAILURE",
            Self::Overflow => "QUEUE_OVERFLOW",
            Self::Spike => "FAULT_PROPAGATION_SPIKE",
            Self::Timeout => "SOCKET_TIMEOUT",
            Self::Wasted => "WASTED_WORK",
            Self::PoolExhausted => "POOL_EXHAUSTED",
        }
    }
}

/// Something happened to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// What.
    pub kind: Kind,
    /// When \[s\].
    pub time: f64,
    /// Whose.
    pub agent: u32,
    /// Attempt of the client, from 0.
    pub attempt: u32,
    /// Whether it is heavy.
    pub heavy: bool,
    /// Since it was put into the queue, or the throttle \[s\].
    pub latency: f64,
    /// HTTP status.
    pub status: u16,
    /// Length of the queue.
    pub depth: u32,
    /// How it failed.
    pub failure: Failure,
}

impl Request {
    /// The kind of request, as logs and golden data name it.
    #[must_use]
    pub const fn workload(&self) -> &'static str {
        if self.heavy { "HEAVY_REQUEST" } else { "LIGHT_REQUEST" }
    }
}

/// What the control loop saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick<'a> {
    /// When \[s\].
    pub time: f64,
    /// 95th percentile of latency in the window \[s\].
    pub p95: f64,
    /// Length of the queue.
    pub depth: u32,
    /// Growth of the queue \[requests/s\].
    pub dq_dt: f64,
    /// The tick's state.
    pub state: State,
    /// Why it is COLLAPSED.
    pub anomalies: &'a [Anomaly],
    /// Throttle from now on \[s\].
    pub throttle: f64,
    /// Busy workers.
    pub busy: u32,
    /// Telemetry events per second in the window \[1/s\].
    pub throughput: f64,
    /// Share of failures in the window, 0..1.
    pub error_rate: f64,
    /// Standard deviation of the failure flag in the window.
    pub error_clustering: f64,
}
