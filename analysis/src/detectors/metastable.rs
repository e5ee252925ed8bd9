//! Metastable loop: work piles up although no more is asked than when all was well.
//!
//! After Bronson et al. 2021, Metastable Failures in Distributed Systems: the trigger is gone (or
//! was never load), a feedback keeps the system in the bad state. What a log shows of it is a
//! queue that does not shrink while demand is normal and requests fail.

use super::{Detection, Scene, Verdict};
use crate::case::SeriesView;
use crate::cite::Cite;
use crate::heads::at_capacity;
use crate::text::{Text, number};

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let errors = scene.heads.iter().find(|h| h.name == "errors");
    let mut why = Text::new();
    let mut seen = false;
    for service in 0..case.len() {
        let Some(queue) = case.find_series(service, "queue_depth", None) else { continue };
        let Some(stretch) = longest(scene, queue) else { continue };
        seen = true;
        let fails = errors.is_some_and(|h| h.gate(service, c.gate_z) > c.confirmed_gate);
        let windows = case.periods.incident.iter().filter(|w| queue.at(**w).is_some()).count();
        let lasts = 2 * stretch.windows >= windows && stretch.windows >= c.onset_run as usize;
        let grown = usual(scene, queue).is_none_or(|usual| stretch.to > c.normal_demand * usual);
        if !(fails && lasts && grown) || is_asked_too_much(scene, service) {
            continue;
        }
        // Demand: requests where they are counted, else what is in work.
        let demand = ["requests", "load"].iter().find_map(|s| case.find_series(service, s, None));
        let asked = |window: u32| demand.and_then(|d| d.at(window)).map(|w| w.last);
        let (Some(before), Some(after)) = (asked(stretch.first), asked(stretch.last)) else { continue };
        // A queue that nobody adds to is only being worked off.
        if after <= 0.0 || after > c.normal_demand * before.max(f64::MIN_POSITIVE) {
            continue;
        }
        why.say("The queue of ").name(case.name(service)).say(format!(
            " went from {} to {} in {} of {windows} windows without shrinking, while demand stayed at {} (from {}) and requests failed.",
            number(stretch.from),
            number(stretch.to),
            stretch.windows,
            number(after),
            number(before)
        ));
        let row = queue.at(stretch.last).map(|w| Cite::row(&queue.row.table, w.last_row));
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

/// Windows in a row in which a queue does not shrink.
struct Stretch {
    first: u32,
    last: u32,
    windows: usize,
    from: f64,
    to: f64,
}

/// The longest such stretch of the incident; the first of equal ones.
fn longest(scene: &Scene<'_>, series: SeriesView<'_>) -> Option<Stretch> {
    let share = scene.case.constants.sustained_share;
    let (mut best, mut open): (Option<Stretch>, Option<Stretch>) = (None, None);
    let mut most: f64 = 0.0;
    for window in scene.case.periods.incident.iter().filter_map(|w| series.at(*w)) {
        match &mut open {
            Some(stretch) if window.last >= share * most && window.last >= stretch.from => {
                (stretch.last, stretch.to) = (window.window, window.last);
                stretch.windows += 1;
            },
            _ => {
                let (at, length) = (window.window, window.last);
                most = 0.0;
                open = (length > 0.0).then_some(Stretch {
                    first: at,
                    last: at,
                    windows: 1,
                    from: length,
                    to: length,
                });
            },
        }
        most = most.max(window.last);
        if let Some(stretch) = &open
            && best.as_ref().is_none_or(|b| stretch.windows > b.windows)
        {
            best = Some(Stretch { ..*stretch });
        }
    }
    best
}

/// Whether a service, or one that it depends on directly, is at its declared capacity: a queue
/// before it needs no loop.
fn is_asked_too_much(scene: &Scene<'_>, service: usize) -> bool {
    std::iter::once(service)
        .chain(scene.case.dependencies(service))
        .any(|s| at_capacity(scene.case, s).is_some())
}

/// The longest that a queue is in normal time, if it was seen then.
fn usual(scene: &Scene<'_>, series: SeriesView<'_>) -> Option<f64> {
    scene.case.periods.normal.iter().filter_map(|w| series.at(*w)).map(|w| w.max).reduce(f64::max)
}
