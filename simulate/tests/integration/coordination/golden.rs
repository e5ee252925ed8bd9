//! The golden data of the coordination specification: reals within 1e-9, everything else exact.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::verify::{VerifyError, VerifyReport, verify_world_coordination};

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/coordination").join(file)
}

/// Replays a folder with that one file.
fn replayed(file: &str, text: &str) -> Result<VerifyReport, VerifyError> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(file), text).unwrap();
    verify_world_coordination(dir.path())
}

/// A golden file in which `old` is `new` where it stands first, replayed.
#[track_caller]
fn changed(file: &str, old: &str, new: &str) -> Vec<String> {
    let text = fs::read_to_string(golden(file)).unwrap();
    assert!(text.contains(old), "{file} has no `{old}`");
    let report = replayed(file, &text.replacen(old, new, 1)).unwrap();
    assert!(report.values > 0 && !report.passed(), "{file}: `{new}` for `{old}` was not noticed");
    report.failures
}

#[test]
fn every_golden_file_is_reproduced() {
    let report = verify_world_coordination(&golden("")).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert!(report.max_error < 1e-12, "{}", report.max_error);
    assert!(report.cases >= 1800 && report.values >= 12_000, "{} {}", report.cases, report.values);
}

#[test]
fn a_changed_value_is_noticed_in_every_table() {
    for (file, old, new, expected) in [
        ("rng.csv", ",13290436589306172351,", ",13290436589306172350,", "rng.csv line 2: draw_u64"),
        ("rng.csv", ",0.7204760111703294,", ",0.7204760,", "rng.csv line 2: uniform"),
        ("population.csv", "1,0,A,0,0,", "1,0,B,0,0,", "population.csv line 2: class"),
        ("population.csv", "16.800652329858565", "16.8006523", "population.csv line 2: latency_rtt_ms"),
        ("processing_time.csv", "4402.125", "4402.126", "processing_time.csv line 2: processing_ms"),
        ("confidence.csv", "0.30000000000000004", "0.300001", "confidence.csv line 2: confidence"),
        ("send_schedule.csv", ",1267560,26,", ",1267560,27,", "send_schedule.csv line 2: bucket"),
        ("send_schedule.csv", ",SKIP,,", ",SKIP,1,", "send_at_us is None"),
        ("impedance_score.csv", "990.3839,1", "990.3839,0", "impedance_score.csv line 2: flag_degraded"),
        ("quorum.csv", "PROCEED", "WAIT", "quorum.csv line 2: decision"),
        ("quorum.csv", "RETRY,0,", "RETRY,0,0.5", "quorum.csv line 3: confidence is None"),
        ("conflict_priority.csv", ",3600,REROUTE", ",600,REROUTE", "line 2: resolve_within_s"),
        ("degradation_mode.csv", "DEGRADED_SEVERE", "FULL", "degradation_mode.csv line 2: mode"),
        ("sector_health.csv", "degraded", "healthy", "sector_health.csv line 2: health"),
        ("breaker_trips.csv", "0,55,50,0,1,1", "0,55,50,1,1,1", "breaker_trips.csv line 2: trip_cluster"),
        ("routable.csv", "3,7,0,0", "3,7,0,1", "routable.csv line 2: routable_product"),
        ("gather_result.csv", ",SUCCESS,2", ",SUCCESS,3", "gather_result.csv line 2: stragglers"),
        ("message_rates.csv", "16320.1", "16320.2", "message_rates.csv line 2: baseline_per_s"),
        ("liveness.csv", ",60000000,80000000", ",65000000,80000000", "liveness.csv line 2: detected_us"),
        ("scatter_detail.csv", ",2480305,", ",2480306,", "scatter_detail.csv line 2: ready_us"),
        ("scatter_detail.csv", ",conflict", ",ready", "outcome is \"conflict\""),
    ] {
        let failures = changed(file, old, new);
        assert_eq!(failures.len(), 1, "{failures:#?}");
        assert!(failures[0].contains(expected), "{expected}: {}", failures[0]);
    }
}

#[test]
fn a_changed_value_is_noticed_in_every_list() {
    for (file, old, new, expected) in [
        ("statistics.json", "\"std_sample\": 195.88", "\"std_sample\": 195.89", "case 2: std_sample"),
        ("status_box.json", "(99.5%)", "(99.6%)", "status_box.json case 1: lines[3]"),
        ("breaker_timelines.json", "[35.0, \"cluster\"", "[36.0, \"cluster\"", "transitions[1][0]"),
        (
            "breaker_timelines.json",
            "\"failures=7\"",
            "\"failures=8\"",
            "failure_in_half_open: transitions[2][5]",
        ),
        (
            "breaker_timelines.json",
            "\"sector_failures\": {\"0\": 5}",
            "\"sector_failures\": {\"0\": 6}",
            "final.sector",
        ),
        ("breaker_timelines.json", "\"cluster_failures\": {\"0\": 5}", "\"cluster_failures\": {}", "entries"),
        ("scatter_runs.json", "\"ready\": 27850", "\"ready\": 27851", "case 1: result.ready is"),
        ("scatter_runs.json", "\"result\": {", "\"result\": {\"luck\": 1, ", "`result.luck` is not known"),
        ("cascade_runs.json", "\"t3\": 2470748", "\"t3\": 2470749", "case 1 wave of seed 1: result.t3"),
        ("cascade_runs.json", "\"on_time\": 1628", "\"on_time\": 1629", "result.phases[0].on_time"),
    ] {
        let failures = changed(file, old, new);
        assert_eq!(failures.len(), 1, "{failures:#?}");
        assert!(failures[0].contains(expected), "{expected}: {}", failures[0]);
    }
}

#[test]
fn a_scenario_that_says_something_else_gives_something_else() {
    for (file, old, new) in [
        ("scatter_runs.json", "\"seed\": 1,", "\"seed\": 9,"),
        ("scatter_runs.json", "\"pconf\": 0.005", "\"pconf\": 0.5"),
        ("scatter_runs.json", "\"op\": 0", "\"op\": 4"),
        ("scatter_runs.json", "\"factor\": 8.0", "\"factor\": 1.0"),
        ("scatter_runs.json", "\"ids\": [\"E\"]", "\"ids\": [\"D\"]"),
        ("scatter_runs.json", "\"add\": 12", "\"add\": 1"),
        ("cascade_runs.json", "\"strategy\": \"wave\"", "\"strategy\": \"parallel\""),
        ("cascade_runs.json", "\"weight\": 0.5", "\"weight\": 40"),
        (
            "breaker_timelines.json",
            "\"until_s\": 300.0, \"transitions\": [[5.0",
            "\"until_s\": 30.0, \"transitions\": [[5.0",
        ),
        ("breaker_timelines.json", "[false", "[true"),
    ] {
        assert!(!changed(file, old, new).is_empty());
    }
}

#[test]
fn golden_data_that_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify_world_coordination(dir.path()), Err(VerifyError::Empty { .. })));
    assert!(matches!(verify_world_coordination(&dir.path().join("no")), Err(VerifyError::Unreadable { .. })));
    assert!(matches!(replayed("README.md", "nothing"), Err(VerifyError::Empty { .. })));
    for (file, text, expected) in [
        ("rng.csv", "seed,stream\n1,2\n", "rng.csv: not golden data: line 2: no column `entity`"),
        ("quorum.csv", "ready\nmany\n", "line 2: "),
        ("processing_time.csv", "class\nG\n", "line 2: no class is named `G`"),
        ("routable.csv", "global\nAJAR\n", "no breaker state is named `AJAR`"),
        ("population.csv", "seed,agent\n1,30000\n", "there is no agent 30000"),
        ("liveness.csv", "seed,agent,crash_us\n1,0,9000000000000000\n", "the crash is later"),
        ("scatter_detail.csv", "seed,agent,payload_weight,window_ms\n1,0,inf,500\n", "`weight` is inf"),
        ("statistics.json", "{}", "statistics.json: not golden data"),
        ("status_box.json", "[{\"active\": -1}]", "case 1: "),
        (
            "cascade_runs.json",
            "[{\"seed\":1,\"strategy\":\"flood\",\"weight\":0}]",
            "no strategy is named `flood`",
        ),
        (
            "cascade_runs.json",
            "[{\"seed\":1,\"strategy\":\"wave\",\"weight\":0,\"mods\":[{\"kind\":\"rain\",\"scope\":\"mesh\"}]}]",
            "no kind is `rain`",
        ),
        (
            "scatter_runs.json",
            "[{\"scenario\":{\"seed\":1,\"weight\":0,\"window_ms\":1e300,\"min_rate\":0.9}}]",
            "`window_ms` is 1e300; expected 0 to",
        ),
        (
            "breaker_timelines.json",
            "[{\"events\":[[0,30000]],\"probes\":{},\"until_s\":1}]",
            "no agent 30000",
        ),
        (
            "breaker_timelines.json",
            "[{\"events\":[[1e30,3]],\"probes\":{},\"until_s\":1}]",
            "time of an event",
        ),
    ] {
        let error = replayed(file, text).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed { .. }), "{file}: {error:?}");
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}
