//! Built-in scenarios of every world, told from their logs: the verdict and the first suspect that
//! the truth beside the run names, and the world's own terms.

use infra_eventlog::truth::Truth;
use infra_ingest::summary::FocusOptions;
use infra_simulate::{Scenario, simulate_to};

use crate::{Told, tell};

/// The report and the truth of a built-in scenario.
fn story(world: &str, scenario: &str) -> (Told, Truth) {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run.parquet");
    simulate_to(&run, &Scenario::named(world, scenario).unwrap()).unwrap();
    let truth = std::fs::read_to_string(dir.path().join("run.truth.json")).unwrap();
    (tell(&run, &FocusOptions::default()), serde_json::from_str(&truth).unwrap())
}

/// The verdict and the first place are those of the truth.
fn told_right(world: &str, scenario: &str) -> Told {
    let (told, truth) = story(world, scenario);
    let verdict = truth.extra["verdict"].as_str().unwrap();
    assert_eq!(told.ranking.verdict.words(), verdict, "{world} {scenario}");
    if truth.root_causes.is_empty() {
        assert!(told.order().is_empty(), "{world} {scenario}: {:?}", told.first());
    } else {
        assert!(truth.root_causes.contains(&told.first()), "{world} {scenario}: {}", told.first());
    }
    told
}

fn says(told: &Told, facts: &[&str]) {
    for fact in facts {
        assert!(told.markdown.contains(fact), "missing: {fact}\n{}", told.markdown);
    }
}

#[test]
fn a_saturated_queue_collapses_and_its_report_names_break_point_and_catalyst() {
    let told = told_right("queue", "exp-003");
    says(
        &told,
        &[
            "In the terms of the `queue` world",
            "| Break-point | 50 ms, catalyst `QUEUE_DIVERGENCE`",
            "resolve to COLLAPSED",
        ],
    );
    insta::assert_snapshot!("exp-003", told.markdown);
}

#[test]
fn the_other_queues_are_told_right() {
    for scenario in ["exp-001", "exp-002", "retry-storm", "pool-exhaustion"] {
        told_right("queue", scenario);
    }
}

#[test]
fn an_outage_climbs_from_the_cache_and_its_report_tells_of_sla_and_engineer() {
    let told = told_right("systems", "cascading-outage");
    says(
        &told,
        &[
            "the SLA of 99.9 % missed by",
            "| Alerts and MTTR |",
            "| Misdiagnoses |",
            "`db-primary` (t=17) → `api-1` (t=20)",
        ],
    );
    insta::assert_snapshot!("cascading-outage", told.markdown);
}

#[test]
fn quiet_servers_have_no_incident() {
    told_right("systems", "calm");
}

#[test]
fn a_fault_climbs_a_mesh_and_its_report_tells_minutes_budget_and_decoys() {
    let told = told_right("mesh", "connected");
    says(
        &told,
        &["| Bad customer minutes (BCM) |", "| Mitigation (MTTM) |", "| SLO budget |", "| Operations |"],
    );
    let hidden = told_right("mesh", "dual-fault");
    says(&hidden, &["| Live fault under recovery | `notification-service` recovers while"]);
    let looped = told_right("mesh", "metastable");
    says(&looped, &["| Metastable loop | fed itself from", "and relapsed"]);
    told_right("mesh", "reference");
}

#[test]
fn a_sector_out_of_reach_is_a_partition() {
    let told = told_right("coordination", "sector-outage");
    says(
        &told,
        &[
            "| Operational mode | `FULL` → `DEGRADED_LIGHT` at",
            "| Coverage |",
            "mesh availability 0.6667 (at least 0.999)",
        ],
    );
}

#[test]
fn a_cluster_that_contradicts_and_a_flood_of_messages_are_told_apart() {
    told_right("coordination", "rogue-cluster");
    let flood = told_right("coordination", "message-flood");
    says(&flood, &["| Circuit breakers |", "| Refused |", "`denial_of_service` 1 time"]);
}

#[test]
fn what_a_contradicting_coordinator_leaves_out_is_not_silent_in_the_report() {
    let told = told_right("coordination", "conflicting-coordinator");
    says(&told, &["| Silent loss |", "went on without the sectors of coordinators that contradicted"]);
}

#[test]
fn thirty_thousand_agents_at_rest_have_no_incident() {
    told_right("coordination", "reference");
}
