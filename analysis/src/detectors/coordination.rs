//! Coordination breakdown: those who should have acted together did not.
//!
//! Seen in what coordinators measure of themselves: the share of participants that an operation
//! reached (`coverage`), and the share of answers that contradict (`conflict_rate`).

use infra_eventlog::signal::Worse;
use infra_ingest::frames::WindowRow;

use super::{Detection, Scene, Verdict};
use crate::cite::Cite;
use crate::text::{Text, number};

/// What coordinators measure.
const SIGNALS: [&str; 3] = ["coverage", "quorum", "conflict_rate"];

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let measures = |i: &usize| SIGNALS.iter().any(|s| case.find_series(*i, s, None).is_some());
    (0..case.len()).find(measures)?;
    Some(disagreement(scene).or_else(|| left_out(scene)).unwrap_or_else(|| {
        let mut why = Text::new();
        why.say("Operations reached whom they should, without contradiction.");
        Detection { kind: Verdict::CoordinationBreakdown, holds: false, why, cites: Vec::new() }
    }))
}

/// Participants contradict each other, or too few are reached: on the mean over the incident, a
/// value is beyond its declared warning.
fn disagreement(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    for signal in SIGNALS {
        let spec = case.metadata.signal(signal);
        let Some(warning) = spec.warning else { continue };
        let low = spec.worse == Worse::Low;
        for service in 0..case.len() {
            let Some(series) = case.find_series(service, signal, None) else { continue };
            let requests = case.find_series(service, "requests", None);
            let weight = |w: u32| requests.map_or(1.0, |s| s.at(w).map_or(0.0, |w| w.sum.max(0.0)));
            let during: Vec<&WindowRow> =
                case.periods.incident.iter().filter_map(|w| series.at(*w)).collect();
            let total: f64 = during.iter().map(|w| weight(w.window)).sum();
            let mean = during.iter().map(|w| weight(w.window) * w.mean()).sum::<f64>() / total;
            let beyond = |v: f64| if low { v < warning } else { v > warning };
            let Some(first) = during.iter().find(|w| beyond(w.mean())).filter(|_| beyond(mean)) else {
                continue;
            };
            let mut why = Text::new();
            why.name(signal).say(" of ").name(case.name(service)).say(format!(
                " is {} over the incident; beyond {} is a warning.",
                number(mean),
                number(warning)
            ));
            let row = if low { first.min_row } else { first.max_row };
            let cites = vec![Cite::row(&series.row.table, row)];
            return Some(Detection { kind: Verdict::CoordinationBreakdown, holds: true, why, cites });
        }
    }
    None
}

/// Operations leave out a part that is there: its coverage is gone, its availability is not.
fn left_out(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let gone = 1.0 - c.collapse_share;
    for service in 0..case.len() {
        let Some(coverage) = case.find_series(service, "coverage", None) else { continue };
        let availability = case.find_series(service, "availability", None);
        let is_there =
            |w: u32| availability.and_then(|s| s.at(w)).is_none_or(|w| w.mean() >= c.collapse_share);
        let during: Vec<_> = case.periods.incident.iter().filter_map(|w| coverage.at(*w)).collect();
        let out: Vec<bool> = during.iter().map(|w| w.mean() <= gone && is_there(w.window)).collect();
        let times = out.iter().filter(|o| **o).count();
        let before = case.periods.normal.iter().filter_map(|w| coverage.at(*w));
        let usual = before.filter(|w| w.mean() <= gone).count();
        let often = 2 * times >= during.len() && times >= c.onset_run as usize && times > usual;
        if let Some(first) = out.iter().position(|o| *o).filter(|_| often) {
            let mut why = Text::new();
            why.say("Operations left out ")
                .name(case.name(service))
                .say(format!(" in {times} of {} windows, although it was there.", during.len()));
            let cites = vec![Cite::row(&coverage.row.table, during[first].min_row)];
            return Some(Detection { kind: Verdict::CoordinationBreakdown, holds: true, why, cites });
        }
    }
    None
}
