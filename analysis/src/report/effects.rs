//! What happened to each service, what led up to it, and what was done.

use super::observed::brief;
use crate::analyse::Analysis;
use crate::cite::Cite;
use crate::heads::Finding;
use crate::heads::HeadResult;
use crate::text::{Text, count, number};
use infra_report::Clock;
use infra_report::model::{InterventionEntry, InterventionsView, ServiceEffect};

/// Affected services listed.
const SERVICES: usize = 40;
/// Interventions listed.
const INTERVENTIONS: usize = 20;

pub(super) fn services(analysis: &Analysis<'_>, clock: &Clock) -> (Vec<ServiceEffect>, usize) {
    let affected = analysis.affected();
    let omitted = affected.len().saturating_sub(SERVICES);
    let list = affected
        .into_iter()
        .take(SERVICES)
        .map(|service| {
            let onset = analysis.onsets[service].as_ref().map_or_else(String::new, |o| clock.at(o.time_ns));
            let effects = analysis
                .heads
                .iter()
                .filter(|h| h.peak_gate(service, analysis.case.constants.gate_z) > 0.25)
                .filter_map(|h| Some(effect(h, h.findings[service].as_ref()?)))
                .collect();
            let worst = analysis.case.summary.services.rows().get(service).and_then(|s| s.worst_severity);
            let status = match worst {
                Some(0) => "well",
                Some(1) => "warning",
                Some(2) => "critical",
                Some(_) => "down",
                None => "",
            };
            ServiceEffect {
                service: Text::untrusted(analysis.case.name(service)),
                onset,
                effects,
                status: status.to_owned(),
            }
        })
        .collect();
    (list, omitted)
}

/// `stress 0 → 0.3333 (z 3, at worst 9) [row 19]`: normal, mean over the incident, deviations.
pub(super) fn effect(head: &HeadResult, finding: &Finding) -> Text {
    let unit = match head.unit.as_str() {
        "" | "1" => String::new(),
        unit => format!(" {unit}"),
    };
    let mut text = Text::words(format!(
        "{} {} → {}{unit} (z {}{})",
        head.signal,
        brief(finding.normal),
        brief(finding.observed),
        brief(finding.z),
        if finding.peak_z > 1.5 * finding.z {
            format!(", at worst {}", brief(finding.peak_z))
        } else {
            String::new()
        }
    ));
    text.cite_some(finding.worst.as_ref());
    text
}

/// What changed at a service before its onset: capacity reached, other signals on the move.
pub(super) fn precursors(analysis: &Analysis<'_>, service: usize, clock: &Clock) -> Vec<Text> {
    let case = &analysis.case;
    let Some(onset) = analysis.onsets[service].as_ref() else { return Vec::new() };
    let mut parts: Vec<Text> = Vec::new();
    if let Some(series) = case.find_series(service, "load", None)
        && let Some(capacity) = crate::heads::declared_capacity(case, service)
        && let Some(over) = series.windows.iter().find(|w| w.max > capacity && w.max_ns <= onset.time_ns)
    {
        let mut text = Text::words(format!(
            "load reached {} over its declared capacity of {} at {}",
            number(over.max),
            number(capacity),
            clock.at(over.max_ns)
        ));
        text.cite(&Cite::row("events", over.max_row));
        parts.push(text);
    }
    if let Some(series) = case.find_series(service, "resource", None) {
        let declared = crate::heads::declared_capacity(case, service);
        let until: Vec<_> = series.windows.iter().filter(|w| w.min_ns <= onset.time_ns).collect();
        if let (Some(first), Some(low)) = (until.first(), until.iter().min_by(|a, b| a.min.total_cmp(&b.min)))
        {
            let from = declared.unwrap_or(first.max);
            if low.min < from {
                let mut text =
                    Text::words(format!("its resource fell from {} to {}", number(from), number(low.min)));
                text.cite(&Cite::row("events", low.min_row));
                parts.push(text);
            }
        }
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let mut text = Text::words("Leading up to it: ");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            text.say("; ");
        }
        text.text(part);
    }
    text.say(".");
    vec![text]
}

pub(super) fn interventions(analysis: &Analysis<'_>, clock: &Clock) -> InterventionsView {
    let acted = &analysis.interventions;
    let mut summary = Vec::new();
    if analysis.case.metadata.event_types.iter().all(|t| t.role == infra_eventlog::metadata::EventRole::State)
    {
        summary.push(Text::words("The run does not say which of its events are remediations: whether anybody intervened is not known."));
    } else if acted.count == 0 {
        let decided = if acted.decisions > 0 {
            format!(
                ", though {} taken",
                count(usize::try_from(acted.decisions).unwrap_or(0), "decision was", "decisions were")
            )
        } else {
            String::new()
        };
        summary.push(Text::words(format!("The log holds no remediation{decided}.")));
    } else {
        let mut text = Text::words(format!(
            "{} recorded, and {}.",
            count(usize::try_from(acted.count).unwrap_or(0), "remediation is", "remediations are"),
            count(usize::try_from(acted.decisions).unwrap_or(0), "decision", "decisions")
        ));
        if let Some(latency) = acted.latency_ns {
            text.say(format!(" The first acted {} after the earliest onset.", clock.span(latency)));
        }
        summary.push(text);
    }
    let entries = acted
        .all
        .iter()
        .take(INTERVENTIONS)
        .map(|i| {
            let mut what = Text::untrusted(&i.event_type);
            what.say(" by ").name(&i.source);
            let mut effect = Text::words(format!(
                "services in a critical status: {} → {}",
                i.critical_before, i.critical_after
            ));
            if let Some((before, after)) = i.stress {
                effect.say(format!("; total stress {} → {}", number(before), number(after)));
            }
            InterventionEntry { time: clock.at(i.time_ns), what, effect, cite: i.cite.to_string() }
        })
        .collect();
    InterventionsView { summary, entries }
}
