//! The golden data of the specification.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::scenario::WorldName;
use infra_simulate::verify::{VerifyError, VerifyReport, verify_world};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/systems")
}

fn verify(dir: &Path) -> Result<VerifyReport, VerifyError> {
    verify_world(WorldName::named("systems").unwrap(), dir)
}

#[test]
fn all_golden_data_is_reproduced() {
    let report = verify(&golden()).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert!(report.cases > 350 && report.values > 10_000, "{} {}", report.cases, report.values);
    assert_eq!(report.max_error, 0.0);
}

/// One changed value in each file is found, and only that.
#[test]
fn a_changed_value_is_noticed_in_every_file() {
    let changes = [
        ("server_ops.jsonl", "\"memory_usage\": 35.7,", "\"memory_usage\": 35.8,"),
        ("sre_rounds.jsonl", "\"action\": \"clear_cache\"", "\"action\": \"failover\""),
        ("alerts_diagnosis.csv", "web,cpu_usage,90,cpu_usage,warning", "web,cpu_usage,90,cpu_usage,critical"),
        ("run_medium_mid.json", "\"healthy\": 6", "\"healthy\": 5"),
        ("seeded_runs.csv", "default,low,junior,1,6,15,8,8,8,1", "default,low,junior,1,6,15,8,8,8,2"),
        ("availability_distribution.csv", "low,mid,300,99.6741", "low,mid,300,90.6741"),
    ];
    for (file, from, to) in changes {
        let dir = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(golden().join(file)).unwrap();
        assert!(text.contains(from), "{file}");
        // Three rows are enough of the slow file.
        let text = text.replacen(from, to, 1);
        let text = if file.starts_with("availability") {
            text.lines().take(3).collect::<Vec<_>>().join("\n")
        } else {
            text
        };
        fs::write(dir.path().join(file), text).unwrap();
        let report = verify(dir.path()).unwrap();
        assert!((1..=2).contains(&report.failures.len()), "{file}: {:#?}", report.failures);
        assert!(report.failures[0].starts_with(file), "{}", report.failures[0]);
    }
}

#[test]
fn a_tape_that_does_not_fit_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(golden().join("run_high_mid.json")).unwrap();
    let start = text.find("\"runner\": [[").unwrap();
    let end = start + text[start..].find("]]").unwrap() + 1;
    fs::write(dir.path().join("run_x.json"), format!("{}, [\"r\", 0.5]{}", &text[..end], &text[end..]))
        .unwrap();
    let report = verify(dir.path()).unwrap();
    assert_eq!(report.failures, ["run_x.json: 1 recorded draws are left"]);
}

#[test]
fn data_that_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify(dir.path()), Err(VerifyError::Empty { .. })));
    assert!(matches!(verify(&dir.path().join("no")), Err(VerifyError::Unreadable { .. })));
    for (file, text) in [
        ("server_ops.jsonl", "{}\n"),
        ("run_a.json", "[]"),
        ("seeded_runs.csv", "config\nx\n"),
        ("sre_rounds.jsonl", "x"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(file), text).unwrap();
        let error = verify(dir.path()).unwrap_err().to_string();
        assert!(error.contains(file) && error.contains("not golden data"), "{error}");
    }
}
