//! Partition: a service cannot be reached, though nothing on it runs out.

use infra_eventlog::signal::Role;

use super::{Detection, Scene, Verdict};
use crate::case::SeriesView;
use crate::cite::Cite;
use crate::text::{Text, number};

/// Heads that show something running out on the service itself.
const HOST: [&str; 6] = ["cpu", "memory", "disk", "resource", "queue", "handles"];

/// Fewest members that make a part.
const LEAST_PARTS: usize = 3;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    silent(scene).or_else(|| unreachable(scene))
}

/// Nobody hears of the first suspect, or of all that it consists of.
pub(super) fn out_of_reach(scene: &Scene<'_>) -> Option<Detection> {
    cut_off(scene).or_else(|| lost_part(scene))
}

/// The first suspect's availability is gone, and it shows nothing else: it may be well, but nobody
/// can tell.
fn cut_off(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let first = *scene.ranking?.order.first()?;
    let availability = case.find_series(first, "availability", None)?;
    // What it tells of itself; others may go on judging it.
    let own = |s: &SeriesView<'_>| s.row.signal != "availability" && s.role() != Role::Other;
    let others: Vec<_> = case.series_of(first).filter(own).collect();
    if others.is_empty() {
        return None;
    }
    // What it shows later in the same window it shows because it is back.
    let silent = |w: u32| {
        let Some(gone) = availability.at(w).filter(|w| w.min <= 1.0 - c.collapse_share) else { return false };
        let after = |s: &SeriesView<'_>| s.at(w).is_none_or(|v| v.min_row.min(v.max_row) > gone.min_row);
        others.iter().all(after)
    };
    let during: Vec<bool> = case.periods.incident.iter().map(|w| silent(*w)).collect();
    let at = during.iter().position(|s| *s)?;
    let row = availability.at(case.periods.incident[at])?;
    let windows = during.iter().filter(|s| **s).count();
    let mut why = Text::new();
    why.name(case.name(first)).say(format!(
        " could not be reached in {windows} of {} windows, in which it showed nothing else.",
        during.len()
    ));
    let cites = vec![Cite::row(&availability.row.table, row.min_row)];
    Some(Detection { kind: Verdict::Partition, holds: 2 * windows >= during.len(), why, cites })
}

/// A part of the system is out of reach all at once: the first suspect, and what it consists of.
fn lost_part(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let first = *scene.ranking?.order.first()?;
    let lost = |service: usize| {
        let series = case.find_series(service, "availability", None)?;
        let during: Vec<_> = case.periods.incident.iter().filter_map(|w| series.at(*w)).collect();
        let gone: Vec<bool> = during.iter().map(|w| w.min <= 1.0 - c.collapse_share).collect();
        let at = crate::heads::first_run(&gone, c.onset_run as usize)?;
        Some(Cite::row(&series.row.table, during[at].min_row))
    };
    let parts: Vec<usize> = case.dependencies(first).filter(|d| *d != first).collect();
    case.find_series(first, "availability", None).filter(|_| parts.len() >= LEAST_PARTS)?;
    let gone = parts.iter().filter(|p| lost(**p).is_some()).count();
    let itself = lost(first);
    let holds = itself.is_some() && gone == parts.len();
    let mut why = Text::new();
    why.name(case.name(first)).say(format!(
        " {}, and {gone} of the {} services that it depends on {}.",
        if itself.is_some() { "went out of reach" } else { "stayed within reach" },
        parts.len(),
        if holds { "with it" } else { "went out of reach" }
    ));
    Some(Detection { kind: Verdict::Partition, holds, why, cites: itself.into_iter().collect() })
}

/// Services that are no longer observed while others are.
fn silent(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let run = case.constants.onset_run as usize;
    let observed = |service: usize, window: u32| case.series_of(service).any(|s| s.at(window).is_some());
    let shown: Vec<usize> = (0..case.len()).filter(|i| case.series_of(*i).next().is_some()).collect();
    if shown.len() < 2 {
        return None;
    }
    let mut quiet = Vec::new();
    for &service in &shown {
        let mut missing = 0;
        let mut longest = 0;
        for &window in &case.periods.incident {
            let others = shown.iter().filter(|i| **i != service && observed(**i, window)).count();
            // Half of the others are there, so the recording itself works.
            missing =
                if !observed(service, window) && 2 * others >= shown.len() - 1 { missing + 1 } else { 0 };
            longest = longest.max(missing);
        }
        if longest >= run {
            quiet.push((service, longest));
        }
    }
    let (first, windows) = *quiet.first()?;
    let mut why = Text::new();
    why.name(case.name(first)).say(format!(" is not seen for {windows} windows in which others are"));
    if quiet.len() > 1 {
        why.say(format!(", and {} more services likewise", quiet.len() - 1));
    }
    why.say(".");
    let last =
        case.series_of(first).filter_map(|s| Some((s.windows.last()?.last_row, s.row.table.clone()))).max();
    let cites = last.map(|(row, table)| Cite::row(&table, row)).into_iter().collect();
    Some(Detection { kind: Verdict::Partition, holds: true, why, cites })
}

/// Requests to the first suspect wait as long as timeouts and fail at once, and nothing runs out.
fn unreachable(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let latency = scene.heads.iter().find(|h| h.name == "latency")?;
    let errors = scene.heads.iter().find(|h| h.name == "errors")?;
    let first = *scene.ranking?.order.first()?;
    let finding = latency.findings[first].as_ref()?;
    let series = crate::heads::latency_series(case, first)?;
    let mut during = case.periods.incident.iter().filter_map(|w| series.at(*w));
    // What the log begins with was not seen to jump.
    let jump = during
        .find(|w| w.max > finding.band)
        .filter(|w| series.windows.first().is_some_and(|first| first.window < w.window))
        .map(|w| (w.max, Cite::row(&series.row.table, w.max_row)));
    let mut why = Text::new();
    let host = scene
        .heads
        .iter()
        .find(|h| HOST.contains(&h.name) && h.peak_gate(first, c.gate_z) > c.confirmed_gate);
    let fails = errors.gate(first, c.gate_z) > c.confirmed_gate;
    let waits = jump.as_ref().is_some_and(|(value, _)| *value >= c.timeout_s);
    let name = case.name(first);
    match (&jump, host) {
        (None, _) => why.say("Requests to ").name(name).say(" do not wait longer than normal."),
        (Some((value, _)), None) => why.say("Requests to ").name(name).say(format!(
            " waited {} s as soon as they were slow at all{}; nothing on it runs out.",
            number(*value),
            if fails { ", and fail" } else { ", and do not fail" }
        )),
        (Some(_), Some(head)) => why
            .say("Requests to ")
            .name(name)
            .say(format!(" wait, but its {} deviates too: it is reached, and busy.", head.name)),
    };
    let cites = jump.map(|(_, cite)| cite).into_iter().collect();
    Some(Detection { kind: Verdict::Partition, holds: waits && fails && host.is_none(), why, cites })
}
