//! The run that a simulation writes, read back.

use std::fs;

use infra_eventlog::metadata::{EventRole, Observation, TimeUnit, Visibility};
use infra_simulate::{Scenario, SimulateError, simulate_to};
use serde_json::json;

use crate::support::{rows, toml, truth};

#[test]
fn the_reference_run_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let summary = simulate_to(&path, &Scenario::named("flood", "reference").unwrap()).unwrap();
    assert_eq!((summary.events, summary.rows, summary.end_ns), (5, 20, 2_000_000_000));
    assert_eq!(summary.outcome, "localized overload");
    assert!(summary.warnings.is_empty() && summary.notes.is_empty());

    let (run, rows) = rows(&path);
    let metadata = run.metadata();
    assert_eq!((metadata.world.as_str(), metadata.run_id.len()), ("flood", 16));
    assert_eq!(metadata.run_id, summary.run_id);
    assert_eq!((metadata.time.unit, metadata.time.tick_ns), (TimeUnit::Tick, 1_000_000_000));
    assert_eq!((metadata.observation, metadata.seed), (Observation::Snapshot, Some(0)));
    let services: Vec<_> =
        metadata.services.iter().map(|s| (s.id.as_str(), s.attributes["capacity"].clone())).collect();
    assert_eq!(services, [("transport", json!(5.0)), ("emergency", json!(3.0)), ("power", json!(4.0))]);
    let edges: Vec<_> = metadata.edges.iter().map(|e| (e.from.as_str(), e.to.as_str())).collect();
    assert_eq!(edges, [("emergency", "transport")]);
    let stress = metadata.signal("stress");
    assert_eq!((stress.baseline, stress.warning, stress.critical), (Some(0.0), Some(1.0 / 3.0), Some(1.0)));
    let role = |name: &str| (metadata.event_type(name).visibility, metadata.event_type(name).role);
    assert_eq!(role("SERVICE_OVERLOAD"), (Visibility::Observed, EventRole::Alert));
    assert_eq!(role("DEPENDENCY_IMPACT"), (Visibility::Mechanism, EventRole::State));

    let own: Vec<_> = rows.iter().filter(|row| row.service.is_none()).collect();
    let messages: Vec<&str> = own.iter().map(|row| row.message.as_deref().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "flood of intensity 1 hits transport, emergency",
            "flood of intensity 1 hits transport, emergency",
            "flood of intensity 1 hits transport, emergency",
            "citizen:1 demands 1 of every service",
            "overload reported by emergency: load 4 over capacity 3",
        ]
    );
    let causes: Vec<_> = own.iter().map(|row| (row.event_id, row.cause_id)).collect();
    assert_eq!(causes, [(0, None), (1, None), (2, None), (3, None), (4, Some(3))]);
    assert_eq!(
        own[0].attributes.as_deref(),
        Some(r#"{"affected_services":["transport","emergency"],"intensity":1.0}"#)
    );
    assert_eq!(own[4].attributes.as_deref(), Some(r#"{"delta_stress":0.3333333333333333}"#));
    assert!(own.iter().all(|row| row.signals == [None; 3] && row.status.is_none()));

    let last: Vec<_> = rows[17..]
        .iter()
        .map(|r| (r.service.as_deref().unwrap(), r.status.as_deref().unwrap(), r.signals.clone()))
        .collect();
    assert_eq!(
        last,
        [
            ("transport", "nominal", vec![Some(0.0), Some(4.700000000000001), Some(4.0)]),
            ("emergency", "overloaded", vec![Some(1.0 / 3.0), Some(2.6999999999999997), Some(4.0)]),
            ("power", "nominal", vec![Some(0.0), Some(4.0), Some(1.0)]),
        ]
    );
}

#[test]
fn the_reference_truth_names_floods_and_no_propagation() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    simulate_to(&path, &Scenario::named("flood", "reference").unwrap()).unwrap();
    let truth = truth(&path);
    assert_eq!(truth.run_id, rows(&path).0.metadata().run_id);
    let faults: Vec<_> =
        truth.faults.iter().map(|f| (f.service.as_str(), f.start_ns, f.end_ns, f.magnitude)).collect();
    let hit = |service| (service, 1_000_000_000, None, 1.0);
    assert_eq!(faults, [hit("transport"), hit("emergency")].repeat(3));
    assert_eq!(truth.root_causes, ["emergency"]);
    assert!(truth.propagation.is_empty());
    assert_eq!(truth.outcome, "localized overload");
    assert_eq!(truth.extra["overload_events"], json!({"emergency": 1}));
    assert_eq!(truth.extra["onset_ticks"], json!({"emergency": 2}));
    assert_eq!(truth.extra["system_stress_maximum"], json!(0.3333333333333333));
    assert_eq!(truth.extra["governance_latency_ticks"], json!(null));
    let again = Scenario::parse(&truth.scenario, infra_simulate::scenario::Format::Json, "truth").unwrap();
    assert_eq!(again.scenario_json().unwrap(), truth.scenario);
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["reference", "contagion", "late-policy"] {
        let write = |file: &str| {
            let path = dir.path().join(file);
            simulate_to(&path, &Scenario::named("flood", name).unwrap()).unwrap();
            (fs::read(&path).unwrap(), fs::read(infra_eventlog::truth::sidecar(&path)).unwrap())
        };
        assert_eq!(write("a.parquet"), write("b.parquet"), "{name}");
    }
}

#[test]
fn the_seed_changes_the_run_id_and_no_row() {
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, seed: &str| {
        let path = dir.path().join(file);
        let mut scenario = Scenario::named("flood", "contagion").unwrap();
        scenario.set("seed", seed).unwrap();
        simulate_to(&path, &scenario).unwrap();
        rows(&path)
    };
    let (one, two) = (write("a.parquet", "1"), write("b.parquet", "2"));
    assert_ne!(one.0.metadata().run_id, two.0.metadata().run_id);
    assert_eq!(one.1, two.1);
}

#[test]
fn every_row_leads_to_an_exogenous_event() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["reference", "contagion", "late-policy"] {
        let path = dir.path().join(name).with_extension("parquet");
        simulate_to(&path, &Scenario::named("flood", name).unwrap()).unwrap();
        let rows = rows(&path).1;
        let own: Vec<_> = rows.iter().filter(|row| row.service.is_none()).collect();
        for row in &rows {
            let mut event = own[usize::try_from(row.event_id).unwrap()];
            assert_eq!((event.event_id, event.cause_id), (row.event_id, row.cause_id));
            while let Some(cause) = event.cause_id {
                assert!(cause < event.event_id);
                let earlier = own[usize::try_from(cause).unwrap()];
                assert!(earlier.time_ns <= event.time_ns);
                event = earlier;
            }
            let exogenous = ["FLOOD_IMPACT", "NORMAL_DEMAND"];
            assert!(exogenous.contains(&event.event_type.as_str()), "{event:?}");
        }
    }
}

#[test]
fn agents_without_rows_show_in_attributes_when_they_change() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    simulate_to(&path, &Scenario::named("flood", "late-policy").unwrap()).unwrap();
    let rows = rows(&path).1;
    let first = |event_type: &str| rows.iter().find(|row| row.event_type == event_type).unwrap();
    // Decided at tick 12, five ticks before, and paid at once (switch D).
    let intent = first("POLICY_INTENT");
    assert_eq!(
        intent.attributes.as_deref(),
        Some(
            r#"{"agents":{"policy:council":{"pending":true,"resource":1.8}},"budget_release":0.2,"desired_delay":5}"#
        )
    );
    assert_eq!(
        intent.message.as_deref(),
        Some("policy:council prepares an intervention that releases 0.2 in 5 ticks")
    );
    assert_eq!(
        first("POLICY_INTERVENTION").message.as_deref(),
        Some("policy:council intervenes: 0.2 released to 10 active services, their load cut by 60 %")
    );
    let late = rows.iter().rfind(|r| r.event_type == "SERVICE_OVERLOAD" && r.message.is_some()).unwrap();
    assert_eq!(
        late.message.as_deref(),
        Some("overload reported by hospitals: load 4.391 is meanwhile within capacity 6")
    );
    assert_eq!(first("NORMAL_DEMAND").attributes.as_deref(), Some(r#"{"intensity":0.04}"#));
    assert!(
        first("DEPENDENCY_IMPACT").message.as_deref().unwrap().starts_with("overload of power adds load ")
    );
}

#[test]
fn inactive_services_are_down_and_strangers_have_no_faults() {
    let text = r#"
        until = 3
        [[agents]]
        kind = "service"
        id = "pump"
        capacity = 1.0
        initial_load = "none"
        is_active = false
        dependencies = ["dam"]
        [[schedule]]
        delay = 1
        event_type = "FLOOD_IMPACT"
        source = "environment:flood"
        payload = { intensity = 0.25, affected_services = ["ghost"] }
        [[schedule]]
        delay = 2
        event_type = "DRILL"
        source = "school"
        payload = { agents = 3 }
    "#;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let summary = simulate_to(&path, &toml(text).unwrap()).unwrap();
    assert_eq!(summary.warnings, ["schedule[0].payload (line 14): `ghost` is no agent"]);
    let (run, rows) = rows(&path);
    assert_eq!((rows[1].status.as_deref(), rows[1].signals[2]), (Some("down"), None));
    assert_eq!(rows[2].attributes.as_deref(), Some(r#"{"agents":3}"#));
    assert_eq!(run.metadata().edges[0].to, "dam");
    assert!(run.metadata().event_types.iter().any(|t| t.name == "DRILL"));
    assert!(truth(&path).faults.is_empty());
    assert_eq!(truth(&path).outcome, "no overload");
}

#[test]
fn a_failed_simulation_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let mut scenario = Scenario::named("flood", "reference").unwrap();
    scenario.set("agents.policy:central.intervention_delay", "0").unwrap();
    scenario.set("agents.power.initial_stress", "3").unwrap();
    let error = simulate_to(&path, &scenario).unwrap_err();
    assert!(matches!(error, SimulateError::Flood(_)) && !error.is_environment());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    fs::create_dir(&path).unwrap();
    let error = simulate_to(&path, &Scenario::named("flood", "reference").unwrap()).unwrap_err();
    assert!(error.is_environment(), "{error}");
}
