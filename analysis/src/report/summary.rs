//! The first screen: verdict, story, causes, blast radius, impact, confidence.

use infra_eventlog::metadata::EventRole;
use infra_graph::{NodeId, blast_radius};

use crate::analyse::Analysis;
use crate::detectors::Verdict;
use crate::ranking::confidence::Level;
use crate::ranking::paths::PropagationPath;
use crate::text::{Text, count, number};
use infra_report::Clock;
use infra_report::model::{Fact, Summary};

pub(super) fn build(analysis: &Analysis<'_>, clock: &Clock) -> Summary {
    Summary {
        verdict: analysis.verdict.words(),
        verdict_id: analysis.verdict,
        story: story(analysis, clock),
        facts: facts(analysis, clock),
    }
}

fn story(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Text> {
    let case = &analysis.case;
    if case.summary.rows.iter().all(|(_, n)| *n == 0) {
        return vec![Text::words(
            "The log holds no rows. There is nothing to analyse, and nothing was inferred.",
        )];
    }
    let Some(first) = analysis.suspects().next() else { return vec![quiet(analysis)] };
    let mut lines = vec![start(analysis, first, clock)];
    lines.extend(super::effects::precursors(analysis, first, clock));
    lines.push(spread(analysis, clock));
    lines.extend(controllers(analysis, clock));
    lines.extend(remedies(analysis, clock));
    lines
}

fn quiet(analysis: &Analysis<'_>) -> Text {
    let case = &analysis.case;
    let mut text = Text::words("No incident was found: ");
    if analysis.heads.is_empty() {
        text.say(if case.periods.has_incident() {
            "no signal that says how a service fares has data in both normal time and the incident."
        } else {
            "no service crossed a declared threshold, reached a critical status, or left its usual range for long."
        });
    } else {
        text.say(format!(
            "nothing deviates by more than {} scales where it would be noticed.",
            number(case.constants.entry_z)
        ));
    }
    text
}

fn start(analysis: &Analysis<'_>, first: usize, clock: &Clock) -> Text {
    let case = &analysis.case;
    let mut text = Text::words("It most probably started at ");
    text.name(case.name(first));
    if let Some(onset) = &analysis.onsets[first] {
        text.say(format!(", which left its band at {} ({})", clock.at(onset.time_ns), onset.head))
            .cite(&onset.cite);
    } else {
        text.say(", which has no sharp onset");
    }
    let alerts: Vec<_> = case
        .summary
        .happenings
        .rows()
        .iter()
        .filter(|h| h.observed && h.role == "alert" && h.source == case.name(first))
        .collect();
    for alert in alerts.iter().take(2) {
        text.say("; it raised ")
            .name(&alert.event_type)
            .say(format!(" {}, first at {}", times(alert.count), clock.at(alert.first_ns)))
            .cite(&crate::cite::Cite::row("events", alert.first_seq));
    }
    text.say(".");
    text
}

/// Where a path starts.
fn origin(path: &PropagationPath) -> Option<usize> {
    path.steps.first().map(|s| s.service)
}

fn times(n: i64) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn spread(analysis: &Analysis<'_>, clock: &Clock) -> Text {
    let case = &analysis.case;
    let affected = &analysis.impact.affected;
    let mut text = Text::new();
    match analysis.paths.iter().find(|p| p.confirmed).or_else(|| analysis.paths.first()) {
        Some(path) if affected.len() > 1 => {
            text.say(if path.confirmed {
                "It spread along a confirmed path: "
            } else {
                "It spread, as far as the graph tells: "
            });
            for (i, step) in path.steps.iter().enumerate() {
                if i > 0 {
                    text.say(" → ");
                }
                text.name(case.name(step.service));
                if let Some(onset) = step.onset_ns {
                    text.say(format!(" ({})", clock.at(onset)));
                }
            }
            let more = analysis
                .paths
                .iter()
                .filter(|p| p.confirmed == path.confirmed && origin(p) == origin(path))
                .count()
                - 1;
            if more > 0 {
                text.say(format!(", and along {}", count(more, "other", "others")));
            }
            text.say(format!(". {} left their band in all.", count(affected.len(), "service", "services")));
        },
        _ if affected.len() == 1 => {
            text.say(format!(
                "The failure is localized: 1 of {} left its band, and {}, so there was no contagion.",
                count(analysis.impact.observed, "observed service", "observed services"),
                match case.dependents(affected[0]).filter(|d| *d != affected[0]).count() {
                    0 => "no service depends on it",
                    _ => "no service that depends on it followed",
                }
            ));
        },
        _ if affected.is_empty() => {
            text.say("No service left its band for two consecutive observations.");
        },
        _ => {
            text.say(format!(
                "{} of {} left their band; no dependency joins them into a path.",
                count(affected.len(), "service", "services"),
                analysis.impact.observed
            ));
        },
    }
    text
}

/// Whether those who could have acted had a reason to.
fn controllers(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Text> {
    let case = &analysis.case;
    analysis
        .impact
        .system_peaks
        .iter()
        .map(|(k, peak, moment)| {
            let controller = &case.metadata.controllers[*k];
            let crossed = *peak > controller.threshold;
            let mut text = Text::untrusted(&controller.id);
            text.say(" acts when total ").name(&controller.signal).say(format!(
                " exceeds {}; the total peaked at {} at {}",
                number(controller.threshold),
                number(*peak),
                clock.at(moment.time_ns)
            ));
            text.cite_some(moment.cite.as_ref());
            text.say(if crossed {
                ": the threshold was crossed."
            } else {
                ": the threshold was not crossed."
            });
            text
        })
        .collect()
}

fn remedies(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Text> {
    let acted = &analysis.interventions;
    if acted.count == 0 {
        // Without events, silence says nothing.
        let recorded = analysis.case.metadata.event_types.iter().any(|t| t.role != EventRole::State);
        return if recorded {
            vec![Text::words("Nobody intervened: the log holds no remediation.")]
        } else {
            Vec::new()
        };
    }
    let mut text = Text::words(format!(
        "{} recorded",
        count(usize::try_from(acted.count).unwrap_or(0), "remediation is", "remediations are")
    ));
    if let (Some(latency), Some(first)) = (acted.latency_ns, acted.all.first()) {
        text.say(format!(", the first {} after the onset", clock.span(latency))).cite(&first.cite);
    }
    if let (Some((before, _)), Some((_, after))) =
        (acted.all.first().and_then(|i| i.stress), acted.all.last().and_then(|i| i.stress))
    {
        text.say(format!(
            "; total stress was {} before the first and is {} after the last",
            number(before),
            number(after)
        ));
    }
    text.say(".");
    vec![text]
}

fn facts(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Fact> {
    let case = &analysis.case;
    let mut facts = Vec::new();
    let suspects: Vec<usize> = analysis.suspects().take(3).collect();
    if let Some(first) = suspects.first() {
        let mut cause = Text::untrusted(case.name(*first));
        if suspects.len() > 1 && analysis.confidence.as_ref().is_some_and(|c| c.level == Level::Low) {
            cause.say(", or, nearly as well, ").names(suspects[1..].iter().map(|s| case.name(*s)), 2);
        }
        facts.push(Fact { label: "Most probable cause", value: cause });
        facts.push(Fact { label: "Blast radius", value: radius(analysis, *first) });
    }
    if let Some(onset) = &analysis.impact.onset {
        let mut when = Text::words(clock.at(onset.time_ns));
        when.cite_some(onset.cite.as_ref());
        facts.push(Fact { label: "Onset", value: when });
    }
    if analysis.impact.onset.is_some() && analysis.verdict != Verdict::NoIncident {
        let recovered = analysis.impact.recovered.as_ref();
        let end = if case.periods.declared { "the incident's window" } else { "the log" };
        let state = match (recovered, analysis.impact.mitigated.as_ref()) {
            (Some(r), _) => format!("recovered at {}", clock.at(r.time_ns)),
            (None, Some(m)) => format!("mitigated at {}, not all well when {end} ends", clock.at(m.time_ns)),
            (None, None) => format!("not over when {end} ends"),
        };
        facts.push(Fact { label: "State at the end", value: Text::words(state) });
    }
    if let Some(confidence) = &analysis.confidence {
        let level = confidence.level.words();
        facts.push(Fact {
            label: "Confidence in the first place",
            value: Text::words(format!(
                "{level}: {} of {} ensemble members agree",
                (confidence.agreement * confidence.members as f64).round(),
                confidence.members
            )),
        });
    }
    facts
}

/// Services with an onset, and of those the ones downstream of the cause.
fn radius(analysis: &Analysis<'_>, first: usize) -> Text {
    let id = NodeId::new(u32::try_from(first).unwrap_or(u32::MAX));
    let reach = blast_radius(&analysis.case.graph, id, |n| analysis.onsets[n.index()].is_some());
    let affected = analysis.impact.affected.len();
    let Ok(reach) = reach else { return Text::words(count(affected, "service", "services")) };
    let downstream = match reach.potential.len() {
        0 => "nothing depends on the cause".to_owned(),
        n => format!(
            "{} of the {n} that depend on the cause, directly or not, among them",
            reach.affected().count()
        ),
    };
    Text::words(format!("{} out of band; {downstream}", count(affected, "service", "services")))
}
