//! An external diagnoser: what it answers is used, what it does not answer the rules decide.

use std::path::PathBuf;

use infra_simulate::{Diagnoser, PlayOptions, simulate_with};

use super::support::{Played, changed, play};

fn options(diagnoser: Diagnoser) -> PlayOptions {
    let mut options = PlayOptions::default();
    options.diagnoser = diagnoser;
    options
}

fn sh(script: &str) -> PlayOptions {
    let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
    options(Diagnoser::Command(argv))
}

fn with(options: &PlayOptions) -> Played {
    play(&changed("reference", &[("diagnoser_timeout_s", "0.5")]), options)
}

const RESTARTS: &str = "while read -r line; do echo '{\"action\":\"restart_service\"}'; done";

#[test]
fn its_answers_are_used_and_kept() {
    let played = with(&sh(RESTARTS));
    let diagnoses = played.of("DIAGNOSIS");
    assert!(!diagnoses.is_empty() && diagnoses.iter().all(|row| row.text("action") == "restart_service"));
    assert!(diagnoses.iter().all(|row| row.text("diagnoser") == "command"));
    assert!(played.of("DIAGNOSER_FALLBACK").is_empty());
    assert_eq!(played.extra("diagnoser_answers"), &serde_json::json!(diagnoses.len()));
}

/// The rules decided everything, and the log says why.
fn falls_back(script: &str, reason: &str) {
    let played = with(&sh(script));
    let fallbacks = played.of("DIAGNOSER_FALLBACK");
    assert_eq!(fallbacks.len(), played.of("DIAGNOSIS").len(), "{script}");
    assert!(fallbacks[0].text("reason").contains(reason), "{script}: {}", fallbacks[0].text("reason"));
    let rules = play(&changed("reference", &[("diagnoser_timeout_s", "0.5")]), &PlayOptions::default());
    let actions = |played: &Played| {
        played.of("DIAGNOSIS").iter().map(|row| row.text("action").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(actions(&played), actions(&rules), "{script}");
}

#[test]
fn garbage_unknown_actions_silence_and_death_fall_back_to_the_rules() {
    falls_back("while read -r line; do echo 'no idea <&'; done", "the answer is no JSON");
    falls_back("while read -r line; do echo '{\"action\":\"pray\"}'; done", "unknown action `pray`");
    falls_back("while read -r line; do echo '[1]'; done", "the answer names no action");
    falls_back("exit 0", "it ended without an answer");
    falls_back("sleep 60", "no answer within 0.5 s");
}

#[test]
fn a_program_that_is_not_there_falls_back_too() {
    let nowhere = options(Diagnoser::Command(vec!["/nowhere/diagnoser".to_owned()]));
    let played = with(&nowhere);
    assert!(played.of("DIAGNOSER_FALLBACK")[0].text("reason").contains("could not be started"));
}

#[test]
fn a_replay_gives_the_same_run() {
    let dir = tempfile::tempdir().unwrap();
    let (first, again) = (dir.path().join("first.parquet"), dir.path().join("again.parquet"));
    let scenario = changed("reference", &[]);
    simulate_with(&first, &scenario, &sh(RESTARTS)).unwrap();
    let replay = options(Diagnoser::Replay(first.clone()));
    simulate_with(&again, &scenario, &replay).unwrap();
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn a_replay_of_nothing_is_one_error_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let missing = options(Diagnoser::Replay(PathBuf::from("/nowhere/run.parquet")));
    let error = simulate_with(&path, &changed("reference", &[]), &missing).unwrap_err().to_string();
    assert!(error.contains("/nowhere/run.parquet"), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_replay_of_another_run_falls_back() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other.parquet");
    simulate_with(&other, &changed("extreme-junior", &[]), &PlayOptions::default()).unwrap();
    let played = with(&options(Diagnoser::Replay(other)));
    assert!(played.of("DIAGNOSER_FALLBACK")[0].text("reason").contains("replayed run"));
}
