//! The system and what was recorded of it.

use crate::analyse::Analysis;
use crate::text::{Text, count};
use infra_report::Clock;
use infra_report::model::{Context, Fact};

pub(super) fn build(analysis: &Analysis<'_>, clock: &Clock) -> Context {
    let case = &analysis.case;
    let metadata = case.metadata;
    let mut facts = Vec::new();
    let mut fact = |label, value: Text| facts.push(Fact { label, value });
    if !metadata.scenario.name.is_empty() {
        let mut text = Text::untrusted(&metadata.scenario.name);
        if !metadata.world.is_empty() {
            text.say(" in world ").name(&metadata.world);
        }
        if !metadata.scenario.description.is_empty() {
            text.say(": ").name(&metadata.scenario.description);
        }
        fact("Scenario", text);
    }
    if !metadata.producer.is_empty() {
        fact("Recorded by", Text::untrusted(&metadata.producer));
    }
    if let Some((first, last)) = case.summary.time_range {
        let span = last.saturating_sub(first);
        fact(
            "Recorded time",
            Text::words(format!("{} to {} ({})", clock.at(first), clock.at(last), clock.span(span))),
        );
    }
    let rows: Vec<String> = case.summary.rows.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    fact("Rows by table", Text::words(if rows.is_empty() { "none".to_owned() } else { rows.join(", ") }));
    let unobserved = case.graph.unobserved();
    let mut services = Text::words(count(case.len(), "service", "services"));
    if !unobserved.is_empty() {
        services.say(format!(", {} of them named by dependencies only: ", unobserved.len()));
        services.names(unobserved.iter().map(|n| case.graph.name(*n)), 5);
    }
    fact("Services", services);
    let origins = case.graph.origins();
    let mut edges = Text::words(count(case.graph.edge_count(), "dependency", "dependencies"));
    if origins.inferred > 0 {
        edges.say(format!(
            ", {} declared, {} inferred from {} calls",
            origins.declared, origins.inferred, origins.evidence
        ));
    } else if origins.declared > 0 {
        edges.say(", declared");
    }
    let components = infra_graph::strongly_connected_components(&case.graph);
    if components.is_cyclic() {
        edges
            .say(format!("; {} of mutual dependency", count(components.cycles().count(), "cycle", "cycles")));
    }
    fact("Dependencies", edges);
    fact("Normal behaviour", normal(analysis, clock));
    if let Some(symptom) = &case.periods.symptom {
        let mut text = Text::untrusted(&symptom.service);
        for part in [&symptom.signal, &symptom.statistic].into_iter().flatten() {
            text.say(" ").name(part);
        }
        if let Some(time) = symptom.time_ns {
            text.say(format!(" at {}", clock.at(time)));
        }
        if case.find(&symptom.service).is_none() {
            text.say(" (the run has no such service; entry services are used instead)");
        }
        fact("Declared symptom", text);
    }
    if !case.summary.focus.others.is_empty() {
        let mut text = Text::new();
        text.names(case.summary.focus.others.iter().map(String::as_str), 6);
        fact("Other incidents of this run", text);
    }
    Context { facts }
}

fn normal(analysis: &Analysis<'_>, clock: &Clock) -> Text {
    let periods = &analysis.case.periods;
    if periods.normal.is_empty() {
        return Text::words("no normal time was recorded: only declared thresholds can show a deviation");
    }
    let mut text = Text::words(format!(
        "{}, {}; the incident is {}{}",
        count(periods.normal.len(), "window", "windows"),
        periods.normal_origin,
        count(periods.incident.len(), "window", "windows"),
        if periods.declared { "" } else { ", from the first trouble to the end of the last" }
    ));
    if let Some(later) = periods.later_ns {
        let at = clock.at(later);
        text.say(format!("; after a calm there is other trouble from {at} on, which is not part of it"));
    }
    text
}
