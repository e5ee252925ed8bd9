//! Whatever a scenario says: no panic, and the invariants of the world hold.

use std::collections::BTreeMap;

use infra_eventlog::Run;
use infra_eventlog::check::validate;
use infra_eventlog::metadata::Visibility;
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_simulate::scenario::Format;
use infra_simulate::{PlayOptions, Scenario};
use proptest::prelude::*;

use super::support::{Played, Row, builtin, play, rows};
use crate::support::toml;

fn switches() -> impl Strategy<Value = String> {
    let flag = any::<bool>;
    (flag(), flag(), flag(), flag(), flag(), prop_oneof![Just(0.0), 0.0..4.0]).prop_map(
        |(durations, success_rates, disk_alerts, isolation, server_cooldowns, coupling)| {
            format!(
                "mode = \"coupled\"\nswitches = {{ durations = {durations}, success_rates = {success_rates}, \
                 disk_alerts = {disk_alerts}, isolation = {isolation}, \
                 server_cooldowns = {server_cooldowns}, coupling = {coupling:?} }}\n"
            )
        },
    )
}

/// A chaos scenario with any effects.
fn chaos() -> impl Strategy<Value = String> {
    let effect = prop::sample::subsequence(
        vec![
            "cpu_usage = 97.0",
            "memory_growth = 30.0",
            "isolated = true",
            "disk_usage = 99.0",
            "service_down = true",
            "traffic_multiplier = 1e6",
            "db_latency_multiplier = 1e6",
            "set = { latency_p50 = 3.0, error_rate = 250.0 }",
            "add = { memory_usage = -40.0, request_rate = -1e9 }",
            "multiply = { latency_p99 = 1e6, cpu_usage = 0.0 }",
        ],
        0..5,
    );
    (effect, 0.0..0.6, 0_u64..6).prop_map(|(effect, probability, duration)| {
        format!(
            "probability = {probability:?}\nduration = {duration}\neffect = {{ {} }}\n",
            effect.join(", ")
        )
    })
}

fn scenario() -> impl Strategy<Value = String> {
    let services = prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..4);
    let servers = prop::collection::vec((services, any::<bool>()), 1..6);
    let needs = prop::collection::vec(prop::sample::subsequence(vec!["a", "b", "c", "d", "e"], 0..4), 4);
    let crew = (1_usize..4, prop::sample::select(vec!["junior", "mid", "senior"]));
    (switches(), servers, needs, prop::collection::vec(chaos(), 0..5), crew, any::<u64>(), 3_u64..25)
        .prop_map(|(switches, servers, needs, chaos, (sres, skill), seed, rounds)| {
            let mut text = format!(
                "world = \"systems\"\nseed = {}\nrounds = {rounds}\nsre_skill = \"{skill}\"\n{switches}",
                seed >> 1
            );
            for (service, needs) in ["a", "b", "c", "d"].iter().zip(needs) {
                text += &format!("service_dependencies.{service} = {needs:?}\n");
            }
            for (i, (services, is_database)) in servers.iter().enumerate() {
                let kind = if *is_database { "database" } else { "other" };
                text +=
                    &format!("[[servers]]\nname = \"s{i}\"\ntype = \"{kind}\"\nservices = {services:?}\n");
            }
            for (i, chaos) in chaos.iter().enumerate() {
                text += &format!("[[chaos_scenarios]]\nname = \"chaos{i}\"\n{chaos}");
            }
            for i in 0..sres {
                text += &format!("[[sres]]\nid = \"sre{i}\"\n");
            }
            text
        })
}

/// Every cause is an earlier event, and from every row the causes lead to one from outside.
fn check_causes(played: &Played) {
    let mut origin: BTreeMap<i64, String> = BTreeMap::new();
    let mut last_ns = 0;
    for row in &played.rows {
        assert!(row.time_ns >= last_ns, "{row:?}");
        last_ns = row.time_ns;
        let from = match row.cause_id {
            None => row.event_type.clone(),
            Some(cause) => origin.get(&cause).unwrap_or_else(|| panic!("{row:?}")).clone(),
        };
        assert!(["TRAFFIC_UPDATE", "CHAOS_INJECT"].contains(&from.as_str()), "{row:?}");
        assert!(origin.insert(row.event_id, from).is_none(), "one row per event");
    }
    // Health is settled before anybody mends anything in the round.
    let results = played.of("REMEDIATION_RESULT").into_iter();
    let mended: BTreeMap<i64, i64> = results.map(|row| (row.event_id, row.time_ns)).collect();
    for check in played.of("HEALTH_CHECK") {
        let cause = check.cause_id.and_then(|cause| mended.get(&cause));
        assert!(cause.is_none_or(|time_ns| *time_ns < check.time_ns), "{check:?}");
    }
}

fn check_values(row: &Row) {
    for (signal, value) in super::support::SIGNALS.iter().zip(row.signals) {
        let Some(value) = value else { continue };
        let range = match *signal {
            "cpu" | "memory" | "disk" | "error_rate" => 0.0..=1.0,
            "health" => 0.0..=100.0,
            _ => 0.0..=1e15,
        };
        assert!(range.contains(&value), "{signal}: {row:?}");
    }
}

fn check_truth(played: &Played) {
    let extra = |key: &str| played.extra(key).as_f64();
    let availability = extra("availability_pct").unwrap();
    assert!((0.0..=100.0).contains(&availability));
    assert!(extra("mttr_rounds").is_none_or(|rounds| rounds >= 1.0));
    assert!(extra("mttd_rounds").is_none_or(|rounds| rounds >= 0.0));
    assert_eq!(played.truth.faults.len(), played.of("CHAOS_INJECT").len());
    assert_eq!(played.truth.root_causes.is_empty(), *played.extra("verdict") == "no incident");
    for fault in &played.truth.faults {
        assert!(fault.end_ns.is_none_or(|end| end > fault.start_ns), "{fault:?}");
    }
    for hop in &played.truth.propagation {
        let impact = |row: &&Row| row.service.as_ref() == Some(&hop.to) && row.time_ns == hop.time_ns;
        assert!(played.of("DEPENDENCY_IMPACT").iter().any(impact), "{hop:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn invariants_hold(text in scenario()) {
        let scenario = toml(&text).unwrap();
        let played = play(&scenario, &PlayOptions::default());
        check_causes(&played);
        played.rows.iter().for_each(check_values);
        check_truth(&played);
        let again = play(&scenario, &PlayOptions::default());
        prop_assert!(again.bytes == played.bytes && again.truth == played.truth);
        // What the truth keeps is the scenario itself.
        let kept = Scenario::parse(&played.truth.scenario, Format::Json, "x").unwrap();
        prop_assert_eq!(kept.systems().unwrap(), scenario.systems().unwrap());
        prop_assert!(play(&kept, &PlayOptions::default()).bytes == played.bytes);
    }
}

#[test]
fn another_seed_is_another_run() {
    let bytes = |seed: &str| builtin("reference", &[("seed", seed)]).bytes;
    assert_eq!(bytes("1"), bytes("1"));
    assert_ne!(bytes("1"), bytes("2"));
}

/// Without the mechanism rows a run is still a valid run that tells every state, alert and remedy.
#[test]
fn what_an_operator_could_see_is_enough_for_a_run() {
    for name in ["extreme-junior", "cascading-outage"] {
        let played = builtin(name, &[]);
        let metadata = played.run.metadata();
        let observed: Vec<&Row> = played
            .rows
            .iter()
            .filter(|row| metadata.event_type(&row.event_type).visibility == Visibility::Observed)
            .collect();
        assert!(observed.len() < played.rows.len());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("observed.parquet");
        let mut writer = EventWriter::single_file(&path, metadata).unwrap();
        for row in &observed {
            let attributes = row.attributes.to_string();
            let row = EventRow {
                event_id: row.event_id,
                cause_id: row.cause_id,
                time_ns: row.time_ns,
                event_type: &row.event_type,
                source: &row.source,
                service: row.service.as_deref(),
                status: row.status.as_deref(),
                signals: &row.signals,
                message: row.message.as_deref(),
                attributes: (!row.attributes.is_null()).then_some(&attributes),
            };
            writer.push(&row).unwrap();
        }
        writer.finish().unwrap();
        assert!(validate(&Run::open(&path).unwrap()).unwrap().problems.is_empty());
        let (_, kept) = rows(&path);
        assert!(kept.iter().eq(observed.iter().copied()), "{name}");
        // Nothing that is left names what was injected.
        let told = |row: &Row| format!("{:?} {}", row.message, row.attributes);
        for fault in &played.truth.faults {
            assert!(!kept.iter().any(|row| told(row).contains(&fault.kind)), "{}", fault.kind);
            assert!(!serde_json::to_string(metadata).unwrap().contains(&fault.kind), "{}", fault.kind);
        }
    }
}
