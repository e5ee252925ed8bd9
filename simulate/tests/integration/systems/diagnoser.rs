//! A child process that diagnoses, well or badly, and its answers replayed.

use std::fs;
use std::path::Path;

use infra_simulate::{Diagnoser, PlayOptions, SimulateError, simulate_with};
use serde_json::Value;

use super::support::{Played, changed, play};

/// Forty alerts and more.
const BUSY: (&str, &[(&str, &str)]) = ("extreme-junior", &[("rounds", "15"), ("diagnoser_timeout_s", "0.2")]);
/// Children that answer get all the time that a loaded machine may need.
const PATIENT: (&str, &[(&str, &str)]) = ("extreme-junior", &[("rounds", "15")]);

/// Answers every question: restart what is down, clear the cache of all others.
const GOOD: &str = r#"while read -r line; do
    case "$line" in
        *'"metric":"service_down"'*) echo '{"action":"restart_service"}' ;;
        *) echo '{"why": "memory, always", "action": "clear_cache"}' ;;
    esac
done"#;

fn options(diagnoser: Diagnoser) -> PlayOptions {
    let mut options = PlayOptions::default();
    options.diagnoser = diagnoser;
    options
}

fn command(argv: &[&str]) -> PlayOptions {
    options(Diagnoser::Command(argv.iter().map(|&arg| arg.to_owned()).collect()))
}

fn with(argv: &[&str], (name, set): (&str, &[(&str, &str)])) -> Played {
    play(&changed(name, set), &command(argv))
}

fn shell(script: &str, run: (&str, &[(&str, &str)])) -> Played {
    with(&["sh", "-c", script], run)
}

fn by_rules() -> Played {
    play(&changed(BUSY.0, BUSY.1), &PlayOptions::default())
}

fn reasons(played: &Played) -> Vec<&str> {
    played.of("DIAGNOSER_FALLBACK").iter().map(|row| row.text("reason")).collect()
}

/// The run is that of the rules, but for the rows that say so.
#[track_caller]
fn assert_rules_decided(played: &Played) {
    let story = |played: &Played| -> Vec<String> {
        let rows = played.rows.iter().filter(|row| !row.is("DIAGNOSER_FALLBACK"));
        rows.map(|row| format!("{:?} {:?} {:?}", row.message, row.signals, row.attributes)).collect()
    };
    assert_eq!(story(played), story(&by_rules()));
    assert_eq!(played.of("DIAGNOSER_FALLBACK").len(), played.of("DIAGNOSIS").len());
    assert_eq!(*played.extra("diagnoser_answers"), 0);
}

/// The recorded answers give the same run again, byte for byte.
#[track_caller]
fn assert_replays(played: &Played, (name, set): (&str, &[(&str, &str)])) {
    let again = play(&changed(name, set), &options(Diagnoser::Replay(played.path())));
    assert!(again.bytes == played.bytes, "the replayed run differs");
    assert_eq!(again.truth, played.truth);
}

#[test]
fn a_child_that_answers_is_obeyed_and_replayed() {
    let played = shell(GOOD, PATIENT);
    assert!(reasons(&played).is_empty(), "{:?}", reasons(&played));
    let diagnoses = played.of("DIAGNOSIS");
    assert!(diagnoses.len() > 20);
    for row in &diagnoses {
        let wanted = if row.text("metric") == "service_down" { "restart_service" } else { "clear_cache" };
        assert_eq!((row.text("action"), row.text("diagnoser")), (wanted, "command"));
        // Misdiagnosed is what the rules would not do.
        let right = matches!(row.text("metric"), "service_down" | "memory_usage")
            || row.text("metric") == "health" && wanted == "restart_service";
        assert_eq!(row.flag("misdiagnosed"), !right, "{row:?}");
    }
    assert_eq!(*played.extra("diagnoser_answers"), diagnoses.len());
    let note = format!("the diagnoser answered {} alerts; the rules decided 0 in its place", diagnoses.len());
    assert_eq!(played.summary.notes, [note]);
    assert_replays(&played, PATIENT);
}

#[test]
fn a_question_is_a_line_with_all_that_the_engineer_sees() {
    let dir = tempfile::tempdir().unwrap();
    let asked = dir.path().join("asked");
    let script =
        "while read -r line; do printf '%s\\n' \"$line\" >> \"$1\"; echo '{\"action\":\"rollback\"}'; done";
    let played = with(&["sh", "-c", script, "sh", asked.to_str().unwrap()], PATIENT);
    let questions: Vec<Value> =
        fs::read_to_string(&asked).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let diagnoses = played.of("DIAGNOSIS");
    assert_eq!(questions.len(), diagnoses.len());
    for (question, diagnosis) in questions.iter().zip(diagnoses) {
        assert_eq!(question["round"], diagnosis.round(&played.run));
        assert_eq!(question["server"].as_str(), diagnosis.service.as_deref());
        assert_eq!(question["metric"], diagnosis.attributes["metric"]);
        assert_eq!(question["actions"].as_array().unwrap().len(), 6);
        assert_eq!(question["metrics"]["server"], question["server"]);
        assert_eq!(question["metrics"]["type"], question["type"]);
        let alert = played.rows.iter().find(|row| Some(row.event_id) == diagnosis.cause_id).unwrap();
        assert_eq!(question["level"], alert.attributes["level"]);
        assert_eq!(question["value"].as_f64(), alert.attributes["value"].as_f64());
        if question["value"].is_number() {
            assert_eq!(
                question["value"].as_f64(),
                question["metrics"][question["metric"].as_str().unwrap()].as_f64()
            );
        }
    }
}

#[test]
fn answers_that_mean_nothing_leave_it_to_the_rules() {
    for (script, reason) in [
        ("while read -r l; do echo 'no idea'; done", "the answer is no JSON: `no idea`"),
        ("while read -r l; do echo '[1]'; done", "the answer names no action: `[1]`"),
        (
            "while read -r l; do echo '{\"action\":7}'; done",
            r#"the answer names no action: `{\"action\":7}`"#,
        ),
        ("while read -r l; do echo '{\"action\":\"reboot\"}'; done", "unknown action `reboot`"),
    ] {
        let played = shell(script, PATIENT);
        assert!(reasons(&played).iter().all(|text| *text == reason), "{:?}", reasons(&played));
        assert_rules_decided(&played);
        assert_replays(&played, PATIENT);
    }
    // A child that only repeats the question.
    let echo = with(&["cat"], PATIENT);
    assert!(
        reasons(&echo).iter().all(|text| text.starts_with(r#"the answer names no action: `{\"actions\":"#))
    );
    assert!(reasons(&echo).iter().all(|text| text.len() < 200), "shortened");
    assert_rules_decided(&echo);
}

#[test]
fn a_child_that_hangs_is_asked_once_and_killed() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let played = with(&["sh", "-c", "echo $$ > \"$1\"; exec sleep 600", "sh", pid.to_str().unwrap()], BUSY);
    let said = reasons(&played);
    assert_eq!(said[0], "no answer within 0.2 s");
    assert!(said.len() > 20 && said[1..].iter().all(|text| *text == "not asked: it was late before"));
    assert_rules_decided(&played);
    assert_replays(&played, BUSY);
    // A child that had no time to start leaves no number, and no process either.
    if let Ok(pid) = fs::read_to_string(&pid) {
        assert!(!Path::new("/proc").join(pid.trim()).exists(), "it still runs");
    }
}

#[test]
fn a_child_that_ends_is_not_started_again() {
    let played = with(&["true"], PATIENT);
    let said = reasons(&played);
    assert_eq!((said[0], said[1]), ("it ended without an answer", "not asked: it has ended"));
    assert_rules_decided(&played);
    assert_replays(&played, PATIENT);

    let played = shell(
        "read -r l; echo '{\"action\":\"failover\"}'; read -r l; printf '{\"action\":\"rollback\"}'",
        PATIENT,
    );
    let answers: Vec<_> =
        played.of("DIAGNOSIS")[..3].iter().map(|row| row.text("diagnoser").to_owned()).collect();
    assert_eq!(answers, ["command", "command", "rules"], "the last line needs no end");
    assert_eq!(played.of("DIAGNOSIS")[1].text("action"), "rollback");
    assert_replays(&played, PATIENT);
}

#[test]
fn a_child_that_cannot_be_started_or_talks_without_end_is_no_obstacle() {
    let played = with(&["/no/such/program", "x"], PATIENT);
    assert!(reasons(&played).iter().all(|text| *text == "not asked: it could not be started"));
    assert_rules_decided(&played);
    let endless = with(&["cat", "/dev/zero"], PATIENT);
    assert_eq!(reasons(&endless)[0], "an answer of more than 65536 bytes");
    assert_eq!(reasons(&endless)[1], "not asked: its answer was too long before");
    assert_rules_decided(&endless);
}

#[test]
fn what_a_child_says_is_shortened_and_escaped() {
    let script = r#"while read -r l; do printf '\033[31m "red" %02000d\n' 7; done"#;
    let played = shell(script, PATIENT);
    for row in played.of("DIAGNOSER_FALLBACK") {
        let (reason, message) = (row.text("reason"), row.message.as_deref().unwrap());
        assert!(reason.contains(r#"\u{1b}[31m \"red\""#) && reason.len() < 200, "{reason}");
        assert!(!message.contains('\u{1b}') && !reason.contains('\u{1b}'), "{message:?}");
    }
}

#[test]
fn answers_that_do_not_fit_leave_it_to_the_rules() {
    let recorded = shell(GOOD, PATIENT);
    let replay =
        |path: &Path, (name, set)| play(&changed(name, set), &options(Diagnoser::Replay(path.to_owned())));
    // Another seed: other alerts.
    let other = replay(&recorded.path(), ("extreme-junior", &[("seed", "8"), ("rounds", "15")]));
    assert!(reasons(&other).contains(&"the replayed run's next answer is to another alert"));
    // More rounds than were recorded.
    let longer = replay(&recorded.path(), ("extreme-junior", &[("rounds", "20")]));
    assert_eq!(longer.extra("diagnoser_answers"), recorded.extra("diagnoser_answers"));
    assert!(reasons(&longer).iter().all(|text| *text == "the replayed run has no further answer"));
    assert!(!reasons(&longer).is_empty());
    // A run without a diagnoser has no answers.
    assert_rules_decided(&replay(&by_rules().path(), BUSY));
}

#[test]
fn a_recording_that_cannot_be_read_is_an_error_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = shell(GOOD, PATIENT);
    let damaged = dir.path().join("damaged.parquet");
    fs::write(&damaged, &recorded.bytes[..recorded.bytes.len() / 2]).unwrap();
    let target = dir.path().join("new.parquet");
    for path in [dir.path().join("none.parquet"), damaged.clone()] {
        let scenario = changed(PATIENT.0, PATIENT.1);
        let error = simulate_with(&target, &scenario, &options(Diagnoser::Replay(path.clone()))).unwrap_err();
        assert!(matches!(error, SimulateError::Run(_)), "{error:?}");
        assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "only the damaged file");
}
