//! Evidence heads: one symptom family a file, each with its statistic, calibration and reason.
//!
//! A head gives every service a deviation `z >= 0` in scales of its own normal behaviour, or
//! nothing where there is no data; a head without any data is absent, not zero. To add a head,
//! write its file and add it to [`evaluate`].

mod additive;
mod at_capacity;
mod calibration;
mod edge_gap;
mod errors;
mod handles;
mod latency;
mod level;
mod queue;
mod resource;
mod saturation;
mod shortfall;
mod status;
mod stress;
mod traces;
mod uncovered;

use crate::case::Case;
use crate::cite::Cite;

pub(crate) use additive::requests_in_incident;
pub(crate) use at_capacity::at_capacity;
pub(crate) use calibration::quantile;
pub use calibration::{Calibration, median};
pub(crate) use latency::series as latency_series;
pub(crate) use queue::capacity as declared_capacity;

/// How a head's evidence composes along dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Composition {
    /// Excess adds up along calls: seconds of waiting, failed requests. What a dependency
    /// explains is subtracted in those units, by share of calls.
    Additive,
    /// A level that a failing dependency can raise as a whole; explained only by a dependency
    /// whose onset is not later.
    Level,
    /// Does not travel, or what travels is not in it: explained by nobody else.
    Local,
    /// Climbs: callers of a failing service behave differently too, with what they do less clear
    /// at every hop.
    Climbing,
}

/// What exactly a head saw, where a number does not say it. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Spans of an operation.
    Operation {
        /// The operation.
        name: String,
        /// Spans in the incident.
        count: u64,
    },
    /// Calls between this service and another.
    Edge {
        /// The other service.
        other: usize,
        /// Whether this one calls.
        outgoing: bool,
        /// Calls in the incident.
        count: u64,
    },
    /// What followed what.
    Follow {
        /// Operation, or kind of lines.
        context: String,
        /// What came before.
        after: String,
        /// What followed.
        next: String,
        /// Occurrences in the incident, of how many.
        now: (u64, u64),
        /// Occurrences in normal time, of how many.
        normal: (u64, u64),
    },
}

/// What a head found on one service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// Deviation in scales of normal behaviour, at least 0.
    pub z: f64,
    /// Deviation of the worst window for levels; `z` for what adds up.
    pub peak_z: f64,
    /// Edge of the baseline band \[signal unit\]: beyond it a window deviates.
    pub band: f64,
    /// Deviation in the head's unit, over the whole incident for additive heads, at least 0.
    pub excess: f64,
    /// What normal is \[signal unit\].
    pub normal: f64,
    /// What the incident shows \[signal unit\].
    pub observed: f64,
    /// Normal windows with data; 0 if a declared threshold was used instead.
    pub normal_windows: usize,
    /// Incident windows with data.
    pub incident_windows: usize,
    /// First instant beyond the band, if there is one \[ns since the run's origin\].
    pub onset_ns: Option<i64>,
    /// Row that shows the onset.
    pub onset: Option<Cite>,
    /// Row that shows the worst value.
    pub worst: Option<Cite>,
    /// What exactly was seen.
    pub detail: Option<Detail>,
    /// The same deviation in stretches of normal time, in the order of the head's stretches; 0
    /// where a stretch has no data.
    pub quiet: Vec<f64>,
}

/// What a head found on all services.
#[derive(Clone, Debug)]
pub struct HeadResult {
    /// Short name.
    pub name: &'static str,
    /// What the numbers in findings are.
    pub signal: String,
    /// Unit of `normal` and `observed`.
    pub unit: String,
    /// Unit of `excess`.
    pub excess_unit: &'static str,
    /// How it composes.
    pub composition: Composition,
    /// Weight in the combination.
    pub weight: f64,
    /// For climbing heads: whether a service's finding is the mark of a failure, which climbs to
    /// callers, rather than another mix of what is usual, which callers may cause. Else empty.
    pub climbs: Vec<bool>,
    /// One entry per service.
    pub findings: Vec<Option<Finding>>,
}

impl HeadResult {
    /// How clearly the service deviates, 0..1: z^2 / (z^2 + gate_z^2).
    #[must_use]
    pub fn gate(&self, service: usize, gate_z: f64) -> f64 {
        self.findings[service].as_ref().map_or(0.0, |f| f.z * f.z / (f.z * f.z + gate_z * gate_z))
    }

    /// How clearly its worst moment deviates, 0..1; as [`HeadResult::gate`], from `peak_z`.
    ///
    /// A long incident with recovery has a small mean deviation; whether a service took part in
    /// it at all is a question to its worst moment.
    #[must_use]
    pub fn peak_gate(&self, service: usize, gate_z: f64) -> f64 {
        self.findings[service]
            .as_ref()
            .map_or(0.0, |f| f.peak_z * f.peak_z / (f.peak_z * f.peak_z + gate_z * gate_z))
    }

    /// Deviation in scales; 0 without data.
    #[must_use]
    pub fn z(&self, service: usize) -> f64 {
        self.findings[service].as_ref().map_or(0.0, |f| f.z)
    }

    /// Deviation in the head's unit less one scale of normal noise: a lower bound of what is
    /// really beyond normal; 0 without data.
    ///
    /// A small excess on a quiet service and a large one on a noisy service compare by what is
    /// certain of them.
    #[must_use]
    pub fn certain_excess(&self, service: usize) -> f64 {
        let z = self.z(service);
        if z > 1.0 { self.excess(service) * (1.0 - 1.0 / z) } else { 0.0 }
    }

    /// Deviation in the head's unit; 0 without data.
    #[must_use]
    pub fn excess(&self, service: usize) -> f64 {
        self.findings[service].as_ref().map_or(0.0, |f| f.excess)
    }
}

/// Heads that a run may speak through, whether or not it does.
pub const NAMES: [&str; 14] = [
    "latency",
    "errors",
    "network",
    "order",
    "logs",
    "shortfall",
    "stress",
    "queue",
    "resource",
    "cpu",
    "memory",
    "disk",
    "handles",
    "waiting",
];

/// Every head that has data, in the order of [`NAMES`]; statuses if there is none. Where there
/// are spans, time and failures are read from them.
#[must_use]
pub fn evaluate(case: &Case<'_>) -> Vec<HeadResult> {
    if !case.periods.has_incident() {
        return Vec::new();
    }
    let cpu = saturation::cpu(case);
    let gate_z = case.constants.gate_z;
    let starved: Vec<f64> =
        (0..case.len()).map(|i| cpu.as_ref().map_or(0.0, |head| head.gate(i, gate_z))).collect();
    let spans = traces::evaluate(case, &starved);
    // Self time says who is slow, not who had to wait: that is told beside it, for the paths.
    let waiting = spans.latency.is_some().then(|| latency::evaluate(case)).flatten();
    let waiting = waiting.map(|head| HeadResult { name: "waiting", weight: 0.0, ..head });
    let mut heads: Vec<HeadResult> = [
        spans.latency.or_else(|| uncovered::evaluate(case)).or_else(|| latency::evaluate(case)),
        spans.errors.or_else(|| errors::evaluate(case)),
        spans.network.or_else(|| edge_gap::evaluate(case, &starved)),
        spans.order,
        spans.logs,
        shortfall::evaluate(case),
        stress::evaluate(case),
        queue::evaluate(case),
        resource::evaluate(case),
        cpu,
        saturation::memory(case),
        saturation::disk(case),
        handles::evaluate(case),
        waiting,
    ]
    .into_iter()
    .flatten()
    .collect();
    if heads.is_empty() {
        heads.extend(status::evaluate(case));
    }
    weigh_by_symptom(case, &mut heads);
    heads
}

/// With a declared symptom that an additive head measures, that head speaks for the incident.
fn weigh_by_symptom(case: &Case<'_>, heads: &mut [HeadResult]) {
    use infra_eventlog::signal::{Role, role};
    let Some(signal) = case.periods.symptom.as_ref().and_then(|s| s.signal.as_deref()) else { return };
    let declared = match role(signal) {
        Role::Latency => "latency",
        Role::Errors | Role::FailedRequests => "errors",
        _ => return,
    };
    if !heads.iter().any(|h| h.name == declared) {
        return;
    }
    let measured = |h: &&mut HeadResult| {
        h.weight > 0.0 && (h.composition == Composition::Additive || h.name == "shortfall")
    };
    for head in heads.iter_mut().filter(measured) {
        head.weight = if head.name == declared {
            case.constants.declared_signal_weight
        } else {
            case.constants.other_signal_weight
        };
    }
}

/// Where the first run of at least `run` observations beyond the band starts; a run that the log
/// ends on may be shorter.
pub(crate) fn first_run(beyond: &[bool], run: usize) -> Option<usize> {
    (0..beyond.len()).find(|&i| beyond[i] && beyond[i..].iter().take(run.max(1)).all(|b| *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_window_is_no_onset_unless_the_log_ends_on_it() {
        assert_eq!(first_run(&[true, false, true, true], 2), Some(2));
        assert_eq!(first_run(&[true, false, true], 2), Some(2));
        assert_eq!(first_run(&[true, false, false], 2), None);
    }
}
