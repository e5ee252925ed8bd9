//! The documented modes D1 to D5, one by one.

use super::support::{Played, play};
use infra_simulate::PlayOptions;

/// One injection at round 5 into a system without other chaos.
fn injected(scenario: &str, server: &str, switches: &str) -> Played {
    let text = format!(
        "world = \"systems\"\nmode = \"coupled\"\nseed = 9\nrounds = 16\nchaos_level = \"none\"\n\
         sre_skill = \"absent\"\n[chaos_levels]\nnone = 0.0\n\
         [skills.absent]\ndiagnosis_accuracy = 1.0\nremediation_speed = 0.0\npanic_threshold = 99\n\
         [switches]\nsuccess_rates = true\n{switches}\n\
         [[schedule]]\nround = 5\nscenario = \"{scenario}\"\nserver = \"{server}\"\n"
    );
    play(&crate::support::toml(&text).unwrap(), &PlayOptions::default())
}

/// Rounds in which a server shows what is asked.
fn rounds(played: &Played, server: &str, shows: impl Fn(&super::support::Row) -> bool) -> Vec<i64> {
    let rows = played.of("SERVER_METRICS").into_iter().filter(|r| r.service.as_deref() == Some(server));
    rows.filter(|r| shows(r)).map(|r| r.round(&played.run)).collect()
}

#[test]
fn an_effect_holds_for_its_duration() {
    let played = injected("cpu_spike", "web-1", "durations = true");
    let busy = rounds(&played, "web-1", |r| r.signal("cpu") >= 0.9);
    assert!(busy.len() >= 2 && busy[0] == 5, "{busy:?}");
    assert!(busy.windows(2).all(|w| w[1] == w[0] + 1), "{busy:?}");
    assert_eq!(played.of("CHAOS_END").len(), 1);
}

#[test]
fn a_remedy_may_fail() {
    let played = injected("service_crash", "cache-1", "");
    let results = played.of("REMEDIATION_RESULT");
    assert!(!results.is_empty() && results.iter().all(|row| !row.flag("success")), "speed 0 never succeeds");
    assert_eq!(played.extra("incidents_resolved"), 0);
}

#[test]
fn an_isolated_server_is_silent_and_seen_to_be() {
    let played = injected("network_partition", "db-primary", "isolation = true");
    let shown = rounds(&played, "db-primary", |_| true);
    assert!(!shown.contains(&5) && !shown.contains(&6), "{shown:?}");
    let alerts = played.of("ALERT");
    let unreachable = alerts.iter().find(|r| r.text("metric") == "network").unwrap();
    assert_eq!(unreachable.signal("availability"), 0.0);
}

#[test]
fn failure_travels_to_dependents_with_the_share_of_failing_hosts() {
    let played = injected("service_crash", "api-1", "coupling = 1.0");
    let hops: Vec<_> = played.truth.propagation.iter().map(|h| (h.from.as_str(), h.to.as_str())).collect();
    for impact in played.of("DEPENDENCY_IMPACT") {
        let share = impact.attributes["share"].as_f64().unwrap();
        assert!(share > 0.0 && share <= 1.0);
    }
    // Which of its services crashed is drawn; if others need it, they suffer.
    assert_eq!(hops.is_empty(), played.of("DEPENDENCY_IMPACT").is_empty());
    let without = injected("service_crash", "api-1", "");
    assert!(without.truth.propagation.is_empty() && without.of("DEPENDENCY_IMPACT").is_empty());
}

#[test]
fn a_disk_alert_needs_its_switch() {
    let disk =
        |played: &Played| played.of("ALERT").iter().filter(|r| r.text("metric") == "disk_usage").count();
    assert!(disk(&injected("disk_full", "db-primary", "disk_alerts = true")) > 0);
    assert_eq!(disk(&injected("disk_full", "db-primary", "")), 0);
}
