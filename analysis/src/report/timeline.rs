//! What happened, in order, and what changed before onset.

use std::collections::BTreeSet;

use infra_ingest::frames::HappeningRow;

use super::changed;
use super::observed::observed;
use crate::analyse::Analysis;
use crate::changes::Change;
use crate::cite::Cite;
use crate::text::Text;
use infra_report::Clock;
use infra_report::model::{Timeline, TimelineEntry};

/// Entries listed; onsets and alerts go first, demand last, when there are more.
const LISTED: usize = 60;
/// With so many entries, routine states of services that were not affected are left out.
const ENOUGH: usize = 12;
/// Importance of such routine.
const ROUTINE: u8 = 5;

pub(super) fn build(analysis: &Analysis<'_>, clock: &Clock) -> Timeline {
    let mut entries: Vec<(u8, i64, TimelineEntry)> = Vec::new();
    let rows = analysis.case.summary.timeline.rows();
    let affected = analysis.affected();
    let mut steps = BTreeSet::new();
    for line in rows {
        let mut what = Text::untrusted(&line.event_type);
        what.say(" from ").name(&line.source);
        if let Some(service) = line.service_idx.map(|s| s as usize).filter(|s| *s < analysis.case.len()) {
            what.say(" on ").name(analysis.case.name(service));
        }
        // A state without words is a measurement; of the inner steps that a simulator repeats at
        // every tick the first is told; demand comes all the time.
        let of_affected = line.service_idx.is_some_and(|s| affected.contains(&(s as usize)));
        let first = line.observed || steps.insert((&line.event_type, &line.source, line.service_idx));
        let telling = of_affected && line.message.is_some() && first;
        let routine = line.role == "demand" || line.role == "state" && !telling;
        entries.push((
            if routine { ROUTINE } else { importance(&line.role) },
            line.seq,
            TimelineEntry {
                time: clock.at(line.time_ns),
                time_ns: line.time_ns,
                what,
                message: line.message.as_deref().map(Text::untrusted).unwrap_or_default(),
                visibility: if line.observed { "evidence" } else { "mechanism" },
                cite: Cite::rows("events", line.seq, line.last_seq).to_string(),
            },
        ));
    }
    for service in affected {
        let Some(onset) = &analysis.onsets[service] else { continue };
        let mut what = Text::words("**onset**: ");
        what.name(analysis.case.name(service)).say(format!(" leaves its band ({})", onset.head));
        let head = analysis.heads.iter().find(|h| h.name == onset.head);
        if let Some((head, finding)) = head.and_then(|h| Some((h, h.findings[service].as_ref()?)))
            && finding.detail.is_some()
        {
            what.say(": ").text(&observed(&analysis.case, head, finding));
        }
        let entry = TimelineEntry {
            time: clock.at(onset.time_ns),
            time_ns: onset.time_ns,
            what,
            message: Text::new(),
            visibility: "evidence",
            cite: onset.cite.to_string(),
        };
        entries.push((0, i64::MAX, entry));
    }
    let total: i64 = analysis.case.summary.happenings.rows().iter().map(|h| h.count).sum();
    entries.sort_by_key(|(importance, seq, e)| (*importance, e.time_ns, *seq));
    if entries.iter().filter(|e| e.0 < ROUTINE).count() >= ENOUGH {
        entries.retain(|e| e.0 < ROUTINE);
    }
    let onsets = entries.iter().filter(|e| e.1 == i64::MAX).count().min(LISTED);
    entries.truncate(LISTED);
    entries.sort_by_key(|(_, seq, e)| (e.time_ns, *seq));
    let listed = i64::try_from(entries.len() - onsets).unwrap_or(0);
    Timeline { entries: entries.into_iter().map(|e| e.2).collect(), omitted: (total - listed).max(0) }
}

/// 0 is listed first.
fn importance(role: &str) -> u8 {
    match role {
        "alert" | "remediation" | "deploy" | "config" => 1,
        "hazard" | "decision" => 2,
        "state" => 3,
        _ => 4,
    }
}

/// Changes shortly before onset one by one, then the kinds of everything else before it: hazards,
/// alerts, demand, earlier changes.
pub(super) fn before_onset(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Text> {
    let Some(onset) = analysis.impact.onset.as_ref().map(|o| o.time_ns) else {
        return changed::all(analysis, clock);
    };
    let mut found: Vec<_> = analysis
        .case
        .summary
        .happenings
        .rows()
        .iter()
        .filter(|h| h.observed && h.first_ns < onset && h.role != "state")
        .collect();
    // A kind whose events are all listed one by one is not told again.
    let told = |h: &HappeningRow| {
        let same = |c: &&Change| c.event_type == h.event_type && c.source == h.source;
        analysis.changes.list.iter().filter(same).count() as i64 >= h.count
    };
    found.retain(|h| !told(h));
    found.sort_by_key(|h| (importance(&h.role), h.first_seq));
    let kinds = found.into_iter().take(12).map(|h| {
        let mut text = Text::words(format!("{}: ", h.role));
        text.name(&h.event_type).say(" from ").name(&h.source);
        let last = if h.last_ns > onset {
            format!(", from {} on", clock.at(h.first_ns))
        } else if h.count > 1 && h.last_ns != h.first_ns {
            format!(", {} times from {} to {}", h.count, clock.at(h.first_ns), clock.at(h.last_ns))
        } else if h.count > 1 {
            format!(", {} times at {}", h.count, clock.at(h.first_ns))
        } else {
            format!(" at {}", clock.at(h.first_ns))
        };
        text.say(last).cite(&Cite::row("events", h.first_seq));
        text
    });
    changed::all(analysis, clock).into_iter().chain(kinds).collect()
}
