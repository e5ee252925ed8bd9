//! Telemetry of a small shop, made from a seed, and the same telemetry as tools write it.
//!
//! Plain data and text only: tests of several crates include this folder and import what it
//! writes in their own way.

mod generator;
mod jaeger;
mod otlp_json;
mod otlp_proto;
mod random;
mod tables;
mod zipkin;

pub(crate) use generator::{Fault, INJECTED, LEAF, Shop};
pub(crate) use tables::{TimeUnit, map};

/// 2024-05-01T12:00:00Z, where the telemetry begins \[ns since 1970\].
pub(crate) const T0: i64 = 1_714_564_800_000_000_000;
/// One minute \[ns\].
pub(crate) const MINUTE: i64 = 60_000_000_000;
/// Minutes of normal time.
pub(crate) const NORMAL_MINUTES: i64 = 20;
/// Minutes of the incident, which follows.
pub(crate) const INCIDENT_MINUTES: i64 = 3;

/// How a span takes part in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It answers.
    Server,
    /// It asks.
    Client,
}

/// One span. Times are whole microseconds: Jaeger and Zipkin know nothing finer.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) trace: u128,
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) kind: Kind,
    /// \[ns since 1970\]
    pub(crate) start_ns: i64,
    /// \[ns since 1970\]
    pub(crate) end_ns: i64,
    pub(crate) failed: bool,
}

/// One log line, written inside a span.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// \[ns since 1970\]
    pub(crate) time_ns: i64,
    pub(crate) service: String,
    pub(crate) trace: u128,
    pub(crate) span: u64,
    pub(crate) severity: &'static str,
    pub(crate) message: String,
}

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Measurement {
    /// End of the interval \[ns since 1970\].
    pub(crate) end_ns: i64,
    /// \[ns\]
    pub(crate) interval_ns: i64,
    pub(crate) service: String,
    pub(crate) signal: &'static str,
    pub(crate) statistic: &'static str,
    /// Ratio, count or seconds.
    pub(crate) value: f64,
}

/// Everything that was recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Telemetry {
    pub(crate) spans: Vec<Span>,
    pub(crate) lines: Vec<Line>,
    pub(crate) metrics: Vec<Measurement>,
}

impl Telemetry {
    /// Gives every service another name.
    pub(crate) fn renamed(mut self, rename: impl Fn(&str) -> String) -> Self {
        let spans = self.spans.iter_mut().map(|s| &mut s.service);
        let lines = self.lines.iter_mut().map(|l| &mut l.service);
        let metrics = self.metrics.iter_mut().map(|m| &mut m.service);
        spans.chain(lines).chain(metrics).for_each(|service| *service = rename(service));
        self
    }

    /// The same measurements of half as long intervals: counts are halved, levels repeated.
    pub(crate) fn with_split_windows(mut self) -> Self {
        let halves = self.metrics.into_iter().flat_map(|whole| {
            let interval_ns = whole.interval_ns / 2;
            let value = if whole.statistic == "sum" { whole.value / 2.0 } else { whole.value };
            let second = Measurement { interval_ns, value, ..whole };
            [Measurement { end_ns: second.end_ns - interval_ns, ..second.clone() }, second]
        });
        self.metrics = halves.collect();
        self
    }
}
