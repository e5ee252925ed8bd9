//! Golden quantities, derived from the log of a run that does the same.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{Row, play_text};

fn golden(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/coordination").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

const COUNTS: [&str; 10] = [
    "sent",
    "skipped",
    "ready",
    "conflicts",
    "late",
    "lost",
    "window_hits",
    "on_time",
    "within_50ms",
    "end_us",
];

#[track_caller]
fn compare(row: &Row, golden: &Value) {
    for key in COUNTS {
        assert_eq!(row.attributes[key], golden[key], "{key}: {row:?} {golden}");
    }
    for key in ["response_rate", "coverage"] {
        let (ours, theirs) = (row.attributes[key].as_f64().unwrap(), golden[key].as_f64().unwrap());
        assert!((ours - theirs).abs() <= 1e-9, "{key}: {ours} {theirs}");
    }
    assert_eq!(
        (row.text("status"), row.text("quorum")),
        (golden["status"].as_str().unwrap(), golden["quorum"].as_str().unwrap())
    );
}

/// The scenario of a golden scatter-gather, as actions.
fn actions(scenario: &Value) -> String {
    let number = |key: &str| scenario[key].as_f64().unwrap();
    let t_ms = scenario["start_us"].as_u64().unwrap() / 1000;
    let mut text = format!(
        "seed = {}\n[run]\nduration_s = 12\n\
         [[actions]]\nt_ms = {t_ms}\nkind = \"operation\"\nwindow_ms = {:?}\nmin_rate = {:?}\nweight = {:?}\n",
        scenario["seed"],
        number("window_ms"),
        number("min_rate"),
        number("weight")
    );
    for modifier in scenario["mods"].as_array().unwrap() {
        let ids = modifier["ids"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|id| {
            id.as_str().map_or_else(|| id.to_string(), |class| "ABCDEF".find(class).unwrap().to_string())
        });
        let (kind, scope) = (&modifier["kind"], &modifier["scope"]);
        let ids: Vec<String> = ids.collect();
        text += &format!(
            "[[actions]]\nt_ms = {t_ms}\nkind = {kind}\nscope = {scope}\nids = [{}]\n",
            ids.join(",")
        );
        if let Some(value) = ["factor", "p", "add"].iter().find_map(|key| modifier[key].as_f64()) {
            text += &format!("value = {value:?}\n");
        }
    }
    text
}

#[test]
fn scatter_gathers_equal_the_golden_ones() {
    let runs = golden("scatter_runs.json");
    let plain = |run: &&Value| run["scenario"]["op"] == 0 && run["scenario"]["pconf"] == 0.005;
    let all = std::env::var_os("COORDINATION_ALL").is_some();
    let step = if all { 1 } else { 7 };
    let mut compared = 0;
    for run in runs.iter().filter(plain).step_by(step) {
        let played = play_text(&actions(&run["scenario"]));
        let end = played.of("OP_END").next().unwrap();
        compare(end, &run["result"]);
        assert_eq!(end.attributes["unroutable"], run["result"]["unroutable"]);
        assert_eq!(end.int("targets"), 30_000);
        compared += 1;
    }
    assert!(compared >= 4, "{compared}");
}

#[test]
fn cascades_equal_the_golden_ones() {
    let mut strategies = Vec::new();
    for run in golden("cascade_runs.json") {
        let strategy = run["strategy"].as_str().unwrap().to_owned();
        if strategies.contains(&strategy) && std::env::var_os("COORDINATION_ALL").is_none() {
            continue;
        }
        let played = play_text(&format!(
            "seed = {}\n[run]\nduration_s = 12\n[operations]\nweight = {:?}\n\
             [[actions]]\nt_ms = 0\nkind = \"operation\"\nstrategy = \"{strategy}\"\n",
            run["seed"],
            run["weight"].as_f64().unwrap(),
        ));
        let result = &run["result"];
        let ends: Vec<&Row> = played.of("OP_END").collect();
        let (cascade, phases) = ends.split_last().unwrap();
        match strategy.as_str() {
            "parallel" => compare(phases[0], result),
            "priority_first" => {
                let golden = result["phases"].as_array().unwrap();
                assert_eq!(phases.len(), golden.len());
                for (phase, golden) in phases.iter().zip(golden) {
                    compare(phase, golden);
                    assert_eq!(phase.attributes["phase"], golden["class"]);
                }
                assert_eq!(cascade.attributes["degraded_phases"], result["degraded_phases"]);
                assert_eq!(cascade.attributes["end_us"], result["end_us"]);
            },
            _ => {
                for (ours, theirs) in [
                    ("result", "status"),
                    ("sectors", "sectors"),
                    ("clusters", "clusters"),
                    ("ready", "agents"),
                    ("expected_agents", "expected_agents"),
                    ("human_pending", "human_pending"),
                ] {
                    assert_eq!(cascade.attributes[ours], result[theirs], "{ours}");
                }
                let times: Vec<&Value> = phases.iter().map(|row| &row.attributes["end_us"]).collect();
                assert_eq!(times, [&result["t1"], &result["t2"], &result["t3"]]);
            },
        }
        strategies.push(strategy);
    }
    strategies.dedup();
    assert!(strategies.len() >= 3);
}
