//! An observer that writes the run: one row per telemetry event, and at each control tick a state
//! row per service.
//!
//! Causes: what happens to an attempt follows from what happened to it before, a completion from
//! its creation; first attempts and control ticks come from outside.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::truth::Truth;

use super::detector::{Anomaly, State};
use super::observer::{Failure, Kind, Observer, Request, Tick};
use super::settings::QueueScenario;
use crate::journal::{Happening, Journal};
use crate::kernel::Seconds;

/// The services, in this order.
pub(super) const SERVICES: [&str; 3] = ["clients", "queue", "workers"];
/// Signals of a state row, in this order.
pub(super) const SIGNALS: [&str; 11] = [
    "error_rate",
    "requests",
    "failed_requests",
    "retry_ratio",
    "latency_p95",
    "queue_depth",
    "pressure",
    "load",
    "throughput",
    "error_clustering",
    "throttle",
];

/// What happened since the last tick.
#[derive(Clone, Copy, Debug, Default)]
struct Since {
    asked: u32,
    failed: u32,
    attempts: u32,
    retries: u32,
    admitted: u32,
    refused: u32,
    worked: u32,
    worker_errors: u32,
}

/// Writes the events table of a run.
pub(super) struct QueueLog {
    journal: Journal,
    buffer: f64,
    failed: Option<RunError>,
    /// Latest event of each client's request, as the client knows it.
    latest: Vec<Option<i64>>,
    /// Event that put each attempt into the queue that no worker has finished, by client and attempt.
    created: BTreeMap<(u32, u32), i64>,
    since: Since,
    text: String,
    source: String,
}

impl QueueLog {
    pub(super) fn create(
        path: &Path,
        metadata: &RunMetadata,
        scenario: &QueueScenario,
    ) -> Result<Self, RunError> {
        Ok(Self {
            journal: Journal::create(path, metadata)?,
            buffer: f64::from(scenario.queue.buffer),
            failed: None,
            latest: vec![None; scenario.queue.agents as usize],
            created: BTreeMap::new(),
            since: Since::default(),
            text: String::new(),
            source: String::new(),
        })
    }

    /// Puts the run and its truth in place; events and rows written.
    pub(super) fn finish(self, path: &Path, truth: &Truth) -> Result<(i64, i64), RunError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let events = self.journal.events();
        Ok((events, self.journal.finish(path, truth)?))
    }

    fn keep<T>(&mut self, result: Result<T, RunError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            },
        }
    }

    fn count(&mut self, request: &Request) {
        let since = &mut self.since;
        if matches!(request.kind, Kind::Created | Kind::Fault) {
            since.attempts += 1;
            since.retries += u32::from(request.attempt > 0);
        }
        match (request.kind, request.failure) {
            (Kind::Created, _) => since.admitted += 1,
            (Kind::Fault, failure) => {
                (since.asked, since.failed) = (since.asked + 1, since.failed + 1);
                since.refused += u32::from(failure != Failure::PoolExhausted);
            },
            (Kind::Completed, failure) => {
                since.worked += 1;
                since.worker_errors += u32::from(request.status >= 500);
                if failure != Failure::Wasted {
                    since.asked += 1;
                    since.failed += u32::from(request.status >= 500);
                }
            },
            (Kind::TimedOut, _) => (since.asked, since.failed) = (since.asked + 1, since.failed + 1),
            (Kind::Throttled, _) => {},
        }
    }

    /// State rows of the three services.
    fn states(&mut self, tick: &Tick<'_>, time_ns: i64) {
        let since = std::mem::take(&mut self.since);
        let ratio = |part: u32, of: u32| (of > 0).then(|| f64::from(part) / f64::from(of));
        let pressure = f64::from(tick.depth) / self.buffer;
        let offered = since.admitted + since.refused;
        let mut rows = [[None; SIGNALS.len()]; 3];
        rows[0][0] = ratio(since.failed, since.asked);
        rows[0][1] = Some(f64::from(since.asked));
        rows[0][2] = Some(f64::from(since.failed));
        rows[0][3] = ratio(since.retries, since.attempts);
        rows[0][4] = Some(tick.p95);
        rows[1][0] = ratio(since.refused, offered);
        rows[1][1] = Some(f64::from(offered));
        rows[1][2] = Some(f64::from(since.refused));
        rows[1][4] = Some(tick.p95);
        rows[1][5] = Some(f64::from(tick.depth));
        rows[1][6] = Some(pressure);
        rows[1][7] = Some(f64::from(tick.depth));
        rows[1][8] = Some(tick.throughput);
        rows[1][9] = Some(tick.error_clustering);
        rows[1][10] = Some(tick.throttle);
        rows[2][0] = ratio(since.worker_errors, since.worked);
        rows[2][1] = Some(f64::from(since.worked));
        rows[2][2] = Some(f64::from(since.worker_errors));
        rows[2][7] = Some(f64::from(tick.busy));
        for (service, signals) in SERVICES.iter().zip(&rows) {
            let what = Happening {
                time_ns,
                event_type: "CONTROL_TICK",
                source: "controller",
                service: Some(service),
                status: (*service == "queue").then_some(tick.state.name()),
                signals,
                ..Happening::default()
            };
            let result = self.journal.row(&what);
            self.keep(result);
        }
    }
}

impl Observer for QueueLog {
    fn request(&mut self, request: &Request) {
        if self.failed.is_some() {
            return;
        }
        self.count(request);
        self.text.clear();
        let _ = write!(
            self.text,
            "{{\"time_s\":{},\"agent\":{},\"attempt\":{},\"workload_type\":\"{}\",\"latency\":{},\"queue_depth\":{},\"status_code\":{},\"failure_mode\":\"{}\"}}",
            request.time,
            request.agent,
            request.attempt,
            request.workload(),
            request.latency,
            request.depth,
            request.status,
            request.failure.name()
        );
        self.source.clear();
        let _ = write!(self.source, "client:{}", request.agent);
        let is_work = request.kind == Kind::Completed;
        let what = Happening {
            time_ns: time_ns(request.time),
            event_type: request.kind.name(),
            source: if is_work { "worker" } else { &self.source },
            service: Some(place(request)),
            attributes: Some(&self.text),
            ..Happening::default()
        };
        let (client, attempt) = (request.agent as usize, (request.agent, request.attempt));
        let cause = if is_work { self.created.remove(&attempt) } else { self.latest[client] };
        let result = self.journal.event(cause, &what);
        let Some(event) = self.keep(result) else { return };
        if request.kind == Kind::Created {
            self.created.insert(attempt, event);
        }
        // Nobody waited for wasted work, so nothing follows from it.
        if request.failure != Failure::Wasted {
            self.latest[client] = Some(event);
        }
    }

    fn tick(&mut self, tick: &Tick<'_>) {
        if self.failed.is_some() {
            return;
        }
        self.text.clear();
        let _ = write!(
            self.text,
            "{{\"time_s\":{},\"state\":\"{}\",\"p95\":{},\"queue_depth\":{},\"dq_dt\":{},\"throttle\":{},\"window_error_rate\":{},\"anomalies\":[",
            tick.time,
            tick.state.name(),
            tick.p95,
            tick.depth,
            tick.dq_dt,
            tick.throttle,
            tick.error_rate
        );
        let mut message = String::new();
        for (i, anomaly) in tick.anomalies.iter().enumerate() {
            let _ = write!(self.text, "{}\"{}\"", if i == 0 { "" } else { "," }, anomaly.name());
            let _ = match anomaly {
                Anomaly::LatencyGradient { growth } => {
                    write!(message, "p95 latency grew by {:.1} % since the last tick. ", 100.0 * growth)
                },
                Anomaly::QueueDivergence { dq_dt, pressure } => write!(
                    message,
                    "queue grows by {dq_dt:.1} requests/s at {:.1} % of its buffer. ",
                    100.0 * pressure
                ),
            };
        }
        self.text.push_str("]}");
        let time_ns = time_ns(tick.time);
        let what = Happening {
            time_ns,
            event_type: "CONTROL_TICK",
            source: "controller",
            message: (tick.state != State::Stable && !message.is_empty()).then(|| message.trim_end()),
            attributes: Some(&self.text),
            ..Happening::default()
        };
        let result = self.journal.event(None, &what);
        self.keep(result);
        self.states(tick, time_ns);
        if tick.state == State::Collapsed {
            let what = Happening {
                time_ns,
                event_type: "QUEUE_COLLAPSED",
                source: "controller",
                service: Some("queue"),
                message: Some(message.trim_end()),
                ..Happening::default()
            };
            let cause = Some(self.journal.events() - 1);
            let result = self.journal.event(cause, &what);
            self.keep(result);
        }
    }

    fn stop(&self) -> bool {
        self.failed.is_some()
    }
}

/// The service at which something happens to a request.
const fn place(request: &Request) -> &'static str {
    let [clients, queue, workers] = SERVICES;
    match (request.kind, request.failure) {
        (Kind::Completed, _) => workers,
        (Kind::Fault, Failure::PoolExhausted) | (Kind::TimedOut | Kind::Throttled, _) => clients,
        (Kind::Created | Kind::Fault, _) => queue,
    }
}

/// The rounded projection of exact seconds; the reader's limits keep it in range.
fn time_ns(seconds: f64) -> i64 {
    Seconds::new(seconds).and_then(Seconds::to_ns).unwrap_or(i64::MAX)
}
