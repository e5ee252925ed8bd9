//! The ground truth of a flood run.

use infra_eventlog::truth::{Fault, Hop, Truth};
use serde_json::{Value, json};

use super::observer::FloodOutcome;
use super::scenario::{FloodScenario, Role};
use super::story::{Outcome, Story};

/// Words a story as the sidecar of run `run_id`; `json` is the scenario's canonical text.
pub(crate) fn truth(
    run_id: &str,
    scenario: &FloodScenario,
    json: &str,
    story: &Story,
    outcome: &FloodOutcome,
) -> Truth {
    let ns = |tick: i64| tick.saturating_mul(scenario.header.tick_ns);
    let faults = story.hits.iter().map(|hit| Fault {
        service: hit.service.clone(),
        kind: "flood_impact".to_owned(),
        start_ns: ns(hit.tick),
        // Nothing takes the load of a flood away again.
        end_ns: None,
        magnitude: hit.intensity,
    });
    let propagation = story.propagation.iter().map(|spread| Hop {
        from: spread.from.clone(),
        to: spread.to.clone(),
        time_ns: ns(spread.tick),
        contribution: spread.load,
    });
    let extra: [(&str, Value); 12] = [
        ("verdict", json!(verdict(story.outcome.unwrap_or(Outcome::None)))),
        ("overload_events", json!(story.overload_events)),
        ("onset_ticks", json!(story.onset)),
        ("system_stress_maximum", json!(story.system_stress_maximum)),
        ("system_stress_final", json!(outcome.system_stress)),
        ("affected_services", json!(affected_services(scenario, outcome))),
        ("threshold_crossed_tick", json!(story.threshold_crossed)),
        ("intervention_ticks", json!(story.interventions)),
        ("governance_latency_ticks", json!(story.governance_latency())),
        ("beyond_horizon", json!(outcome.beyond_horizon)),
        ("events_left_over", json!(outcome.left_over.len())),
        ("faults_not_listed", json!(story.hits_not_listed)),
    ];
    Truth {
        run_id: run_id.to_owned(),
        faults: faults.collect(),
        root_causes: story.root_causes.clone(),
        propagation: propagation.collect(),
        outcome: story.outcome.unwrap_or(Outcome::None).text().to_owned(),
        scenario: json.to_owned(),
        extra: extra.map(|(key, value)| (key.to_owned(), value)).into(),
    }
}

/// What a careful analyst would call an outcome.
const fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::None => "no incident",
        Outcome::Localized => "localized overload",
        Outcome::SeveralLocalized => "several incidents",
        Outcome::Systemic => "cascade",
    }
}

/// Services that are stressed at the end.
fn affected_services<'s>(scenario: &'s FloodScenario, outcome: &FloodOutcome) -> Vec<&'s str> {
    scenario
        .agents
        .iter()
        .zip(&outcome.agents)
        .filter(|(agent, state)| matches!(agent.role, Role::Service(_)) && state.stress > 0.0)
        .map(|(agent, _)| agent.id.as_str())
        .collect()
}
