//! What was done about it, and what changed afterwards.

use crate::case::Case;
use crate::cite::Cite;
use crate::onset::Onset;

/// One remediation and the services beyond their band before and after it.
#[derive(Clone, Debug)]
pub struct Intervention {
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Event type; untrusted.
    pub event_type: String,
    /// Who acted; untrusted.
    pub source: String,
    /// Its rows.
    pub cite: Cite,
    /// Services in a critical status just before.
    pub critical_before: usize,
    /// Services in a critical status just before the next one, or at the end of the log.
    pub critical_after: usize,
    /// Sum of stress over services before and after, if stress is recorded.
    pub stress: Option<(f64, f64)>,
}

/// All remediations of the log, and the wait for the first one.
#[derive(Clone, Debug, Default)]
pub struct Interventions {
    /// In time order; the first ones if there are many.
    pub all: Vec<Intervention>,
    /// How many remediations the log holds.
    pub count: i64,
    /// Decisions (intents) recorded before them.
    pub decisions: i64,
    /// From the earliest onset to the first remediation after it \[ns\].
    pub latency_ns: Option<i64>,
}

/// Reviews the remediations of a case.
#[must_use]
pub fn review(case: &Case<'_>, onsets: &[Option<Onset>]) -> Interventions {
    let happenings = case.summary.happenings.rows();
    let count =
        |role: &str| happenings.iter().filter(|h| h.observed && h.role == role).map(|h| h.count).sum();
    let lines: Vec<_> =
        case.summary.timeline.rows().iter().filter(|t| t.observed && t.role == "remediation").collect();
    let end = case.summary.time_range.map_or(i64::MAX, |r| r.1);
    let all = lines
        .iter()
        .enumerate()
        .map(|(k, line)| {
            let next = lines.get(k + 1).map_or(i64::MAX, |n| n.seq);
            Intervention {
                time_ns: line.time_ns,
                event_type: line.event_type.clone(),
                source: line.source.clone(),
                cite: Cite::rows("events", line.seq, line.last_seq),
                critical_before: critical_before(case, line.seq),
                critical_after: critical_before(case, next),
                stress: stress_before(case, line.time_ns)
                    .zip(stress_before(case, lines.get(k + 1).map_or(end.saturating_add(1), |n| n.time_ns))),
            }
        })
        .collect();
    let onset = onsets.iter().flatten().map(|o| o.time_ns).min();
    let latency_ns =
        onset.and_then(|onset| lines.iter().find(|l| l.time_ns >= onset).map(|l| l.time_ns - onset));
    Interventions { all, count: count("remediation"), decisions: count("decision"), latency_ns }
}

/// Services whose last status before row `seq` is critical or worse.
fn critical_before(case: &Case<'_>, seq: i64) -> usize {
    let mut severity = vec![0_i64; case.len()];
    for change in case.summary.transitions.rows().iter().take_while(|t| t.seq < seq) {
        if let Some(s) = severity.get_mut(change.service_idx as usize) {
            *s = change.to_severity.unwrap_or(0);
        }
    }
    severity.iter().filter(|s| **s >= 2).count()
}

/// Sum over services of the last stress in windows that start before `time_ns`.
fn stress_before(case: &Case<'_>, time_ns: i64) -> Option<f64> {
    let mut sum = None;
    for service in 0..case.len() {
        let Some(series) = case.find_series(service, "stress", None) else { continue };
        let last = series.windows.iter().take_while(|w| case.window_start(w.window) < time_ns).last();
        *sum.get_or_insert(0.0) += last.map_or(0.0, |w| w.last);
    }
    sum
}
