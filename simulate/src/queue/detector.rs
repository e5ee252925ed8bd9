//! Tick states: STABLE, DEGRADED or COLLAPSED (specification, section 5, point 3).

use super::settings::DetectorSettings;

/// How a moment is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// All is well.
    #[default]
    Stable,
    /// Under pressure.
    Degraded,
    /// Over its limits.
    Collapsed,
}

impl State {
    /// Its name in logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "STABLE",
            Self::Degraded => "DEGRADED",
            Self::Collapsed => "COLLAPSED",
        }
    }
}

/// Why a tick is called COLLAPSED.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anomaly {
    /// p95 grew by this share since the tick before.
    LatencyGradient {
        /// 1 is a doubling.
        growth: f64,
    },
    /// The queue is nearly full, or filling fast.
    QueueDivergence {
        /// Growth of the queue \[requests/s\].
        dq_dt: f64,
        /// Share of the buffer in use.
        pressure: f64,
    },
}

impl Anomaly {
    /// Its name in logs and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LatencyGradient { .. } => "LATENCY_GRADIENT",
            Self::QueueDivergence { .. } => "QUEUE_DIVERGENCE",
        }
    }
}

/// The detector; its only memory is the p95 of the tick before.
#[derive(Clone, Debug)]
pub struct Detector {
    limits: DetectorSettings,
    previous_p95: f64,
}

impl Detector {
    /// A detector that has seen nothing.
    #[must_use]
    pub const fn new(limits: DetectorSettings) -> Self {
        Self { limits, previous_p95: 0.0 }
    }

    /// The p95 of the tick before \[s\].
    #[must_use]
    pub const fn previous_p95(&self) -> f64 {
        self.previous_p95
    }

    /// Judges a tick.
    pub fn judge(&mut self, p95: f64, depth: u32, buffer: u32, dq_dt: f64) -> (State, Vec<Anomaly>) {
        let limits = self.limits;
        let mut state = State::Stable;
        let mut anomalies = Vec::new();
        if self.previous_p95 > 0.0 {
            let growth = (p95 - self.previous_p95) / self.previous_p95;
            if growth > limits.gradient {
                state = State::Collapsed;
                anomalies.push(Anomaly::LatencyGradient { growth });
            }
        }
        let pressure = f64::from(depth) / f64::from(buffer);
        let filling = dq_dt > limits.growth && pressure > limits.pressure_growing;
        if pressure >= limits.pressure_collapsed || filling {
            state = State::Collapsed;
            anomalies.push(Anomaly::QueueDivergence { dq_dt, pressure });
        } else if pressure >= limits.pressure_degraded && state != State::Collapsed {
            state = State::Degraded;
        }
        self.previous_p95 = p95;
        (state, anomalies)
    }
}
