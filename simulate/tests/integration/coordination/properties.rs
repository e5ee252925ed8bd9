//! Whatever a scenario says: no panic, and the invariants of the world hold.

use std::fs;

use infra_eventlog::truth::sidecar;
use infra_simulate::{Scenario, simulate_to};
use proptest::prelude::*;

use super::support::{play, scenario};

fn action() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec![
        ("offline", ""),
        ("crash", ""),
        ("spike", "value = 6.0"),
        ("loss", "value = 0.2"),
        ("byzantine", "value = 0.7"),
        ("queue", "value = 15"),
        ("timing_attack", "value = 9.0"),
    ]);
    let scopes = prop::sample::select(vec![
        ("mesh", "[]"),
        ("sector", "[1]"),
        ("cluster", "[0, 4, 5]"),
        ("class", "[2, 5]"),
        ("agent", "[7, 299, 1000003, 2000001]"),
    ]);
    let fault = (kinds, scopes, 0_u64..40_000, 1_u64..40_000).prop_map(
        |((kind, value), (scope, ids), t_ms, duration_ms)| {
            format!(
                "[[actions]]\nt_ms = {t_ms}\nkind = \"{kind}\"\nscope = \"{scope}\"\nids = {ids}\n\
                 duration_ms = {duration_ms}\n{value}\n"
            )
        },
    );
    let strategies = prop::sample::select(vec!["scatter", "parallel", "priority_first", "wave"]);
    let operation =
        (strategies, 0_u64..20_000, 0_u8..4, 0.0..3.0).prop_map(|(strategy, t_ms, priority, weight)| {
            format!(
                "[[actions]]\nt_ms = {t_ms}\nkind = \"operation\"\nstrategy = \"{strategy}\"\n\
                 priority = {priority}\nweight = {weight:?}\nrepeat = 4\nevery_ms = 7000\n"
            )
        });
    prop_oneof![fault, operation]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn invariants_hold(
        actions in prop::collection::vec(action(), 0..7),
        agents in 100_u32..700,
        cluster_size in 1_u32..60,
        seed in any::<u64>(),
    ) {
        let text = format!(
            "seed = {seed}\n[population]\nagents = {agents}\ncluster_size = {cluster_size}\n\
             clusters_per_sector = 3\n[run]\nduration_s = 45\n{}",
            actions.concat()
        );
        // Ids beyond a small population are refused, which is right too.
        let Ok(scenario) = crate::support::toml(&format!("world = \"coordination\"\n{text}")) else {
            return Ok(());
        };
        let played = play(&scenario);
        let mut last_us = 0;
        for row in &played.rows {
            prop_assert!(row.time_us >= last_us);
            prop_assert!(row.cause_id.is_none_or(|cause| cause < row.event_id));
            last_us = row.time_us;
            for ratio in ["availability", "error_rate", "conflict_rate", "coverage"] {
                prop_assert!(row.signal(ratio).is_none_or(|x| (0.0..=1.0).contains(&x)), "{:?}", row);
            }
        }
        for end in played.of("OP_END").filter(|row| row.attributes["phase"] != "cascade") {
            let sum = |keys: &[&str]| keys.iter().map(|key| end.int(key)).sum::<i64>();
            prop_assert_eq!(end.int("targets"), sum(&["unroutable", "skipped", "sent"]));
            prop_assert_eq!(end.int("sent"), sum(&["ready", "conflicts", "late", "lost"]));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_another_run() {
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, scenario: &Scenario| {
        let path = dir.path().join(file);
        simulate_to(&path, scenario).unwrap();
        (fs::read(&path).unwrap(), fs::read(sidecar(&path)).unwrap())
    };
    let mut scenario = scenario(
        "seed = 1\n[population]\nagents = 600\n[run]\nduration_s = 20\n\
         [[actions]]\nt_ms = 4000\nkind = \"operation\"\nstrategy = \"wave\"\n\
         [[actions]]\nt_ms = 9000\nkind = \"operation\"\n",
    );
    let first = write("a.parquet", &scenario);
    assert_eq!(first, write("b.parquet", &scenario));
    scenario.set("seed", "2").unwrap();
    assert_ne!(first.0, write("c.parquet", &scenario).0);
}
