//! The built-in scenarios tell the stories that their texts promise.

use infra_eventlog::metadata::PeriodKind;
use infra_simulate::{PlayOptions, Scenario, builtins};

use super::support::{Played, Row, builtin, play};
use crate::support::toml;

fn verdict(played: &Played) -> &str {
    played.extra("verdict").as_str().unwrap()
}

impl Played {
    /// Rounds in which the runner finds the server in this state.
    fn rounds_in(&self, server: &str, status: &str) -> Vec<i64> {
        self.of("HEALTH_CHECK")
            .into_iter()
            .filter(|row| row.service.as_deref() == Some(server) && row.status.as_deref() == Some(status))
            .map(|row| row.round(&self.run))
            .collect()
    }

    /// (round, success) of an action on a server.
    fn tries(&self, action: &str, server: &str) -> Vec<(i64, bool)> {
        self.of("REMEDIATION_RESULT")
            .into_iter()
            .filter(|row| row.text("action") == action && row.service.as_deref() == Some(server))
            .map(|row| (row.round(&self.run), row.flag("success")))
            .collect()
    }
}

#[test]
fn builtins_are_listed_valid_and_described_alike() {
    let names: Vec<&str> = builtins("systems").iter().map(|builtin| builtin.name).collect();
    assert_eq!(
        names,
        ["reference", "extreme-junior", "cascading-outage", "unreachable", "slow-leak", "calm"]
    );
    for builtin in builtins("systems") {
        let named = Scenario::named("systems", builtin.name).unwrap();
        let scenario = named.systems().unwrap();
        assert_eq!(
            (scenario.header.name.as_str(), scenario.header.description.as_str()),
            (builtin.name, builtin.description)
        );
        assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
        // The canonical text is the same scenario, and its own canonical text.
        let again =
            Scenario::parse(&scenario.to_json(), infra_simulate::scenario::Format::Json, "x").unwrap();
        assert_eq!(again.systems().unwrap(), scenario);
        assert_eq!(again.scenario_json().unwrap(), scenario.to_json());
    }
}

#[test]
fn the_reference_is_the_specification_and_nothing_spreads() {
    let named = Scenario::named("systems", "reference").unwrap();
    let mut bare = toml("world = \"systems\"").unwrap().systems().unwrap();
    let scenario = named.systems().unwrap();
    bare.header = scenario.header.clone();
    assert_eq!(bare, scenario);

    let played = play(&named, &PlayOptions::default());
    assert_eq!(played.of("HEALTH_CHECK").len(), 90);
    assert_eq!(played.of("CHAOS_INJECT").len(), 12);
    assert_eq!(played.extra("availability_pct"), 100.0);
    assert_eq!(verdict(&played), "several incidents");
    assert!(played.truth.propagation.is_empty());
    assert!(played.run.metadata().periods.is_empty(), "chaos from the first round on");
    // A crash mended within its round, two busy processors, and a full disk that nobody alerts on.
    assert_eq!(played.truth.root_causes, ["cache-1", "api-1", "web-2", "db-primary"]);
}

#[test]
fn the_junior_is_overwhelmed_by_extreme_chaos() {
    let played = builtin("extreme-junior", &[]);
    let number = |key: &str| played.extra(key).as_f64().unwrap();
    assert!(number("availability_pct") < 80.0);
    assert!(number("overwhelmed_rounds") > 15.0 && number("misdiagnoses") > 20.0);
    assert!(number("failed_remediations") > 20.0 && number("alerts_still_open") > 10.0);
    assert_eq!((verdict(&played), played.truth.root_causes.len()), ("several incidents", 6));
}

/// Memory fills up, the database dies of it, what depends on it falls; it comes back when the
/// database does, and not before.
#[test]
fn the_outage_cascades_from_the_primary_database_and_ends() {
    let played = builtin("cascading-outage", &[]);
    let tick = played.run.metadata().time.tick_ns;
    assert_eq!(played.truth.root_causes, ["db-primary"]);
    assert_eq!(verdict(&played), "cascade");
    let faults: Vec<_> =
        played.truth.faults.iter().map(|fault| (fault.kind.as_str(), fault.start_ns / tick)).collect();
    assert_eq!(faults, [("memory_leak", 15), ("out_of_memory", 20)]);
    let hops: Vec<_> = played
        .truth
        .propagation
        .iter()
        .map(|hop| (hop.from.as_str(), hop.to.as_str(), hop.time_ns / tick))
        .collect();
    assert_eq!(hops, [("db-primary", "api-1", 20), ("api-1", "web-1", 20), ("api-1", "web-2", 20)]);

    // It was unwell before anything else was.
    assert_eq!(played.rounds_in("db-primary", "WARN"), [18, 19, 20]);
    assert_eq!(played.rounds_in("db-primary", "CRIT"), [21, 22, 23, 24, 25]);
    for dependent in ["api-1", "web-1", "web-2"] {
        assert_eq!(played.rounds_in(dependent, "CRIT"), [20, 21, 22, 23, 24, 25], "{dependent}");
    }
    for bystander in ["db-replica", "cache-1"] {
        assert_eq!(played.rounds_in(bystander, "OK").len(), 40, "{bystander}");
    }
    // The engineer failed to free memory in time, and restarted the database at last.
    assert_eq!(played.tries("clear_cache", "db-primary")[..2], [(17, false), (18, false)]);
    assert_eq!(played.tries("restart_service", "db-primary").last(), Some(&(25, true)));
    assert!(played.rows.iter().filter(|row| row.round(&played.run) > 26).all(|row| !row.is("ALERT")));

    let period = &played.run.metadata().periods[0];
    assert_eq!((period.kind, period.start_ns / tick, period.end_ns / tick), (PeriodKind::Normal, 1, 13));
    assert!(played.rows.iter().all(|row| !row.is("ALERT") || row.time_ns >= period.end_ns));
}

/// From the alert of a web server the causes lead over the API to the crash of the database.
#[test]
fn causes_lead_from_the_web_servers_to_the_database() {
    let played = builtin("cascading-outage", &[]);
    let web_alert = |row: &&Row| row.is("ALERT") && row.service.as_deref() == Some("web-1");
    let mut row = played.rows.iter().find(web_alert).unwrap();
    let mut path = vec![];
    loop {
        path.push((row.event_type.as_str(), row.service.as_deref().unwrap_or("")));
        let Some(cause) = row.cause_id else { break };
        row = played.rows.iter().find(|other| other.event_id == cause).unwrap();
    }
    assert_eq!(
        path,
        [
            ("ALERT", "web-1"),
            ("DEPENDENCY_IMPACT", "web-1"),
            ("DEPENDENCY_IMPACT", "api-1"),
            ("CHAOS_INJECT", "db-primary"),
        ]
    );
}

#[test]
fn an_unreachable_server_is_silent_until_a_failover_works() {
    let played = builtin("unreachable", &[]);
    assert_eq!((verdict(&played), &played.truth.root_causes[..]), ("partition", &["api-1".to_owned()][..]));
    let down = played.rounds_in("api-1", "CRIT");
    assert_eq!(down, [17, 18, 19, 20]);
    let heard = |row: &&&Row| row.service.as_deref() == Some("api-1") && row.signals[0].is_some();
    let silent: Vec<i64> = (1..=40)
        .filter(|round| {
            let metrics = played.of("SERVER_METRICS");
            !metrics.iter().filter(heard).any(|row| row.round(&played.run) == *round)
        })
        .collect();
    assert_eq!(silent, [16, 17, 18, 19, 20]);
    let tries = played.tries("failover", "api-1");
    assert_eq!(tries, [(17, false), (18, false), (20, true)]);
    // Until the end it is down since it was cut off, the round of the failover included.
    let cut_off = Some(played.of("CHAOS_INJECT")[0].event_id);
    let checks = played.of("HEALTH_CHECK").into_iter().filter(|row| !row.flag("up"));
    assert!(checks.map(|row| row.cause_id).eq([cut_off; 4]));
    assert_eq!(played.tries("rollback", "api-1"), [(16, false)], "it obeys nothing else");
}

#[test]
fn a_slow_leak_ends_when_the_cache_is_cleared() {
    let played = builtin("slow-leak", &[]);
    assert_eq!(
        (verdict(&played), &played.truth.root_causes[..]),
        ("resource exhaustion", &["cache-1".to_owned()][..])
    );
    let memory = |round: i64| {
        let row = played
            .of("SERVER_METRICS")
            .into_iter()
            .find(|row| row.service.as_deref() == Some("cache-1") && row.round(&played.run) == round);
        row.unwrap().signal("memory")
    };
    assert!((13..=20).all(|round| memory(round) > memory(round - 1) + 0.02));
    assert!(memory(22) > 0.95 && memory(26) < 0.8, "{} {}", memory(22), memory(26));
    assert_eq!(played.rounds_in("cache-1", "WARN"), [21, 22, 23, 24, 25]);
    assert_eq!(played.extra("alerts_still_open"), 0);
}

#[test]
fn nothing_happens_on_quiet_days() {
    let played = builtin("calm", &[]);
    assert_eq!(played.summary.outcome, "availability 100.00 %, SLA of 99.9 % met");
    assert_eq!(verdict(&played), "no incident");
    assert!(played.truth.faults.is_empty() && played.truth.root_causes.is_empty());
    let types = ["TRAFFIC_UPDATE", "SERVER_METRICS", "HEALTH_CHECK", "SLA_REPORT"];
    assert!(played.rows.iter().all(|row| types.contains(&row.event_type.as_str())));
}

/// Nothing is injected, and yet memory fills up: in long runs drift is an incident of its own.
#[test]
fn days_that_go_on_too_long_are_not_quiet() {
    let played = builtin("calm", &[("rounds", "150"), ("alert_thresholds.memory_usage.warning", "100.0")]);
    assert!(played.truth.faults.is_empty());
    let first = played
        .of("HEALTH_CHECK")
        .into_iter()
        .find(|row| row.status.as_deref() != Some("OK"))
        .and_then(|row| row.service.clone());
    assert_eq!(Some(&played.truth.root_causes[0]), first.as_ref());
    assert_ne!(verdict(&played), "no incident");
}
