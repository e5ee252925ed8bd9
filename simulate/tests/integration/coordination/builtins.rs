//! The built-in scenarios tell the stories that their texts promise.

use infra_simulate::{Scenario, builtins};

use super::support::{Played, play};

fn named(name: &str) -> Played {
    play(&Scenario::named("coordination", name).unwrap())
}

#[test]
fn descriptions_are_those_of_the_scenarios() {
    let all = builtins("coordination");
    assert_eq!(all.len(), 5);
    for builtin in all {
        let scenario = Scenario::named("coordination", builtin.name).unwrap();
        let coordination = scenario.coordination().unwrap();
        assert_eq!(
            (coordination.header.name.as_str(), coordination.header.description.as_str()),
            (builtin.name, builtin.description)
        );
        let again = Scenario::parse(&coordination.to_json(), infra_simulate::scenario::Format::Json, "again")
            .unwrap();
        assert_eq!(again.coordination().unwrap(), coordination);
        assert_eq!(again.scenario_json().unwrap(), scenario.scenario_json().unwrap());
    }
}

#[test]
fn the_reference_has_no_incident() {
    let played = named("reference");
    assert_eq!(played.verdict(), "no incident");
    assert!(played.truth.faults.is_empty() && played.truth.root_causes.is_empty());
    assert!(played.truth.propagation.is_empty());
    assert_eq!(played.of("OP_END").filter(|row| row.attributes["phase"] == "cascade").count(), 3);
    assert_eq!(played.of("MODE").count(), 0);
    assert_eq!(played.run.metadata().services.len(), 1101);
}

#[test]
fn a_sector_out_of_reach_degrades_the_mesh_until_it_is_back() {
    let played = named("sector-outage");
    assert_eq!(played.verdict(), "partition");
    assert_eq!(played.truth.root_causes, ["SECTOR7"]);
    let modes: Vec<&str> = played.of("MODE").map(|row| row.text("new")).collect();
    let back: Vec<&str> = played.of("MODE_RECOVERY").map(|row| row.text("new")).collect();
    assert_eq!((modes, back), (vec!["DEGRADED_LIGHT"], vec!["FULL"]));
    let hops: Vec<_> = played.truth.propagation.iter().map(|h| (h.from.as_str(), h.to.as_str())).collect();
    assert!(hops.contains(&("SECTOR7", "orchestrator")), "{hops:?}");
    assert!(hops.contains(&("SECTOR7-CLUSTER1", "SECTOR7")), "{hops:?}");
    assert_eq!(hops.len(), 11);
}

#[test]
fn a_compromised_cluster_is_isolated() {
    let played = named("rogue-cluster");
    assert_eq!(played.verdict(), "coordination breakdown");
    assert_eq!(played.truth.root_causes, ["SECTOR5-CLUSTER3"]);
    let threats: Vec<(&str, &str)> = played
        .of("THREAT_DETECTED")
        .map(|row| (row.text("threat"), row.service.as_deref().unwrap()))
        .collect();
    assert!(threats.contains(&("cluster_compromise", "SECTOR5-CLUSTER3")), "{threats:?}");
    assert!(threats.iter().all(|(_, service)| *service == "SECTOR5-CLUSTER3"));
    let isolated = played.rows.iter().rfind(|r| r.status.as_deref() == Some("ISOLATED")).unwrap();
    assert_eq!(isolated.service.as_deref(), Some("SECTOR5-CLUSTER3"));
}

#[test]
fn waves_succeed_and_leave_out_a_sector() {
    let played = named("conflicting-coordinator");
    assert_eq!(played.verdict(), "coordination breakdown");
    assert_eq!(played.truth.root_causes, ["SECTOR38"]);
    let waves: Vec<_> = played.of("OP_END").filter(|row| row.attributes["phase"] == "cascade").collect();
    assert_eq!(waves.len(), 19);
    assert!(waves.iter().filter(|row| row.text("result") == "SUCCESS").count() >= 16);
    let of_sector = played.of("GLOBAL_MAP").filter(|row| row.service.as_deref() == Some("SECTOR38"));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for row in of_sector {
        let side = if row.time_us <= 150_000_000 { &mut before } else { &mut after };
        side.extend(row.signal("coverage"));
    }
    assert!(before.len() >= 5 && before.iter().all(|coverage| *coverage > 0.9), "{before:?}");
    assert!(after.len() >= 8 && after.iter().all(|coverage| *coverage == 0.0), "{after:?}");
    let hops: Vec<_> = played.truth.propagation.iter().map(|h| (h.from.as_str(), h.to.as_str())).collect();
    assert!(hops.contains(&("SECTOR38", "orchestrator")), "{hops:?}");
}

#[test]
fn a_flood_of_messages_trips_breakers_and_background_work_is_refused() {
    let played = named("message-flood");
    assert_eq!(played.verdict(), "congestion collapse");
    assert_eq!(played.truth.root_causes, ["orchestrator"]);
    assert!(played.of("OP_REFUSED").all(|row| row.text("reason") == "message flood"));
    assert!(played.of("OP_REFUSED").count() >= 3);
    assert!(played.of("BREAKER_OPEN").any(|row| row.text("level") == "sector"));
    let last = played.of("OP_END").last().unwrap();
    assert_eq!(last.text("quorum"), "PROCEED");
}
