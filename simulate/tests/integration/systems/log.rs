//! The results of a run, recomputed from the rows of its log alone.

use std::collections::{BTreeMap, BTreeSet};

use super::support::{Played, builtin};

/// Rounds from the first alert of a metric on a server to the first later round without it, and how
/// many are open at the end.
fn incidents(played: &Played) -> (Vec<i64>, usize) {
    let rounds = played.of("TRAFFIC_UPDATE").len() as i64;
    let mut alerted: BTreeMap<(String, String), BTreeSet<i64>> = BTreeMap::new();
    for alert in played.of("ALERT") {
        let key = (alert.service.clone().unwrap(), alert.text("metric").to_owned());
        alerted.entry(key).or_default().insert(alert.round(&played.run));
    }
    let (mut took, mut open) = (Vec::new(), 0);
    for seen in alerted.values() {
        for first in seen.iter().filter(|r| !seen.contains(&(*r - 1))) {
            let end = (*first..).find(|r| !seen.contains(r)).unwrap();
            if end > rounds { open += 1 } else { took.push(end - first) }
        }
    }
    (took, open)
}

#[test]
fn every_result_follows_from_the_log() {
    for (name, seed) in
        [("reference", "42"), ("extreme-junior", "7"), ("cascading-outage", "11"), ("calm", "3")]
    {
        let played = builtin(name, &[("seed", seed)]);
        let count = |n: usize| serde_json::json!(n);
        let checks = played.of("HEALTH_CHECK");
        let up = checks.iter().filter(|row| row.flag("up")).count();
        assert_eq!(played.extra("healthy_server_rounds"), &count(up), "{name}");
        let availability = 100.0 * up as f64 / checks.len() as f64;
        assert_eq!(played.extra("availability_pct").as_f64(), Some(availability), "{name}");
        assert_eq!(played.extra("sla_met").as_bool(), Some(availability >= 99.9), "{name}");
        assert_eq!(played.extra("alerts_handled"), &count(played.of("DIAGNOSIS").len()), "{name}");
        let wrong = played.of("DIAGNOSIS").into_iter().filter(|row| row.flag("misdiagnosed")).count();
        assert_eq!(played.extra("misdiagnoses"), &count(wrong), "{name}");
        let failed = played.of("REMEDIATION_RESULT").into_iter().filter(|row| !row.flag("success")).count();
        // What a cooldown holds back counts as failed (section 8).
        let blocked = played.of("COOLDOWN_BLOCKED").len();
        assert_eq!(played.extra("failed_remediations"), &count(failed + blocked), "{name}");
        assert_eq!(played.extra("overwhelmed_rounds"), &count(played.of("SRE_OVERWHELMED").len()), "{name}");
        assert_eq!(played.extra("chaos_events"), &count(played.of("CHAOS_INJECT").len()), "{name}");
        let (took, open) = incidents(&played);
        assert_eq!(played.extra("alerts_cleared"), &count(took.len()), "{name}");
        assert_eq!(played.extra("alerts_still_open"), &count(open), "{name}");
        let mean = (!took.is_empty()).then(|| took.iter().sum::<i64>() as f64 / took.len() as f64);
        assert_eq!(played.extra("mttr_rounds").as_f64(), mean, "{name}");
        let sla = played.of("SLA_REPORT");
        assert_eq!(sla.len(), 1);
        assert_eq!(sla[0].attributes["sla_target"], 99.9);
    }
}

#[test]
fn every_command_is_diagnosed_and_every_result_commanded() {
    let played = builtin("extreme-junior", &[]);
    let by_id: BTreeMap<i64, &str> =
        played.rows.iter().map(|r| (r.event_id, r.event_type.as_str())).collect();
    for (effect, cause) in [
        ("DIAGNOSIS", "ALERT"),
        ("REMEDIATE", "DIAGNOSIS"),
        ("COOLDOWN_BLOCKED", "DIAGNOSIS"),
        ("REMEDIATION_RESULT", "REMEDIATE"),
    ] {
        for row in played.of(effect) {
            assert_eq!(by_id[&row.cause_id.unwrap()], cause, "{row:?}");
        }
        assert!(!played.of(effect).is_empty(), "{effect}");
    }
}

#[test]
fn what_a_service_that_is_down_and_an_isolated_server_show_is_observed() {
    let played = builtin("cascading-outage", &[]);
    let cache = |round: i64| {
        let rows = played.of("SERVER_METRICS").into_iter();
        rows.filter(|r| r.service.as_deref() == Some("cache-1"))
            .find(|r| r.round(&played.run) == round)
            .unwrap()
    };
    assert_eq!(cache(15).signal("availability"), 1.0);
    assert_eq!(cache(16).signal("availability"), 0.0);
}
