//! The three built-in flood scenarios tell the stories that their specification gives them.

use infra_analysis::detectors::Verdict;
use infra_ingest::summary::FocusOptions;
use infra_simulate::{Scenario, simulate_to};

use crate::{Told, tell};

fn story(name: &str) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run.parquet");
    simulate_to(&run, &Scenario::named("flood", name).unwrap()).unwrap();
    tell(&run, &FocusOptions::default())
}

#[test]
fn reference_is_a_localized_overload_of_emergency() {
    let told = story("reference");
    assert_eq!(told.ranking.verdict, Verdict::LocalizedOverload);
    assert_eq!(told.first(), "emergency");
    assert!(told.ranking.paths.is_empty(), "nothing travelled");
    insta::assert_snapshot!("reference", told.markdown);
}

#[test]
fn contagion_is_a_cascade_from_power_with_a_confirmed_path() {
    let told = story("contagion");
    assert_eq!(told.ranking.verdict, Verdict::Cascade);
    assert_eq!(told.first(), "power");
    let path = &told.ranking.paths[0];
    assert!(path.confirmed);
    assert_eq!(path.services[0].plain(), "power");
    // The decoy: transport is flooded harder than anything else at t=6 and holds.
    assert_ne!(told.order()[0].0, "transport");
    insta::assert_snapshot!("contagion", told.markdown);
}

#[test]
fn late_policy_recovers_after_interventions() {
    let told = story("late-policy");
    assert_eq!(told.ranking.verdict, Verdict::Cascade);
    assert_eq!(told.first(), "power");
    for fact in [
        "7 remediations are recorded, the first 11 ticks after the onset",
        "recovered at t=82",
        "is 0 after the last",
    ] {
        assert!(told.markdown.contains(fact), "missing: {fact}");
    }
    insta::assert_snapshot!("late-policy", told.markdown);
}
