//! The built-in scenarios tell the stories that their texts promise.

use std::collections::BTreeMap;

use infra_eventlog::truth::Truth;
use infra_simulate::flood::{FloodOutcome, FloodScenario, Recorder, Role, Story, TraceRow, run_flood};
use infra_simulate::{Scenario, builtins, simulate_to, worlds};

use crate::support::truth;

struct Played {
    scenario: FloodScenario,
    recorder: Recorder,
    story: Story,
    outcome: FloodOutcome,
    truth: Truth,
}

fn play(name: &str) -> Played {
    let named = Scenario::named("flood", name).unwrap();
    let scenario = named.flood().unwrap();
    let mut observers = (Recorder::default(), Story::default());
    let outcome = run_flood(&scenario, &mut observers).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    simulate_to(&path, &named).unwrap();
    let (recorder, story) = observers;
    Played { scenario, recorder, story, outcome, truth: truth(&path) }
}

impl Played {
    /// First overload report of each service, in ticks.
    fn first_reports(&self) -> BTreeMap<&str, i64> {
        let mut first = BTreeMap::new();
        for row in self.recorder.trace.iter().filter(|row| row.event_type == "SERVICE_OVERLOAD") {
            first.entry(row.source.as_str()).or_insert(row.time);
        }
        first
    }

    fn dependencies(&self, id: &str) -> &[String] {
        let agent = self.scenario.agents.iter().find(|agent| agent.id == id).unwrap();
        match &agent.role {
            Role::Service(service) => &service.dependencies,
            _ => &[],
        }
    }

    fn is_overloaded(&self, row: &TraceRow) -> bool {
        self.scenario.agents.iter().any(|agent| {
            agent.id == row.agent_id
                && matches!(&agent.role, Role::Service(service) if row.load.unwrap_or(0.0) > service.capacity)
        })
    }

    /// The root fails first; every other failing service depends on one that failed before.
    #[track_caller]
    fn check_order(&self) {
        let first = self.first_reports();
        let root = self.truth.root_causes[0].as_str();
        assert_eq!(self.truth.root_causes.len(), 1);
        for (id, tick) in &first {
            if *id == root {
                assert!(first.values().all(|other| other >= tick));
                continue;
            }
            let upstream = self.dependencies(id).iter().filter_map(|d| first.get(d.as_str()));
            assert!(upstream.min().is_some_and(|earlier| earlier < tick), "{id} at {tick}: {first:?}");
            assert!(self.truth.propagation.iter().any(|hop| hop.to == *id), "nothing explains {id}");
        }
    }
}

#[test]
fn all_builtins_are_listed_and_valid() {
    let names: Vec<&str> = worlds().map(|w| w.name).collect();
    assert_eq!(names, ["flood", "queue", "systems", "mesh", "coordination"]);
    assert!(builtins("nowhere").is_empty());
    for builtin in builtins("flood") {
        let flood = Scenario::named("flood", builtin.name).unwrap().flood().unwrap();
        assert_eq!(
            (flood.header.name.as_str(), flood.header.description.as_str()),
            (builtin.name, builtin.description)
        );
        assert!(flood.warnings.is_empty(), "{:?}", flood.warnings);
    }
}

#[test]
fn contagion_spreads_from_power_over_three_hops() {
    let played = play("contagion");
    assert_eq!((played.outcome.events, played.recorder.metrics.len()), (115, 1150));
    played.check_order();
    let order: Vec<(&str, i64)> = {
        let mut order: Vec<_> = played.first_reports().into_iter().collect();
        order.sort_by_key(|(id, tick)| (*tick, *id));
        order
    };
    assert_eq!(
        order,
        [
            ("power", 11),
            ("telecom", 14),
            ("water", 15),
            ("emergency", 19),
            ("hospitals", 19),
            ("sewage", 19),
            ("shelters", 25),
        ]
    );
    let hops: Vec<_> =
        played.truth.propagation.iter().map(|hop| (hop.from.as_str(), hop.to.as_str())).collect();
    assert_eq!(
        hops,
        [
            ("power", "telecom"),
            ("power", "water"),
            ("telecom", "emergency"),
            ("water", "sewage"),
            ("water", "hospitals"),
            ("hospitals", "shelters"),
        ]
    );
    assert_eq!(played.truth.outcome, "systemic overload");
    // The roads are hit first, and hold.
    assert_eq!(played.truth.faults[0].service, "transport");
    assert!(!played.first_reports().contains_key("transport"));
}

#[test]
fn contagion_has_a_quiet_baseline_and_an_idle_council() {
    let played = play("contagion");
    let quiet = played.recorder.trace.iter().filter(|row| row.time <= 9);
    assert!(quiet.clone().all(|row| row.stress_level == 0.0 && !played.is_overloaded(row)));
    assert!(quiet.map(|row| row.seq).max() >= Some(18));
    // Decided at 14, acts at 34, when nothing is left to fail.
    assert_eq!((played.story.threshold_crossed, played.story.governance_latency()), (Some(13), Some(21)));
    assert!(played.story.interventions[0] > 25);
    assert!(played.outcome.beyond_horizon);
}

#[test]
fn the_late_policy_brings_the_city_back() {
    let played = play("late-policy");
    played.check_order();
    assert!(!played.truth.propagation.is_empty());
    assert_eq!(played.story.interventions, [22, 32, 42, 52, 62, 72, 82]);
    assert_eq!(played.story.governance_latency(), Some(11));
    assert_eq!(played.truth.extra["governance_latency_ticks"], 11);
    let end = played.recorder.trace.iter().rev().take(played.scenario.agents.len());
    for row in end {
        assert!(row.stress_level == 0.0 && !played.is_overloaded(row), "{row:?}");
    }
    let worst = played.story.system_stress_maximum;
    assert!(worst > 5.0 && played.outcome.system_stress == 0.0, "{worst}");
    // Seven interventions of 0.2 from a budget of 2.
    let council = played.outcome.agents.last().unwrap();
    assert!((council.resource - 0.6).abs() < 1e-12, "{}", council.resource);
    assert!(!played.outcome.beyond_horizon && played.outcome.left_over.is_empty());
}
