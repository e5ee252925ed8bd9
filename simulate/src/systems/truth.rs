//! The ground truth of a run.

use std::collections::BTreeSet;

use infra_eventlog::truth::{Fault, Hop, Truth};
use serde_json::Value;

use super::story::{Injection, Story};
use super::tally::Tally;
use super::verdict::{Exhausted, verdict};
use super::{Effect, SystemsScenario};

/// Words a story as the sidecar of run `run_id`; `json` is the scenario's canonical text.
pub(crate) fn truth(
    run_id: &str,
    scenario: &SystemsScenario,
    json: &str,
    (tally, story, exhausted): (&Tally, &Story, &Exhausted),
) -> Truth {
    let name = |server: usize| scenario.servers[server].name.clone();
    let chaos = |number: usize| &scenario.chaos_scenarios[number];
    let ns = |round: u64| i64::try_from(round).unwrap_or(i64::MAX).saturating_mul(scenario.header.tick_ns);
    let fault = |injection: &Injection| Fault {
        service: name(injection.server),
        kind: chaos(injection.scenario).name.clone(),
        start_ns: ns(injection.round),
        end_ns: injection.over.map(ns),
        magnitude: magnitude(&chaos(injection.scenario).effect),
    };
    let mattered = || story.injections.iter().filter(|injection| injection.mattered);
    let mut seen = BTreeSet::new();
    let began = mattered().map(|injection| injection.server).chain(story.drifted.iter().copied());
    let root_causes = began.filter(|server| seen.insert(*server)).map(name);
    let mut extra: Vec<(&str, Value)> = tally.results(scenario.sla_target, |i| chaos(i).name.clone());
    extra.push(("verdict", verdict(scenario, story, exhausted).into()));
    extra.push(("injections_that_mattered", mattered().count().into()));
    Truth {
        run_id: run_id.to_owned(),
        faults: story.injections.iter().map(fault).collect(),
        root_causes: root_causes.collect(),
        propagation: story
            .spreads
            .iter()
            .map(|spread| Hop {
                from: name(spread.from),
                to: name(spread.to),
                time_ns: ns(spread.round),
                contribution: spread.contribution,
            })
            .collect(),
        outcome: outcome(tally, scenario.sla_target),
        scenario: json.to_owned(),
        extra: extra.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

fn outcome(tally: &Tally, target: f64) -> String {
    let availability = tally.availability();
    let sla = if availability >= target { "met" } else { "missed" };
    format!("availability {availability:.2} %, SLA of {target} % {sla}")
}

/// The effect's first number in the order of its keys; 1 for what has no size.
fn magnitude(effect: &Effect) -> f64 {
    effect
        .cpu_usage
        .or(effect.memory_growth)
        .or(effect.disk_usage)
        .or(effect.traffic_multiplier)
        .or(effect.db_latency_multiplier)
        .or_else(|| effect.changes.first().map(|change| change.value))
        .unwrap_or(1.0)
}
