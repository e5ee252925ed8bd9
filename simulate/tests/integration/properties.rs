//! Whatever a scenario says: no panic, and the invariants of the world hold.

use infra_simulate::flood::{Recorder, run_flood};
use infra_simulate::scenario::Format;
use infra_simulate::{Scenario, builtin};
use proptest::prelude::*;
use serde_json::{Value, json};

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "d", "e", "x.y"]).prop_map(str::to_owned)
}

fn agent(id: String) -> impl Strategy<Value = Value> {
    let service = (
        0.5..8.0,
        prop::collection::vec(self::id(), 0..3),
        0.1..2.0,
        0.0..1.0,
        prop::option::of(0.0..5.0),
        any::<bool>(),
    )
        .prop_map(
            |(capacity, dependencies, overload_threshold, stress_increment, initial_load, is_active)| {
                json!({"kind": "service", "capacity": capacity, "dependencies": dependencies,
                "overload_threshold": overload_threshold, "stress_increment": stress_increment,
                "initial_load": initial_load, "is_active": is_active})
            },
        );
    let citizen = (0.0..2.0, 0.0..2.0).prop_map(
        |(demand, panic)| json!({"kind": "citizen", "demand_profile": demand, "panic_threshold": panic}),
    );
    let policy = (0_i64..4, 0.0..1.0, 0.0..2.0).prop_map(|(delay, budget, threshold)| {
        json!({"kind": "policy", "intervention_delay": delay, "budget": budget, "stress_threshold": threshold})
    });
    prop_oneof![3 => service, 1 => citizen, 1 => policy].prop_map(move |mut agent| {
        agent["id"] = id.clone().into();
        agent
    })
}

fn entry() -> impl Strategy<Value = Value> {
    let action = prop_oneof![
        (0.0..4.0, prop::collection::vec(id(), 0..4))
            .prop_map(|(x, ids)| ("FLOOD_IMPACT", json!({"intensity": x, "affected_services": ids}))),
        (0.0..2.0).prop_map(|x| ("NORMAL_DEMAND", json!({"intensity": x}))),
        (0.0..2.0).prop_map(|x| ("DEMAND_SPIKE", json!({"intensity": x}))),
        (0.0..1.0).prop_map(|x| ("SERVICE_OVERLOAD", json!({"delta_stress": x}))),
        (0_i64..3, 0.0..1.0)
            .prop_map(|(d, x)| ("POLICY_INTENT", json!({"desired_delay": d, "budget_release": x}))),
        (0.0..1.0).prop_map(|x| ("POLICY_INTERVENTION", json!({"budget_release": x}))),
        (id(), 0.0..2.0).prop_map(|(t, x)| ("DEPENDENCY_IMPACT", json!({"target": t, "intensity": x}))),
        Just(("DRILL", json!({"any": [1, null]}))),
    ];
    (0_i64..12, 0_u64..4, 0_i64..3, id(), action).prop_map(
        |(delay, repeat, spacing, source, (event_type, payload))| {
            json!({"delay": delay, "repeat": repeat, "spacing": spacing, "source": source,
            "event_type": event_type, "payload": payload})
        },
    )
}

fn scenario() -> impl Strategy<Value = Value> {
    let agents = prop::sample::subsequence(vec!["a", "b", "c", "d", "x.y"], 0..=5)
        .prop_flat_map(|ids| ids.into_iter().map(|id| agent(id.to_owned())).collect::<Vec<_>>());
    let switches = (0_i64..3, any::<bool>(), any::<bool>(), any::<bool>(), 0.0..=1.0, 0.0..2.0).prop_map(
        |(a, b, c, d, e, f)| {
            json!({"citizen_demand_delay": a, "effective_capacity": b, "single_delay": c,
                "spend_budget": d, "relief": e, "coupling": f})
        },
    );
    (agents, switches, any::<bool>(), -1_i64..25, prop::collection::vec(entry(), 0..6)).prop_map(
        |(agents, switches, coupled, until, schedule)| {
            let mut scenario =
                json!({"agents": agents, "until": until, "schedule": schedule, "name": "random"});
            if coupled {
                scenario["mode"] = "coupled".into();
                scenario["switches"] = switches;
            }
            scenario
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_scenarios_keep_the_invariants(scenario in scenario()) {
        let parsed = Scenario::parse(&scenario.to_string(), Format::Json, "random").unwrap();
        let canonical = parsed.scenario_json().unwrap();
        let again = Scenario::parse(&canonical, Format::Json, "again").unwrap();
        prop_assert_eq!(again.scenario_json().unwrap(), canonical);

        let mut flood = parsed.flood().unwrap();
        flood.limits.events = 3_000;
        let mut recorder = Recorder::default();
        // Errors (a livelock, a wrong source) are told; what was seen until then still holds.
        let outcome = run_flood(&flood, &mut recorder);
        prop_assert!(recorder.trace.is_sorted_by_key(|row| row.time));
        prop_assert!(recorder.trace.iter().all(|row| row.stress_level >= 0.0));
        if let Ok(outcome) = outcome {
            let beyond = recorder.trace.iter().filter(|row| row.time > flood.until).map(|row| row.seq);
            prop_assert!(beyond.collect::<std::collections::BTreeSet<_>>().len() <= 1);
            prop_assert!(outcome.left_over.iter().all(|left| left.tick >= outcome.time));
        }
    }

    #[test]
    fn no_text_makes_a_panic(text in "\\PC{0,200}", json in any::<bool>()) {
        let format = if json { Format::Json } else { Format::Toml };
        let _ = Scenario::parse(&text, format, "random");
    }

    #[test]
    fn no_mutation_of_a_valid_scenario_makes_a_panic(
        at in 0.0..1.0_f64,
        length in 0_usize..12,
        insert in r#"[\[\]{}"=,.\n a-z0-9-]{0,6}"#,
        json in any::<bool>(),
    ) {
        let toml = builtin("flood", "reference").unwrap();
        let (mut text, format) = if json {
            (Scenario::parse(toml, Format::Toml, "t").unwrap().scenario_json().unwrap(), Format::Json)
        } else {
            (toml.to_owned(), Format::Toml)
        };
        let start = (at * text.len() as f64) as usize;
        let end = (start + length).min(text.len());
        text.replace_range(start..end, &insert);
        if let Ok(scenario) = Scenario::parse(&text, format, "mutated")
            && let Ok(mut flood) = scenario.flood()
        {
            flood.limits.events = 2_000;
            let _ = run_flood(&flood, &mut Recorder::default());
        }
    }

    #[test]
    fn no_override_makes_a_panic(path in r"[a-z.0-9:]{0,30}|agents\.[a-z0-9:]{0,9}\.[a-z_]{0,9}|schedule\.[0-9]\.[a-z.]{0,12}", value in "\\PC{0,12}") {
        let mut scenario = Scenario::named("flood", "reference").unwrap();
        let _ = scenario.set(&path, &value);
        let _ = scenario.scenario_json();
    }
}
