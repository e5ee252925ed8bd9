//! Key performance indicators (specification, section 14), over the run and per minute.

use std::fmt;

use super::log::{OrNull, Real};
use super::statistics::p95_exclusive;

/// Share of the maps' time in which the mesh counts as available.
const AVAILABLE_RATE: f64 = 0.95;

/// What the indicators of one window of time are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Operations that ended.
    pub(crate) operations: u64,
    /// Operations whose quorum said PROCEED.
    pub(crate) proceeded: u64,
    /// Messages to targets.
    pub(crate) sent: u64,
    /// Messages that were delivered.
    pub(crate) delivered: u64,
    /// Delivered with an arrival by the deadline.
    pub(crate) window_hits: u64,
    /// Delivered with an arrival within 50 ms of the target time.
    pub(crate) within_50ms: u64,
    /// Counted responses.
    pub(crate) responses: u64,
    /// Counted responses that contradict.
    pub(crate) conflicts: u64,
    /// Targets that answered READY or, in a wave, were reached.
    pub(crate) ready: u64,
    /// All targets.
    pub(crate) targets: u64,
    /// Duration of each cascade \[ms\].
    pub(crate) cascade_ms: Vec<f64>,
    /// From trip to CLOSED of each cluster breaker that closed \[s\].
    pub(crate) cluster_recovery_s: Vec<f64>,
    /// The same of sectors \[s\].
    pub(crate) sector_recovery_s: Vec<f64>,
    /// Time judged by maps \[µs\].
    pub(crate) time_us: u64,
    /// Part of it with an active rate of at least 0.95 \[µs\].
    pub(crate) available_us: u64,
}

impl Tally {
    /// A map found this active rate after so long a time.
    pub(crate) fn map(&mut self, active_rate: f64, since_us: u64) {
        self.time_us += since_us;
        if active_rate >= AVAILABLE_RATE {
            self.available_us += since_us;
        }
    }

    /// The indicators with their targets; `None` where nothing was there to judge.
    pub(crate) fn indicators(&self) -> [Indicator; 9] {
        let longest = |times: &[f64]| times.iter().copied().max_by(f64::total_cmp);
        let at_least = |name, value, target| Indicator { name, value, target: Some(target), least: true };
        let at_most = |name, value, target| Indicator { name, value, target: Some(target), least: false };
        [
            at_least("coordination_success_rate", ratio(self.proceeded, self.operations), 0.99),
            at_least("arrival_window_hit_rate", ratio(self.window_hits, self.sent), 0.95),
            at_least("impedance_prediction_accuracy", ratio(self.within_50ms, self.delivered), 0.90),
            at_most("conflict_rate", ratio(self.conflicts, self.responses), 0.01),
            at_least("mesh_availability", ratio(self.available_us, self.time_us), 0.999),
            at_most("cascade_latency_p95_ms", p95(&self.cascade_ms), 1000.0),
            at_most("cluster_recovery_time_s", longest(&self.cluster_recovery_s), 300.0),
            at_most("sector_recovery_time_s", longest(&self.sector_recovery_s), 900.0),
            Indicator { name: "coverage", value: ratio(self.ready, self.targets), target: None, least: true },
        ]
    }
}

fn p95(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    p95_exclusive(&sorted)
}

/// One indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Indicator {
    /// Name with unit.
    pub(crate) name: &'static str,
    /// Value, if there was something to judge.
    pub(crate) value: Option<f64>,
    /// Target, if it has one.
    pub(crate) target: Option<f64>,
    /// Whether the value must be at least the target, or at most.
    pub(crate) least: bool,
}

impl Indicator {
    /// Whether the target was met; `None` without value or target.
    pub(crate) fn met(&self) -> Option<bool> {
        let (value, target) = (self.value?, self.target?);
        Some(if self.least { value >= target } else { value <= target })
    }
}

/// The indicators as a JSON object.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, indicator) in self.indicators().iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}\"{}\":{}", indicator.name, OrNull(indicator.value.map(Real)))?;
        }
        write!(
            f,
            ",\"operations\":{},\"proceeded\":{},\"targets\":{},\"sent\":{},\"ready\":{},\"conflicts\":{}}}",
            self.operations, self.proceeded, self.targets, self.sent, self.ready, self.conflicts
        )
    }
}

/// `part / whole`; nothing of nothing is no ratio.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The indicators of the run and of the current minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct KpiBook {
    /// Since the start.
    pub(crate) run: Tally,
    /// Since the last KPI row.
    pub(crate) minute: Tally,
}

impl KpiBook {
    /// Notes something in both windows.
    pub(crate) fn note(&mut self, what: impl Fn(&mut Tally)) {
        what(&mut self.run);
        what(&mut self.minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_judge_is_no_indicator() {
        let tally = Tally::default();
        assert!(tally.indicators().iter().all(|i| i.value.is_none() && i.met().is_none()));
        let tally = Tally { conflicts: 2, responses: 100, ..Tally::default() };
        let conflict_rate = tally.indicators()[3];
        assert_eq!((conflict_rate.value, conflict_rate.met()), (Some(0.02), Some(false)));
    }
}
