//! Work for agents with a capability, and the status box of a run.

use infra_simulate::coordination::{StatusInputs, status_box};

use super::support::{Played, play_text};
use crate::support::toml;

fn ask(more: &str) -> String {
    format!(
        "seed = 3\n[population]\nagents = 3000\n[run]\nduration_s = 20\n[[actions]]\nt_ms = 5000\nkind = \"operation\"\n{more}"
    )
}

/// Clusters of the targets that were ready, with their number.
fn ready(played: &Played) -> Vec<(String, i64)> {
    played.of("TARGETS_READY").map(|row| (row.service.clone().unwrap(), row.int("count"))).collect()
}

#[test]
fn the_best_agents_of_the_mesh_are_asked() {
    let played = play_text(&ask("capability = \"cache\"\nbest = 40\n"));
    let (start, end) = (played.of("OP_START").next().unwrap(), played.of("OP_END").next().unwrap());
    assert_eq!((start.text("capability"), start.int("targets")), ("cache", 40));
    assert_eq!(end.int("sent"), 40);
    assert_eq!(ready(&played).iter().map(|(_, count)| count).sum::<i64>(), end.int("ready"));
    assert!(end.int("ready") >= 38, "{end:?}");
}

#[test]
fn one_agent_of_each_named_cluster_is_asked() {
    let played = play_text(&ask(
        "capability = \"vision\"\nscope = \"cluster\"\nids = [4, 7]\nwindow_ms = 2000\nmin_rate = 0.5\n",
    ));
    assert_eq!(played.of("OP_START").next().unwrap().int("targets"), 2);
    let clusters: Vec<String> = ready(&played).into_iter().map(|(cluster, _)| cluster).collect();
    assert!(clusters.iter().all(|c| c == "SECTOR1-CLUSTER5" || c == "SECTOR1-CLUSTER8"), "{clusters:?}");
}

#[test]
fn without_a_capable_agent_it_is_refused() {
    // People have scores above 500: nobody of them is among the best.
    let played = play_text(&ask("capability = \"oversight\"\nbest = 5\n"));
    assert_eq!(played.of("OP_REFUSED").next().unwrap().text("reason"), "no capable agent");
    assert_eq!(played.of("OP_START").count(), 0);
    // Within their cluster they are found.
    let played = play_text(&ask("capability = \"oversight\"\nscope = \"cluster\"\nids = [0]\n"));
    assert_eq!(played.of("OP_START").next().unwrap().int("targets"), 1);
}

#[test]
fn delegations_survive_a_round_trip_and_are_checked() {
    let text = format!("world = \"coordination\"\n{}", ask("capability = \"sensor\"\nbest = 7\n"));
    let scenario = toml(&text).unwrap().coordination().unwrap();
    assert!(scenario.to_json().contains("\"capability\":\"sensor\",\"best\":7"), "{}", scenario.to_json());
    let again = infra_simulate::Scenario::parse(
        &scenario.to_json(),
        infra_simulate::scenario::Format::Json,
        "again.json",
    );
    assert_eq!(again.unwrap().coordination().unwrap(), scenario);
    for (more, expected) in [
        ("capability = \"sensors\"\n", "unknown capability `sensors` (hint: did you mean `sensor`?)"),
        ("best = 2\n", "means nothing without a capability"),
        ("capability = \"api\"\nbest = 0\n", "0; expected 1 to 1000000"),
        ("capability = \"api\"\nstrategy = \"wave\"\n", "the strategy `wave` has none"),
        ("capability = \"api\"\nscope = \"cluster\"\nids = [1]\nbest = 3\n", "the best one of each cluster"),
    ] {
        let error = toml(&format!("world = \"coordination\"\n{}", ask(more))).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn the_status_row_is_what_the_box_shows() {
    let played = play_text(&ask("strategy = \"parallel\"\n"));
    let row = played.of("STATUS").next().unwrap();
    let inputs: StatusInputs = serde_json::from_value(row.attributes.clone()).unwrap();
    let lines = status_box(&inputs);
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[3], "│ Agents: 3,000 / 3,000 active (100.0%)  │");
    assert_eq!(lines[4], "│ Sectors: 10/10 healthy                 │");
    assert_eq!(lines[7], "│ Mode: FULL                             │");
    assert_eq!(lines[8], "│ Last cascade: 0h 0m ago                │");
    let run = played.of("RUN").next().unwrap();
    assert_eq!(run.attributes["messages_per_s"]["heartbeats"], 600.0);
    assert_eq!(run.attributes["messages_per_s"]["peak_of_a_cascade"], 1800.0);
}
