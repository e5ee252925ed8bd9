//! The documented deviations D1 to D5 (section 13), one switch at a time.
//!
//! Most tests compare two runs with the same draws: an injection shifts no draw of its server,
//! except for the choice of the service that crashes.

use super::support::{Played, play};
use crate::support::toml;

/// No chaos but what is scripted.
const QUIET: &str = "chaos_levels.medium = 0.0\n";
/// An engineer who does nothing: no metric is alerted, and anything critical is too much.
const IDLE: &str = "sre_skill = \"idle\"\nskills.idle.panic_threshold = 0\n\
    alert_thresholds.cpu_usage = { warning = 1e9, critical = 1e9 }\n\
    alert_thresholds.memory_usage = { warning = 1e9, critical = 1e9 }\n\
    alert_thresholds.error_rate = { warning = 1e9, critical = 1e9 }\n\
    alert_thresholds.latency_p99 = { warning = 1e9, critical = 1e9 }\n\
    alert_thresholds.disk_usage = { warning = 1e9, critical = 1e9 }\n";
/// An engineer who never errs.
const ABLE: &str = "sre_skill = \"able\"\n\
    skills.able = { diagnosis_accuracy = 1.0, remediation_speed = 1.0, panic_threshold = 99 }\n";

/// A coupled run: switches, then (round, scenario, server).
fn scripted(engineer: &str, switches: &str, schedule: &[(u64, &str, &str)]) -> Played {
    let mut text = format!(
        "world = \"systems\"\nmode = \"coupled\"\nseed = 5\nrounds = 12\nswitches = {{ {switches} }}\n{QUIET}{engineer}"
    );
    for (round, scenario, server) in schedule {
        text += &format!("[[schedule]]\nround = {round}\nscenario = \"{scenario}\"\nserver = \"{server}\"\n");
    }
    play(&toml(&text).unwrap(), &Default::default())
}

/// A signal of a server by round, as first published.
fn by_round(played: &Played, server: &str, signal: &str) -> Vec<f64> {
    let rows = played.of("SERVER_METRICS").into_iter();
    rows.filter(|row| row.service.as_deref() == Some(server)).map(|row| row.signal(signal)).collect()
}

/// Values that differ in these rounds, by `change`, and in no other.
#[track_caller]
fn assert_changed(
    (with, without): (&[f64], &[f64]),
    rounds: std::ops::RangeInclusive<usize>,
    change: impl Fn(f64) -> f64,
    tolerance: f64,
) {
    assert_eq!(with.len(), without.len());
    for (i, (with, without)) in with.iter().zip(without).enumerate() {
        let expected = if rounds.contains(&(i + 1)) { change(*without) } else { *without };
        assert!((with - expected).abs() <= tolerance, "round {}: {with} {expected}", i + 1);
    }
}

#[test]
fn d1_multiplied_signals_last_as_long_as_their_scenario() {
    let played = scripted(
        IDLE,
        "durations = true",
        &[(3, "database_slowdown", "db-primary"), (5, "traffic_surge", "web-1")],
    );
    let quiet = scripted(IDLE, "durations = true", &[]);
    let both =
        |server: &str, signal: &str| (by_round(&played, server, signal), by_round(&quiet, server, signal));
    let (with, without) = both("db-primary", "latency_p99");
    // Latency is published in whole milliseconds.
    assert_changed((&with, &without), 3..=6, |latency| 5.0 * latency, 3e-3);
    let (with, without) = both("web-1", "load");
    assert_changed((&with, &without), 5..=7, |load| 10.0 * load, 0.0);
    // In the reference mode the next round overwrites both.
    let reference = scripted(
        IDLE,
        "coupling = 0.0",
        &[(3, "database_slowdown", "db-primary"), (5, "traffic_surge", "web-1")],
    );
    let (with, without) = (by_round(&reference, "web-1", "load"), by_round(&quiet, "web-1", "load"));
    assert_changed((&with, &without), 5..=5, |load| 10.0 * load, 0.0);
    assert!(reference.of("CHAOS_END").is_empty());
}

#[test]
fn d1_use_is_held_and_returns_and_memory_grows_every_round() {
    let schedule = [(3, "cpu_spike", "web-1"), (4, "disk_full", "web-2"), (2, "memory_leak", "api-1")];
    let played = scripted(IDLE, "durations = true", &schedule);
    let quiet = scripted(IDLE, "durations = true", &[]);
    let cpu = by_round(&played, "web-1", "cpu");
    assert!(cpu[2..5].iter().all(|cpu| *cpu >= 0.95) && cpu[5] < 0.5, "{cpu:?}");
    // It is what it was before the spike, and drifts from there.
    let before = by_round(&quiet, "web-1", "cpu")[2];
    assert!((cpu[5] - before).abs() <= 0.0511, "{} {before}", cpu[5]);
    let disk = by_round(&played, "web-2", "disk");
    assert!(disk[3..7].iter().all(|disk| *disk >= 0.98) && disk[7] < 0.6, "{disk:?}");
    let (with, without) = (by_round(&played, "api-1", "memory"), by_round(&quiet, "api-1", "memory"));
    let grown: Vec<i64> =
        with.iter().zip(&without).map(|(with, without)| ((with - without) * 100.0).round() as i64).collect();
    assert_eq!(grown, [0, 10, 20, 30, 40, 50, 50, 50, 50, 50, 50, 50], "it stays when the leak ends");
    let ends: Vec<_> =
        played.of("CHAOS_END").iter().map(|row| (row.round(&played.run), row.text("scenario"))).collect();
    assert_eq!(ends, [(6, "cpu_spike"), (7, "memory_leak"), (8, "disk_full")]);
    for end in played.of("CHAOS_END") {
        let cause = played.rows.iter().find(|row| Some(row.event_id) == end.cause_id).unwrap();
        assert_eq!((&cause.event_type[..], cause.text("scenario")), ("CHAOS_INJECT", end.text("scenario")));
    }
}

/// The second spike begins under the first: use returns to what it was before both.
#[test]
fn d1_overlapping_spikes_end_where_the_first_began() {
    for second in [4, 5] {
        let schedule = [(3, "cpu_spike", "web-1"), (second, "cpu_spike", "web-1")];
        let played = scripted(IDLE, "durations = true", &schedule);
        let cpu = by_round(&played, "web-1", "cpu");
        let last = usize::try_from(second).unwrap() + 2;
        assert!(cpu[2..last].iter().all(|cpu| *cpu >= 0.95), "{cpu:?}");
        assert!(cpu[last..].iter().all(|cpu| *cpu < 0.6), "{cpu:?}");
    }
}

#[test]
fn d1_crashes_and_partitions_end_and_a_remedy_may_end_them_before() {
    let schedule = [(3, "network_partition", "web-1"), (3, "service_crash", "api-1")];
    let down = |played: &Played| -> Vec<(i64, String)> {
        let rows = played.of("HEALTH_CHECK").into_iter().filter(|row| !row.flag("up"));
        rows.map(|row| (row.round(&played.run), row.service.clone().unwrap())).collect()
    };
    let played = scripted(IDLE, "durations = true", &schedule);
    // Chaos moves health in the next round: the crash of one round is over by then.
    assert_eq!(down(&played), [(4, "web-1".to_owned())]);
    assert_eq!(played.of("CHAOS_END").len(), 2);
    let times: Vec<_> =
        played.truth.faults.iter().map(|fault| fault.end_ns.unwrap() / 1_000_000_000).collect();
    assert_eq!(times, [5, 4]);

    let reference = scripted(IDLE, "coupling = 0.0", &schedule);
    assert_eq!(down(&reference).len(), 18, "for ever, in the reference mode");

    let mended = scripted(ABLE, "durations = true", &schedule);
    assert!(down(&mended).is_empty() && mended.of("CHAOS_END").is_empty(), "nothing is left to end");
    let ended = mended.truth.faults.iter().map(|fault| fault.end_ns.unwrap() / 1_000_000_000);
    assert_eq!(ended.collect::<Vec<_>>(), [4, 4]);
}

#[test]
fn d2_commands_succeed_at_their_rate() {
    let text = |speed: f64| {
        format!(
            "world = \"systems\"\nmode = \"coupled\"\nseed = 1\nrounds = 500\nchaos_level = \"extreme\"\n\
             switches = {{ success_rates = true, server_cooldowns = true }}\nsre_skill = \"able\"\n\
             skills.able = {{ diagnosis_accuracy = 1.0, remediation_speed = {speed:?}, panic_threshold = 99 }}\n"
        )
    };
    let share = |speed: f64, action: &str| {
        let played = play(&toml(&text(speed)).unwrap(), &Default::default());
        let results = played.of("REMEDIATION_RESULT");
        let successes = results.iter().filter(|row| row.flag("success")).count();
        assert_eq!(*played.extra("incidents_resolved"), successes);
        let tries: Vec<_> = results.iter().filter(|row| row.text("action") == action).collect();
        assert!(tries.len() > 60, "{}", tries.len());
        tries.iter().filter(|row| row.flag("success")).count() as f64 / tries.len() as f64
    };
    // clear_cache always applies, and its rate is 0.98.
    assert!((share(0.5, "clear_cache") - 0.49).abs() < 0.1);
    assert_eq!(share(0.0, "clear_cache"), 0.0);
    assert_eq!(share(2.0, "clear_cache"), 1.0);
}

#[test]
fn d3_full_disks_are_alerted_and_freed() {
    let schedule = [(3, "disk_full", "web-1")];
    let played = scripted(ABLE, "disk_alerts = true", &schedule);
    let alert = played.of("ALERT")[0];
    assert_eq!(
        (alert.text("metric"), alert.text("level"), alert.round(&played.run)),
        ("disk_usage", "critical", 3)
    );
    let diagnosis = played.of("DIAGNOSIS")[0];
    assert_eq!(diagnosis.text("action"), "clear_cache");
    let result = played.of("REMEDIATION_RESULT")[0];
    assert!((result.signal("disk") - 0.68).abs() < 1e-9 && result.flag("success"));
    assert_eq!(*played.extra("mttd_rounds"), 0.0);

    let reference = scripted(ABLE, "coupling = 0.0", &schedule);
    assert!(reference.of("ALERT").iter().all(|row| row.text("metric") != "disk_usage"));
    assert_eq!(*reference.extra("injections_undetected"), 1);
}

#[test]
fn d4_an_isolated_server_is_silent_and_obeys_only_failover() {
    let schedule = [(3, "cpu_spike", "web-1"), (3, "network_partition", "web-1")];
    let played = scripted(IDLE, "isolation = true", &schedule);
    assert_eq!(by_round(&played, "web-1", "cpu").len(), 2, "until it is cut off");
    let alerts: Vec<_> = played.of("ALERT").iter().map(|row| row.text("metric").to_owned()).collect();
    assert_eq!(alerts, ["network"; 10], "a missing snapshot");
    assert_eq!(played.extra("verdict"), "partition");

    let reference = scripted(IDLE, "coupling = 0.0", &schedule);
    assert_eq!(by_round(&reference, "web-1", "cpu").len(), 12, "metrics still arrive");
    assert!(reference.of("ALERT").iter().any(|row| row.text("metric") == "health"));

    let mended = scripted(ABLE, "isolation = true", &schedule);
    let tries: Vec<_> = mended
        .of("REMEDIATION_RESULT")
        .iter()
        .map(|row| (row.round(&mended.run), row.text("action").to_owned(), row.flag("success")))
        .collect();
    assert_eq!(tries[0], (3, "failover".to_owned(), true));
    assert_eq!(tries[1].0, 4, "the busy processor is seen when the server is back");
}

#[test]
fn d5_failure_weakens_dependents_by_the_share_of_impaired_hosts() {
    // One of two databases, then the only cache: the API loses 15 c, then 45 c.
    let schedule = [(3, "service_crash", "db-replica"), (5, "service_crash", "cache-1")];
    let coupled = scripted(IDLE, "coupling = 0.8", &schedule);
    let apart = scripted(IDLE, "coupling = 0.0", &schedule);
    let both = |signal: &str| (by_round(&coupled, "api-1", signal), by_round(&apart, "api-1", signal));
    for (rounds, share) in [(1..=2, 0.0), (3..=4, 0.5), (5..=12, 1.5)] {
        for round in rounds {
            let at = |signal: &str| {
                let (with, without) = both(signal);
                (with[round - 1], without[round - 1])
            };
            let (health, health_apart) = at("health");
            assert!((health - (health_apart - 30.0 * 0.8 * share)).abs() < 1e-9, "{round}: {health}");
            let (errors, errors_apart) = at("error_rate");
            assert!((errors - (errors_apart + 0.2 * 0.8 * share)).abs() < 2e-4, "{round}: {errors}");
            let (latency, latency_apart) = at("latency_p99");
            // Needs multiply one after the other.
            let factor = match share {
                0.0 => 1.0,
                0.5 => 1.8,
                _ => 1.8 * 2.6,
            };
            assert!((latency - latency_apart * factor).abs() < 4e-3, "{round}: {latency} {latency_apart}");
        }
    }
    // The API is weak, but not impaired: the web servers feel nothing.
    assert_eq!(by_round(&coupled, "web-1", "health"), by_round(&apart, "web-1", "health"));
    let hops: Vec<_> =
        coupled.truth.propagation.iter().map(|hop| (hop.from.as_str(), hop.to.as_str())).collect();
    assert_eq!(hops, [("db-replica", "api-1"), ("cache-1", "api-1")]);
    assert!((coupled.truth.propagation[0].contribution - 0.12).abs() < 1e-12);
    assert_eq!(coupled.truth.root_causes, ["db-replica", "cache-1"]);
    assert!(apart.truth.propagation.is_empty() && apart.of("DEPENDENCY_IMPACT").is_empty());
    assert_eq!(
        (coupled.extra("verdict"), apart.extra("verdict")),
        (&"cascade".into(), &"several incidents".into())
    );
}

#[test]
fn d5_dependencies_may_be_cyclic() {
    let text = "world = \"systems\"\nmode = \"coupled\"\nrounds = 5\nswitches = { coupling = 2.0 }\n\
        chaos_levels.medium = 0.0\nservice_dependencies = { a = [\"b\"], b = [\"a\"] }\n\
        servers = [{ name = \"x\", services = [\"a\"] }, { name = \"y\", services = [\"b\"] }]\n\
        [[schedule]]\nround = 2\nscenario = \"service_crash\"\nserver = \"x\"\n";
    let played = play(&toml(text).unwrap(), &Default::default());
    let edges: Vec<_> =
        played.run.metadata().edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    assert_eq!(edges, [("x", "y"), ("y", "x")]);
    assert_eq!(played.truth.root_causes, ["x"]);
    assert_eq!(played.truth.propagation[0].to, "y");
}

#[test]
fn cooldowns_may_count_per_server() {
    let schedule = [(3, "service_crash", "web-1"), (3, "service_crash", "api-1")];
    let restarts = |switches: &str| {
        let played = scripted(ABLE, switches, &schedule);
        let sent = played.of("REMEDIATE").iter().filter(|row| row.round(&played.run) == 3).count();
        (sent, played.of("COOLDOWN_BLOCKED").len())
    };
    assert_eq!(restarts("server_cooldowns = true"), (2, 0));
    let (sent, blocked) = restarts("coupling = 0.0");
    assert!(sent == 1 && blocked >= 1);
}
