//! Metastable loop: work piles up although no more is asked than when all was well.
//!
//! After Bronson et al. 2021, Metastable Failures in Distributed Systems: the trigger is gone (or
//! was never load), a feedback keeps the system in the bad state. What a log shows of it is a
//! queue that does not shrink while demand is normal and requests fail.

use super::{Detection, Scene, Verdict};
use crate::case::SeriesView;
use crate::cite::Cite;
use crate::text::{Text, number};

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let errors = scene.heads.iter().find(|h| h.name == "errors");
    let mut why = Text::new();
    let mut seen = false;
    for service in 0..case.len() {
        let Some(queue) = case.find_series(service, "queue_depth", None) else { continue };
        let Some((first, last, most)) = course(scene, queue) else { continue };
        seen = true;
        let fails = errors.is_some_and(|h| h.gate(service, c.gate_z) > c.confirmed_gate);
        let stays = last >= c.sustained_share * most && most > 0.0 && last >= first;
        let stays = stays && usual(scene, queue).is_none_or(|usual| last > c.normal_demand * usual);
        if !fails || !stays {
            continue;
        }
        // Demand: requests where they are counted, else what is in work.
        let demand = ["requests", "load"].iter().find_map(|s| case.find_series(service, s, None));
        let Some((asked_first, asked_last, _)) = demand.and_then(|d| course(scene, d)) else { continue };
        // A queue that nobody adds to is only being worked off.
        if asked_last <= 0.0 || asked_last > c.normal_demand * asked_first.max(f64::MIN_POSITIVE) {
            continue;
        }
        why.say("The queue of ").name(case.name(service)).say(format!(
            " went from {} to {} and did not shrink until the end, while demand stayed at {} (from {}) and requests failed.",
            number(first),
            number(last),
            number(asked_last),
            number(asked_first)
        ));
        let row = queue.windows.last().map(|w| Cite::row(&queue.row.table, w.last_row));
        return Some(Detection {
            kind: Verdict::MetastableLoop,
            holds: true,
            why,
            cites: row.into_iter().collect(),
        });
    }
    why.say("No queue keeps its length while demand is normal and requests fail.");
    seen.then_some(Detection { kind: Verdict::MetastableLoop, holds: false, why, cites: Vec::new() })
}

/// First and last level of a series in the incident, and its largest.
fn course(scene: &Scene<'_>, series: SeriesView<'_>) -> Option<(f64, f64, f64)> {
    let values: Vec<f64> =
        scene.case.periods.incident.iter().filter_map(|w| series.at(*w)).map(|w| w.last).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    Some((*values.first()?, *values.last()?, most))
}

/// The longest that a queue is in normal time, if it was seen then.
fn usual(scene: &Scene<'_>, series: SeriesView<'_>) -> Option<f64> {
    scene.case.periods.normal.iter().filter_map(|w| series.at(*w)).map(|w| w.max).reduce(f64::max)
}
