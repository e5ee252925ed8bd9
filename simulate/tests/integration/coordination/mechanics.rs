//! Single mechanisms: crashes, compromised sectors, tampered reports, freezes, queues, cascades.

use super::support::{Played, play_text};

const SMALL: &str = "seed = 1\n[population]\nagents = 3000\n";
const ASK: &str = "[[actions]]\nt_ms = 1000\nkind = \"operation\"\nevery_ms = 5000\n";

fn play(duration_s: u32, actions: &str) -> Played {
    play_text(&format!("{SMALL}[run]\nduration_s = {duration_s}\n{actions}"))
}

#[test]
fn a_crash_is_noticed_after_thirty_seconds_and_replaced_after_twenty_more() {
    // The golden liveness table has this agent of seed 1 among 30,000.
    let played = play_text(
        "seed = 1\n[run]\nduration_s = 85\n\
         [[actions]]\nt_ms = 30000\nkind = \"crash\"\nscope = \"agent\"\nids = [4554]\n",
    );
    let states: Vec<_> = played.of("AGENT_STATE").map(|row| (row.time_us, row.text("new"))).collect();
    assert_eq!(states, [(60_000_000, "offline"), (80_000_000, "active")]);
    let offline = played.of("AGENT_STATE").next().unwrap();
    assert_eq!(offline.int("last_heartbeat_us"), 25_759_000);
    assert_eq!(offline.cause_id, played.of("INJECT").next().map(|row| row.event_id));
    let failure = played.of("FAILURE").next().unwrap();
    assert_eq!((failure.text("class"), failure.cause_id), ("AGENT_CRASH", Some(offline.event_id)));
    assert_eq!(played.truth.root_causes, ["SECTOR16-CLUSTER2"]);
}

#[test]
fn a_crashed_sector_opens_its_breakers_which_close_again() {
    let played = play(220, "[[actions]]\nt_ms = 10000\nkind = \"crash\"\nscope = \"sector\"\nids = [3]\n");
    let opened = played.of("BREAKER_OPEN").filter(|row| row.attributes["old"] == "CLOSED");
    let levels: Vec<&str> = opened.map(|row| row.text("level")).collect();
    assert_eq!(levels.iter().filter(|level| **level == "cluster").count(), 10);
    assert_eq!(levels.iter().filter(|level| **level == "sector").count(), 1);
    // The leads are down for good, so that no probe of a cluster finds it well.
    assert_eq!(played.of("BREAKER_RECOVERY").count(), 0);
    let failed: Vec<_> = played.of("BREAKER_PROBE_FAILED").collect();
    assert!(failed.iter().all(|row| row.text("cause") == "probe_failed" && row.cause_id.is_some()));
    assert!(failed.len() >= 10, "{}", failed.len());
    assert!(played.truth.propagation.iter().any(|hop| hop.to == "SECTOR4"));
    assert_eq!(played.truth.root_causes, ["SECTOR4"]);
}

#[test]
fn a_compromised_sector_is_cut_off_after_three_isolated_clusters() {
    let played = play(
        90,
        &format!("{ASK}repeat = 16\n[[actions]]\nt_ms = 5000\nkind = \"sector_compromise\"\nids = [2]\n"),
    );
    let threats: Vec<&str> = played.of("THREAT_DETECTED").map(|row| row.text("threat")).collect();
    assert!(threats.iter().filter(|threat| **threat == "cluster_compromise").count() >= 3, "{threats:?}");
    assert_eq!(threats.iter().filter(|threat| **threat == "sector_compromise").count(), 1);
    let sector = played.of("BREAKER_OPEN").find(|row| row.text("level") == "sector").unwrap();
    assert_eq!(sector.service.as_deref(), Some("SECTOR3"));
    assert_eq!(played.truth.root_causes, ["SECTOR3"]);
}

#[test]
fn tampered_reports_are_noticed_at_the_next_map_and_ignored() {
    let played = play(
        60,
        "[[actions]]\nt_ms = 25000\nkind = \"timing_attack\"\nscope = \"sector\"\nids = [0, 1]\nvalue = 20.0\n",
    );
    let threat = played.of("THREAT_DETECTED").next().unwrap();
    assert_eq!((threat.text("threat"), threat.time_us), ("timing_attack", 30_000_000));
    assert_eq!(played.of("RESPONSE").next().unwrap().text("response"), "lock_registry");
}

#[test]
fn an_unauthorised_command_freezes_operations_until_a_thaw() {
    let played = play(
        60,
        &format!(
            "{ASK}repeat = 10\n[[actions]]\nt_ms = 12000\nkind = \"orchestrator_compromise\"\n\
             [[actions]]\nt_ms = 33000\nkind = \"thaw\"\n"
        ),
    );
    let refused: Vec<i64> = played.of("OP_REFUSED").map(|row| row.time_us / 1_000_000).collect();
    assert_eq!(refused, [16, 21, 26, 31]);
    assert_eq!(played.of("OP_START").count(), 6);
}

#[test]
fn modes_restrict_operations() {
    let ask = |priority: u8| format!("{ASK}repeat = 10\npriority = {priority}\n");
    let cut = "[[actions]]\nt_ms = 15000\nkind = \"offline\"\nscope = \"sector\"\nduration_ms = 21000\n";
    // Seven of ten sectors are left: moderately degraded from the map at 20 s to that at 40 s.
    let played = play(60, &format!("{}{}{cut}ids = [0, 4, 9]\n", ask(1), ask(2)));
    let refused: Vec<_> = played
        .of("OP_REFUSED")
        .map(|row| (row.time_us / 1_000_000, row.text("response"), row.text("reason")))
        .collect();
    let expected: Vec<_> = [21, 26, 31, 36]
        .into_iter()
        .flat_map(|t| [(t, "queued", "moderately degraded"), (t, "refused", "too many targets")])
        .collect();
    assert_eq!(refused, expected);
    // What was queued starts with the map that finds the mesh well again.
    let at_40 = played.of("OP_START").filter(|row| row.time_us == 40_000_000).count();
    assert_eq!(at_40, 4);
    let all = play(60, &format!("{}{cut}ids = [0, 1, 2, 3, 4, 5, 6, 7, 8]\n", ask(3)));
    let modes: Vec<&str> = all.of("MODE").map(|row| row.text("new")).collect();
    assert_eq!(modes, ["EMERGENCY"]);
    assert!(all.of("OP_REFUSED").all(|row| row.text("reason") == "emergency"));
    assert_eq!(all.of("OP_REFUSED").count(), 4);
}

#[test]
fn a_long_queue_is_a_spike_that_is_routed_around() {
    let played = play(
        150,
        "[[actions]]\nt_ms = 70000\nkind = \"queue\"\nscope = \"cluster\"\nids = [7]\nvalue = 30\nduration_ms = 30000\n\
         [[actions]]\nt_ms = 90000\nkind = \"operation\"\n",
    );
    let spikes = |raised: bool| {
        let flags = played.of("FLAG").filter(move |row| row.attributes["raised"] == raised);
        flags.filter(|row| row.attributes["flag"] == "impedance_spike").count()
    };
    assert!(spikes(true) >= 20, "{}", spikes(true));
    assert_eq!(spikes(true), spikes(false));
    assert_eq!(played.of("FLAG").filter(|row| row.attributes["flag"] == "many_spikes").count(), 1);
    let end = played.of("OP_END").next().unwrap();
    assert_eq!(end.int("unroutable"), spikes(true) as i64);
}

#[test]
fn probes_find_what_the_scenario_says() {
    let crash = "[[actions]]\nt_ms = 5000\nkind = \"crash\"\nscope = \"agent\"\nids = [0, 1, 2, 3, 4, 5]\n";
    let probe =
        "[[actions]]\nt_ms = 6000\nkind = \"probe_result\"\nscope = \"cluster\"\nids = [0]\nvalue = 0\n";
    let at = |played: &Played, new: &str| {
        let rows = played.rows.iter().filter(|row| row.event_type.starts_with("BREAKER"));
        rows.filter(|row| row.attributes["new"] == new).map(|row| row.time_us / 1_000_000).collect::<Vec<_>>()
    };
    let plain = play(140, crash);
    let opened = at(&plain, "OPEN")[0];
    assert_eq!((at(&plain, "HALF_OPEN"), at(&plain, "CLOSED")), (vec![opened + 30], vec![opened + 90]));
    let failing = play(140, &format!("{crash}{probe}"));
    assert_eq!(at(&failing, "HALF_OPEN"), [opened + 90]);
}
