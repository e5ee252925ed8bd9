//! Every built-in scenario tells the story that its description gives.

use super::support::builtin;

#[test]
fn quiet_days_have_no_fault_and_no_incident() {
    let played = builtin("calm", &[]);
    assert_eq!(played.extra("verdict"), "no incident");
    assert!(played.truth.faults.is_empty() && played.truth.root_causes.is_empty());
    assert!(played.of("CHAOS_INJECT").is_empty());
}

#[test]
fn the_reference_is_six_servers_for_fifteen_rounds() {
    let played = builtin("reference", &[]);
    assert_eq!(played.run.metadata().services.len(), 6);
    assert_eq!(played.of("TRAFFIC_UPDATE").len(), 15);
    assert_eq!(played.of("SERVER_METRICS").len(), 90);
    assert_eq!(played.extra("server_rounds"), 90);
    assert!(played.truth.propagation.is_empty(), "no failure travels in the reference mode");
}

#[test]
fn a_junior_engineer_is_overwhelmed_and_misses_the_sla() {
    let played = builtin("extreme-junior", &[]);
    assert_eq!(played.extra("sla_met"), false);
    assert!(played.extra("misdiagnoses").as_u64() > Some(0));
    assert!(played.extra("overwhelmed_rounds").as_u64() > Some(0));
    assert_eq!(played.extra("verdict"), "several incidents");
}

#[test]
fn an_outage_of_the_cache_climbs_to_the_web_servers_and_is_mended() {
    let played = builtin("cascading-outage", &[]);
    assert_eq!(played.extra("verdict"), "cascade");
    assert_eq!(played.truth.root_causes, ["cache-1"]);
    let hops: Vec<_> = played.truth.propagation.iter().map(|h| (h.from.as_str(), h.to.as_str())).collect();
    assert_eq!(hops, [("cache-1", "api-1"), ("api-1", "web-1"), ("api-1", "web-2")]);
    // Twelve rounds of warm-up, then the fault.
    let injected: Vec<i64> = played.of("CHAOS_INJECT").iter().map(|row| row.round(&played.run)).collect();
    assert_eq!(injected, [16]);
    let last = played.of("TRAFFIC_UPDATE").len() as i64;
    let at_the_end = played.of("HEALTH_CHECK").into_iter().filter(|row| row.round(&played.run) == last);
    assert!(at_the_end.clone().count() == 6 && at_the_end.clone().all(|row| row.flag("up")));
}

#[test]
fn descriptions_are_those_of_the_scenarios() {
    for builtin in infra_simulate::builtins("systems") {
        let systems = infra_simulate::Scenario::named("systems", builtin.name).unwrap().systems().unwrap();
        assert_eq!(
            (systems.header.name.as_str(), systems.header.description.as_str()),
            (builtin.name, builtin.description)
        );
    }
}
