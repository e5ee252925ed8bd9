//! Everything that a scenario may change (section 12).

use serde_json::json;

use super::support::{Played, play};
use crate::support::toml;

#[track_caller]
fn play_text(text: &str) -> Played {
    let scenario = toml(&format!("world = \"systems\"\n{text}")).unwrap_or_else(|e| panic!("{e}"));
    play(&scenario, &Default::default())
}

const ABLE: &str = "sre_skill = \"able\"\nskills.able = { diagnosis_accuracy = 1.0, panic_threshold = 99 }\n";
const QUIET: &str = "chaos_levels.medium = 0.0\n";

#[test]
fn alerts_go_round_the_engineers_who_have_cooldowns_of_their_own() {
    let crash = "[[chaos_scenarios]]\nname = \"crash\"\neffect = { service_down = true }\n";
    let hits: String = ["web-1", "web-2", "api-1", "cache-1"]
        .map(|server| format!("[[schedule]]\nround = 2\nscenario = \"crash\"\nserver = \"{server}\"\n"))
        .concat();
    let crew = |ids: &[&str]| {
        let sres: String = ids.iter().map(|id| format!("[[sres]]\nid = \"{id}\"\n")).collect();
        play_text(&format!("rounds = 2\n{ABLE}{sres}{crash}{hits}"))
    };
    let two = crew(&["anna", "ben"]);
    let alerts: Vec<_> = two.of("ALERT").iter().map(|row| row.source.clone()).collect();
    assert_eq!(alerts, ["anna", "ben", "anna", "ben"]);
    let done: Vec<_> = two
        .rows
        .iter()
        .filter(|row| row.is("REMEDIATE") || row.is("COOLDOWN_BLOCKED"))
        .map(|row| (row.source.as_str(), row.event_type.as_str(), row.service.as_deref().unwrap()))
        .collect();
    assert_eq!(
        done,
        [
            ("anna", "REMEDIATE", "web-1"),
            ("anna", "COOLDOWN_BLOCKED", "api-1"),
            ("ben", "REMEDIATE", "web-2"),
            ("ben", "COOLDOWN_BLOCKED", "cache-1"),
        ]
    );
    assert_eq!(*two.extra("incidents_resolved"), 2);
    assert_eq!(*crew(&["anna", "ben", "carl", "dora"]).extra("incidents_resolved"), 4);
    // Whoever she is, one engineer is the reference's.
    let alone = |name: &str| {
        let played = play_text(&format!("seed = 42\n[[sres]]\nid = \"{name}\"\nskill = \"mid\"\n"));
        (played.truth.extra.clone(), played.rows.len())
    };
    assert_eq!(alone("anna").0, super::support::builtin("reference", &[]).truth.extra);
}

#[test]
fn engineers_may_differ_in_skill() {
    let played = play_text(
        "rounds = 60\nchaos_level = \"high\"\nskills.never = { diagnosis_accuracy = 0.0, panic_threshold = 99 }\n\
         skills.always = { diagnosis_accuracy = 1.0, panic_threshold = 99 }\n\
         sres = [{ id = \"bad\", skill = \"never\" }, { id = \"good\", skill = \"always\" }]\n",
    );
    let misdiagnosed = |who: &str| {
        played.of("DIAGNOSIS").iter().filter(|row| row.source == who && row.flag("misdiagnosed")).count()
    };
    let all = |who: &str| played.of("DIAGNOSIS").iter().filter(|row| row.source == who).count();
    assert!(all("bad") > 10 && all("good") > 10);
    assert_eq!((misdiagnosed("bad"), misdiagnosed("good")), (all("bad"), 0));
}

/// Targets and traffic change, nobody's own draws do (section 14, 5).
#[test]
fn a_further_server_shifts_no_draws() {
    let own = |extra: &str| {
        let servers: String =
            ["a", "b"].map(|name| format!("[[servers]]\nname = \"{name}\"\ntype = \"web\"\n")).concat();
        let played = play_text(&format!("rounds = 30\n{QUIET}{servers}{extra}"));
        let rows = played.of("SERVER_METRICS").into_iter().filter(|row| row.service.as_deref() != Some("c"));
        let values = rows.map(|row| (row.round(&played.run), row.service.clone(), row.signal("memory")));
        (
            values.collect::<Vec<_>>(),
            played.of("TRAFFIC_UPDATE")[0].attributes["per_server"].as_i64().unwrap(),
        )
    };
    let (two, three) = (own(""), own("[[servers]]\nname = \"c\"\ntype = \"any thing\"\n"));
    assert_eq!(two.0, three.0);
    assert!(two.1 > three.1);
}

#[test]
fn generic_effects_set_add_and_multiply() {
    let played = play_text(&format!(
        "rounds = 3\n{QUIET}servers = [{{ name = \"s\" }}]\n[[chaos_scenarios]]\nname = \"x\"\n\
         [chaos_scenarios.effect.set]\ncpu_usage = 88.0\nerror_rate = 3.0\n\
         [chaos_scenarios.effect.add]\nmemory_usage = -100.0\ndisk_usage = 200.0\n\
         [chaos_scenarios.effect.multiply]\nrequest_rate = 0.5\n\
         [[schedule]]\nround = 2\nscenario = \"x\"\nserver = \"s\"\n"
    ));
    let state = played.of("SERVER_METRICS")[1];
    let signals = ["cpu", "error_rate", "memory", "disk"].map(|name| state.signal(name));
    assert_eq!(signals, [0.88, 0.03, 0.0, 1.0], "percentages stay within 0 and 100");
    let per_server = played.of("TRAFFIC_UPDATE")[1].attributes["per_server"].as_f64().unwrap();
    assert_eq!(state.signal("load"), per_server / 2.0);
    let effect = &played.of("CHAOS_INJECT")[0].attributes["effect"];
    assert_eq!(effect["set"], json!({ "cpu_usage": 88.0, "error_rate": 3.0 }));
}

/// As in the original's README: `dns_down` is accepted, does nothing, and is warned of.
#[test]
fn unknown_effects_do_nothing_and_are_warned_of() {
    let played = play_text(
        "rounds = 4\n[[chaos_scenarios]]\nname = \"dns\"\nprobability = 1.0\neffect = { dns_down = true }\n",
    );
    assert_eq!(played.summary.warnings, ["chaos scenario `dns`: the effect `dns_down` does nothing"]);
    assert_eq!((played.of("CHAOS_INJECT").len(), played.truth.faults.len()), (4, 4));
    assert!(played.truth.root_causes.is_empty());
    assert_eq!(played.extra("verdict"), "no incident");
    assert!(played.truth.scenario.contains("dns_down"));
}

/// Presence counts, not truth: a probability of 1 strikes every round.
#[test]
fn an_isolation_that_says_false_isolates() {
    let played = play_text(
        "rounds = 3\n[[chaos_scenarios]]\nname = \"p\"\nprobability = 1.0\neffect = { isolated = false }\n",
    );
    assert_eq!(played.of("CHAOS_INJECT").len(), 3);
    assert!(played.of("ALERT").iter().any(|row| row.text("metric") == "network"));
}

#[test]
fn remediations_may_say_what_they_handle_and_do() {
    let with = |definition: &str| {
        play_text(&format!(
            "rounds = 6\n{ABLE}[[remediation_actions]]\nname = \"page_someone\"\n{definition}\n\
             [[chaos_scenarios]]\nname = \"spike\"\neffect = {{ cpu_usage = 99.0 }}\n\
             [[schedule]]\nround = 2\nscenario = \"spike\"\nserver = \"web-1\"\n"
        ))
    };
    let tries = |played: &Played| -> Vec<(String, bool)> {
        let rows = played.of("REMEDIATION_RESULT").into_iter().filter(|row| row.round(&played.run) == 2);
        rows.map(|row| (row.text("action").to_owned(), row.flag("success"))).collect()
    };
    let named = |success: bool| vec![("page_someone".to_owned(), success)];
    let handled = with("handles = [\"cpu_usage\"]\neffects = { set = { cpu_usage = 12.0 } }");
    assert_eq!(tries(&handled), named(true));
    assert_eq!(handled.of("REMEDIATION_RESULT")[0].signal("cpu"), 0.12);
    assert_eq!(tries(&with("handles = [\"cpu_usage\"]")), named(false), "a name alone does nothing");
    // Nobody calls for it, and the table's own action is always there.
    assert_eq!(tries(&with("cooldown = 0")), [("scale_up".to_owned(), true)]);
}

#[test]
fn thresholds_levels_and_traffic_are_free() {
    let played = play_text(
        "rounds = 5\nbase_traffic = 0.0\nsla_target = 10.0\nchaos_level = \"none\"\nchaos_levels.none = 0.0\n\
         alert_thresholds.memory_usage.warning = 1.0\n",
    );
    assert_eq!(played.of("ALERT").len(), 30, "everybody uses some memory");
    assert!(played.of("ALERT").iter().all(|row| row.text("level") == "warning"));
    assert!(played.of("SERVER_METRICS").iter().all(|row| row.signal("load") == 0.0));
    let memory = &played.run.metadata().signals[1];
    assert_eq!((memory.warning, memory.critical), (Some(0.01), Some(0.95)));
    assert_eq!(*played.extra("sla_target_pct"), 10.0);
}

/// What a table leaves out stays as specified, or as the middling engineer's.
#[test]
fn skills_may_be_changed_in_part() {
    let text = "world = \"systems\"\nskills.junior.panic_threshold = 9\nskills.odd.remediation_speed = 0.1\n";
    let skills = toml(text).unwrap().systems().unwrap().skills;
    assert_eq!((skills["junior"].diagnosis_accuracy, skills["junior"].panic_threshold), (0.6, 9));
    assert_eq!((skills["odd"].diagnosis_accuracy, skills["odd"].remediation_speed), (0.8, 0.1));
}

#[test]
fn no_rounds_are_a_run_too() {
    let played = play_text("rounds = 0\n");
    assert!(played.rows.is_empty());
    assert_eq!((played.extra("availability_pct"), played.extra("sla_met")), (&json!(0.0), &json!(false)));
}
