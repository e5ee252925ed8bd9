//! A server's state, and what a round of ordinary life does to it (sections 2 and 5).

use super::Draws;
use super::facet::Facet;
use super::held::Held;

/// Health above it is up.
pub(crate) const UP_ABOVE: f64 = 50.0;
/// Health above it is shown as OK.
pub(crate) const OK_ABOVE: f64 = 80.0;
/// Largest request rate and latency: no product of effects leaves the finite numbers.
pub(crate) const LARGEST: f64 = 1e15;

/// The state of one server. Percentages are 0 to 100.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Server {
    /// 0 to 100, low is worse; an integer in the reference mode.
    pub(crate) health: f64,
    pub(crate) cpu_usage: f64,
    pub(crate) memory_usage: f64,
    pub(crate) disk_usage: f64,
    /// Requests per round.
    pub(crate) request_rate: f64,
    /// \[%\]
    pub(crate) error_rate: f64,
    /// \[ms\]
    pub(crate) latency_p50: f64,
    /// \[ms\]
    pub(crate) latency_p99: f64,
    pub(crate) isolated: bool,
    /// Positions among its services, in the order of their crashes.
    pub(crate) services_down: Vec<usize>,
    /// Numbers of the scenarios that hit it since the last rollback.
    pub(crate) chaos_effects: Vec<usize>,
    pub(crate) round: u64,
    /// What cost most of its health when that was last computed, and how much.
    pub(crate) burden: Option<(Facet, f64)>,
    /// Injections that still hold it (D1).
    pub(crate) held: Vec<Held>,
}

impl Server {
    /// A server before the first round.
    pub(crate) fn new(draws: &mut impl Draws) -> Self {
        Self {
            health: 100.0,
            cpu_usage: draws.uniform(10.0, 30.0),
            memory_usage: draws.uniform(20.0, 40.0),
            disk_usage: draws.uniform(30.0, 50.0),
            request_rate: 0.0,
            error_rate: 0.0,
            latency_p50: draws.uniform(10.0, 50.0),
            latency_p99: draws.uniform(50.0, 200.0),
            isolated: false,
            services_down: Vec::new(),
            chaos_effects: Vec::new(),
            round: 0,
            burden: None,
            held: Vec::new(),
        }
    }

    /// SIMULATE, first half: a round of traffic; use drifts.
    pub(crate) fn drift(&mut self, traffic: f64, draws: &mut impl Draws) {
        self.round += 1;
        self.request_rate = traffic;
        self.cpu_usage = (self.cpu_usage + draws.uniform(-5.0, 5.0)).clamp(5.0, 100.0);
        self.memory_usage = (self.memory_usage + draws.uniform(-2.0, 3.0)).clamp(10.0, 100.0);
        self.disk_usage = (self.disk_usage + draws.uniform(0.0, 0.5)).min(100.0);
    }

    /// SIMULATE, second half: health, and what requests feel of it.
    pub(crate) fn suffer(&mut self, draws: &mut impl Draws) {
        self.judge();
        self.error_rate = if self.health < 50.0 {
            draws.uniform(5.0, 20.0)
        } else if self.health < 80.0 {
            draws.uniform(1.0, 5.0)
        } else {
            draws.uniform(0.0, 1.0)
        };
        self.latency_p99 =
            if self.cpu_usage > 80.0 { draws.uniform(500.0, 2000.0) } else { draws.uniform(50.0, 300.0) };
    }

    fn judge(&mut self) {
        let cpu = if self.cpu_usage > 90.0 {
            30.0
        } else if self.cpu_usage > 70.0 {
            10.0
        } else {
            0.0
        };
        let memory = if self.memory_usage > 95.0 {
            40.0
        } else if self.memory_usage > 80.0 {
            15.0
        } else {
            0.0
        };
        let services = if self.services_down.is_empty() { 0.0 } else { 50.0 };
        let isolation = if self.isolated { 100.0 } else { 0.0 };
        self.health = (100.0_f64 - cpu - memory - services - isolation).max(0.0);
        self.burden = [
            (Facet::Isolation, isolation),
            (Facet::Services, services),
            (Facet::Memory, memory),
            (Facet::Cpu, cpu),
        ]
        .into_iter()
        .filter(|(_, lost)| *lost > 0.0)
        .reduce(|worst, next| if next.1 > worst.1 { next } else { worst });
    }

    /// Whether the runner counts it as up.
    pub(crate) fn is_up(&self) -> bool {
        self.health > UP_ABOVE
    }

    /// The state that is shown.
    pub(crate) fn status(&self) -> &'static str {
        status(self.health)
    }
}

/// The state that goes with a health.
pub(crate) fn status(health: f64) -> &'static str {
    if health > OK_ABOVE {
        "OK"
    } else if health > UP_ABOVE {
        "WARN"
    } else {
        "CRIT"
    }
}
