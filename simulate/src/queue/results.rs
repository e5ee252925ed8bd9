//! Results of a run (specification, section 7).

use serde::Serialize;

use super::detector::State;
use super::observer::{Failure, Kind, Observer, Request, Tick};
use super::settings::QueueScenario;
use super::telemetry::p95;

/// Counts and figures of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Results {
    /// Telemetry events.
    pub events: u64,
    /// Attempts.
    pub attempts: u64,
    /// Requests that a worker finished.
    pub completed: u64,
    /// Requests answered well.
    pub completed_ok: u64,
    /// Requests that failed at a worker.
    pub worker_500: u64,
    /// Requests turned away for congestion.
    pub congestion_503: u64,
    /// Requests turned away because the queue was full.
    pub overflow_503: u64,
    /// Requests given up.
    pub timeout_504: u64,
    /// Requests without a connection.
    pub pool_503: u64,
    /// Control ticks.
    pub ticks: u64,
    /// Ticks by state: STABLE, DEGRADED, COLLAPSED.
    pub ticks_by_state: [u64; 3],
    /// First COLLAPSED tick \[s\].
    pub break_point_s: Option<f64>,
    /// First anomaly of that tick.
    pub catalyst: Option<&'static str>,
    /// Ticks at which every worker was busy.
    pub saturated_ticks: u64,
    /// Largest share of the buffer in use at a tick.
    pub peak_tick_pressure: f64,
    /// State of the last tick.
    pub final_tick_state: &'static str,
    /// Worst state of any tick.
    pub worst_tick_state: &'static str,
    #[serde(skip)]
    latencies: Vec<f64>,
    #[serde(skip)]
    buffer: f64,
    #[serde(skip)]
    workers: u32,
    #[serde(skip)]
    worst: State,
}

impl Results {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(scenario: &QueueScenario) -> Self {
        Self {
            buffer: f64::from(scenario.queue.buffer),
            workers: scenario.queue.workers,
            final_tick_state: State::Stable.name(),
            worst_tick_state: State::Stable.name(),
            ..Self::default()
        }
    }

    /// Share of requests without a good answer, 0..1.
    #[must_use]
    pub fn loss(&self, scenario: &QueueScenario) -> f64 {
        1.0 - self.completed_ok as f64 / f64::from(scenario.queue.agents)
    }

    /// The run's state, by loss and pressure.
    #[must_use]
    pub fn resolved(&self, scenario: &QueueScenario) -> State {
        let (limits, loss) = (scenario.resolution, self.loss(scenario));
        if loss >= limits.collapsed_loss {
            State::Collapsed
        } else if loss >= limits.degraded_loss || self.peak_tick_pressure >= limits.degraded_pressure {
            State::Degraded
        } else {
            State::Stable
        }
    }

    /// Mean latency of completed requests \[s\]; 0 without any.
    #[must_use]
    pub fn mean_latency(&self) -> f64 {
        let n = self.latencies.len();
        if n == 0 { 0.0 } else { self.latencies.iter().sum::<f64>() / n as f64 }
    }

    /// 95th percentile of the latency of completed requests \[s\]; 0 without any.
    #[must_use]
    pub fn p95_latency(&self) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_by(f64::total_cmp);
        p95(&sorted)
    }
}

impl Observer for Results {
    fn request(&mut self, request: &Request) {
        if !request.kind.is_telemetry() {
            return;
        }
        self.events += 1;
        match (request.kind, request.failure) {
            (Kind::Completed, failure) => {
                self.completed += 1;
                self.latencies.push(request.latency);
                self.completed_ok += u64::from(failure == Failure::None);
                self.worker_500 += u64::from(request.status >= 500);
            },
            (_, Failure::Congestion) => self.congestion_503 += 1,
            (_, Failure::Overflow) => self.overflow_503 += 1,
            (_, Failure::Timeout) => self.timeout_504 += 1,
            (_, Failure::PoolExhausted) => self.pool_503 += 1,
            _ => {},
        }
        self.attempts += u64::from(matches!(request.kind, Kind::Created | Kind::Fault));
    }

    fn tick(&mut self, tick: &Tick<'_>) {
        self.ticks += 1;
        self.ticks_by_state[tick.state as usize] += 1;
        self.saturated_ticks += u64::from(tick.busy >= self.workers);
        self.final_tick_state = tick.state.name();
        self.worst = self.worst.max(tick.state);
        self.worst_tick_state = self.worst.name();
        self.peak_tick_pressure = self.peak_tick_pressure.max(f64::from(tick.depth) / self.buffer);
        if tick.state == State::Collapsed && self.break_point_s.is_none() {
            self.break_point_s = Some(tick.time);
            self.catalyst = tick.anomalies.first().map(|a| a.name());
        }
    }
}
