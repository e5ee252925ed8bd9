//! What holds whatever the seed.

use proptest::prelude::*;

use super::support::{Played, builtin};

fn holds(played: &Played) {
    let mut before = i64::MIN;
    let mut shown = std::collections::BTreeSet::new();
    for row in &played.rows {
        assert!(row.time_ns >= before, "time decreases at {row:?}");
        before = row.time_ns;
        shown.insert(row.event_id);
        if let Some(cause) = row.cause_id {
            assert!(cause < row.event_id && shown.contains(&cause), "{row:?} precedes its cause");
        }
        for (name, value) in super::support::SIGNALS.iter().zip(row.signals) {
            let is_ratio = ["cpu", "memory", "disk", "error_rate", "availability"].contains(name);
            let value = value.unwrap_or(0.0);
            assert!(value.is_finite() && value >= 0.0, "{name} of {row:?}");
            assert!(!is_ratio || value <= 1.0, "{name} of {row:?}");
        }
    }
    assert!(played.summary.events > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn causes_precede_and_ratios_are_ratios(seed in 0_u64..1_000_000, extreme in any::<bool>()) {
        let name = if extreme { "extreme-junior" } else { "cascading-outage" };
        holds(&builtin(name, &[("seed", &seed.to_string())]));
    }
}

#[test]
fn one_seed_gives_one_file_and_another_seed_another() {
    let run = |seed: &str| builtin("extreme-junior", &[("seed", seed)]).bytes;
    assert_eq!(run("5"), run("5"));
    assert_ne!(run("5"), run("6"));
}
