//! The log holds together: causes, recomputed modes, recounted failures, identities of operations.

use std::collections::BTreeMap;

use infra_eventlog::metadata::{EventRole, Visibility};
use infra_simulate::Scenario;
use infra_simulate::coordination::MeshMode;

use super::support::{Played, play, play_text};

fn named(name: &str) -> Played {
    play(&Scenario::named("coordination", name).unwrap())
}

#[test]
fn every_row_leads_to_an_exogenous_event() {
    for name in ["sector-outage", "rogue-cluster", "message-flood"] {
        let played = named(name);
        let mut events: BTreeMap<i64, (Option<i64>, i64)> = BTreeMap::new();
        let mut last = (0, -1);
        for row in &played.rows {
            assert!(row.time_us >= last.0 && row.event_id >= last.1, "{row:?}");
            last = (row.time_us, row.event_id);
            events.entry(row.event_id).or_insert((row.cause_id, row.time_us));
            if let Some(cause) = row.cause_id {
                let (_, before_us) = events[&cause];
                assert!(cause < row.event_id && before_us <= row.time_us, "{row:?}");
            }
            for ratio in ["availability", "error_rate", "conflict_rate", "coverage"] {
                assert!(row.signal(ratio).is_none_or(|x| (0.0..=1.0).contains(&x)), "{row:?}");
            }
        }
        // Event numbers have no gaps: each has a row of its own.
        assert_eq!(events.len() as i64, last.1 + 1);
    }
}

#[test]
fn modes_recompute_from_maps() {
    let played = named("sector-outage");
    let mut mode = "FULL".to_owned();
    let mut moves = Vec::new();
    for map in played.of("GLOBAL_MAP").filter(|row| row.service.is_none()) {
        let (active, agents) = (map.int("active") as u64, map.int("agents") as u64);
        let new = MeshMode::of(active, agents).name();
        assert_eq!(map.text("mode"), new);
        if new != mode {
            moves.push((map.event_id, mode, new.to_owned()));
            mode = new.to_owned();
        }
    }
    let told: Vec<_> = played
        .rows
        .iter()
        .filter(|row| row.event_type == "MODE" || row.event_type == "MODE_RECOVERY")
        .map(|row| (row.cause_id.unwrap(), row.text("old").to_owned(), row.text("new").to_owned()))
        .collect();
    assert_eq!(told, moves);
    assert_eq!(told.len(), 2);
}

#[test]
fn failures_recount_to_breakers() {
    let played = named("message-flood");
    let (mut clusters, mut sectors) = (BTreeMap::new(), BTreeMap::new());
    let mut trips = 0;
    for row in &played.rows {
        match row.event_type.as_str() {
            "FAILURE" => {
                let agent = row.int("agent");
                let (cluster, sector) = (agent / 30, agent / 300);
                *clusters.entry(cluster).or_insert(0) += 1;
                *sectors.entry(sector).or_insert(0) += 1;
                assert_eq!(row.int("cluster_failures"), clusters[&cluster]);
                assert_eq!(row.int("sector_failures"), sectors[&sector]);
            },
            "BREAKER_OPEN" if row.attributes["old"] == "CLOSED" => {
                let (count, limit) = match row.text("level") {
                    "cluster" => (clusters[&row.int("id")], 6),
                    _ => (sectors[&row.int("id")], 51),
                };
                assert_eq!((count, row.int("failures")), (limit, limit), "{row:?}");
                trips += 1;
            },
            "BREAKER_RECOVERY" if row.attributes["new"] == "CLOSED" => {
                let counts = if row.text("level") == "cluster" { &mut clusters } else { &mut sectors };
                counts.insert(row.int("id"), 0);
            },
            _ => {},
        }
    }
    assert!(trips > 50, "{trips}");
}

#[test]
fn operations_add_up_to_their_rows() {
    let played = named("rogue-cluster");
    let mut outcomes: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for row in played.of("TARGET_OUTCOME") {
        *outcomes.entry((row.int("op"), row.text("outcome").to_owned())).or_default() += 1;
    }
    for row in played.of("TARGETS_READY") {
        *outcomes.entry((row.int("op"), "ready".to_owned())).or_default() += row.int("count");
    }
    let ends: Vec<_> = played.of("OP_END").collect();
    assert_eq!(ends.len(), 29);
    for end in ends {
        let sum = |keys: &[&str]| keys.iter().map(|key| end.int(key)).sum::<i64>();
        assert_eq!(end.int("targets"), sum(&["unroutable", "skipped", "sent"]));
        assert_eq!(end.int("sent"), sum(&["ready", "conflicts", "late", "lost"]));
        for (outcome, key) in [
            ("skipped", "skipped"),
            ("conflict", "conflicts"),
            ("late", "late"),
            ("lost", "lost"),
            ("ready", "ready"),
        ] {
            let told = outcomes.get(&(end.int("op"), outcome.to_owned())).copied().unwrap_or(0);
            assert_eq!(told, end.int(key), "{outcome} of {end:?}");
        }
    }
}

#[test]
fn what_nobody_could_see_is_no_evidence() {
    let played = named("rogue-cluster");
    let metadata = played.run.metadata();
    let hidden: Vec<&str> = metadata
        .event_types
        .iter()
        .filter(|t| t.visibility == Visibility::Mechanism)
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(hidden, ["INJECT"]);
    assert_eq!(metadata.event_type("BREAKER_OPEN").role, EventRole::Alert);
    let json = serde_json::to_string(metadata).unwrap();
    assert!(!json.contains("compromise") && !json.contains("byzantine"), "{json}");
    let known = |name: &str| metadata.event_types.iter().any(|t| t.name == name);
    assert!(played.rows.iter().all(|row| known(&row.event_type)));
    assert_eq!(metadata.edges.len(), 110);
    // The status box at the end.
    let status = played.of("STATUS").last().unwrap();
    assert_eq!((status.int("total"), status.int("sectors"), status.text("mode")), (3000, 10, "FULL"));
    assert_eq!(played.of("KPI").count(), 6);
}

#[test]
fn an_empty_scenario_is_a_quiet_mesh() {
    let played = play_text("[population]\nagents = 100\n[run]\nduration_s = 30");
    assert_eq!(played.verdict(), "no incident");
    assert_eq!(played.truth.extra["heartbeats"], 601);
    assert_eq!(played.of("GLOBAL_MAP").filter(|row| row.service.is_none()).count(), 3);
    let clusters = played.of("CLUSTER_SUMMARY").filter(|row| row.service.is_some()).count();
    assert_eq!(clusters, 4 * 6);
}
