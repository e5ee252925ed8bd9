//! The golden data of the mesh specification: reals within 1e-9, everything else exact.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::mesh::{Case, CaseError};
use infra_simulate::verify::{VerifyError, verify_world_mesh};
use serde_json::{Value, json};

fn golden(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mesh").join(part)
}

fn case(name: &str) -> Value {
    let text = fs::read_to_string(golden("cases").join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Copies a case and `rng.json`, each text changed.
fn changed_copy(name: &str, change: impl Fn(&str, String) -> String) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in [format!("cases/{name}.json"), format!("cases/{name}.csv"), "rng.json".to_owned()] {
        let text = fs::read_to_string(golden(&part)).unwrap();
        let file = part.rsplit('/').next().unwrap().to_owned();
        fs::write(dir.path().join(&file), change(&file, text)).unwrap();
    }
    dir
}

#[test]
fn every_golden_case_and_draw_is_reproduced_exactly() {
    let report = verify_world_mesh(&golden("")).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert_eq!(report.max_error, 0.0);
    assert!(report.cases >= 25 && report.values > 80_000, "{} {}", report.cases, report.values);
}

#[test]
fn a_changed_value_is_noticed_wherever_it_is() {
    let dir = changed_copy("rem_bad_deploy_rollback", |file, text| match file {
        "rng.json" => text.replacen("3626764237", "3626764238", 1),
        name if name.ends_with(".csv") => text.replacen("healthy", "degraded", 1),
        _ => text.replacen("\"mttm_tick\": ", "\"mttm_tick\": 1", 1),
    });
    let report = verify_world_mesh(dir.path()).unwrap();
    assert_eq!(report.failures.len(), 3, "{:#?}", report.failures);
    assert!(report.failures[0].contains(".csv line 2: status is"), "{}", report.failures[0]);
    assert!(report.failures[1].contains("mttm_tick"), "{}", report.failures[1]);
    assert!(report.failures[2].starts_with("rng seed 0: getrandbits32"), "{}", report.failures[2]);
}

#[test]
fn a_changed_number_and_a_changed_initial_state_are_noticed() {
    let dir = changed_copy("generic_easy_1", |file, text| match file {
        name if name.ends_with(".json") && name != "rng.json" => {
            text.replacen("\"http_server_active_requests\": ", "\"http_server_active_requests\": 1", 1)
        },
        _ => text,
    });
    let report = verify_world_mesh(dir.path()).unwrap();
    assert!(report.failures.iter().any(|f| f.contains("generated")), "{:#?}", report.failures);
    assert!(report.failures.iter().any(|f| f.contains(".csv line 2")), "{:#?}", report.failures);
}

#[test]
fn a_trajectory_that_is_too_short_or_too_long_is_noticed() {
    for (ticks, expected) in [(29, "the run has ended before this row"), (31, "no row shows tick 31")] {
        let dir = changed_copy("generic_easy_1", |_, text| {
            text.replacen("\"ticks\": 30", &format!("\"ticks\": {ticks}"), 1)
        });
        let report = verify_world_mesh(dir.path()).unwrap();
        assert!(report.failures.iter().any(|f| f.contains(expected)), "{:#?}", report.failures);
    }
}

#[test]
fn the_catalogue_is_compared_task_by_task() {
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/scenarios/mesh/catalogue.json");
    let text = fs::read_to_string(embedded).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalogue.json");
    fs::write(&path, &text).unwrap();
    let report = verify_world_mesh(dir.path()).unwrap();
    assert!(report.passed() && report.values > 1000, "{} {:#?}", report.values, report.failures);
    fs::write(
        &path,
        text.replacen("\"process_memory_utilization\": 0.98", "\"process_memory_utilization\": 0.9", 1),
    )
    .unwrap();
    let report = verify_world_mesh(dir.path()).unwrap();
    assert_eq!(report.failures.len(), 1, "{:#?}", report.failures);
    assert!(report.failures[0].starts_with("task_easy_oom_baseline: initial_state_overrides"));
}

#[test]
fn golden_data_that_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify_world_mesh(dir.path()), Err(VerifyError::Empty { .. })));
    assert!(matches!(verify_world_mesh(&dir.path().join("no")), Err(VerifyError::Unreadable { .. })));
    fs::write(dir.path().join("a.json"), "{\"service_order\": 3}").unwrap();
    let error = verify_world_mesh(dir.path()).unwrap_err().to_string();
    assert!(error.contains("a.json: not golden data"), "{error}");
    fs::write(dir.path().join("a.json"), case("generic_easy_1").to_string()).unwrap();
    assert!(matches!(verify_world_mesh(dir.path()), Err(VerifyError::Unreadable { .. })));
}

#[test]
fn a_case_that_makes_no_sense_is_refused() {
    let refused = |key: &str, value: Value| {
        let mut golden = case("generic_easy_1");
        golden[key] = value;
        Case::from_json(&golden).unwrap_err().to_string()
    };
    assert!(refused("ticks", json!(-1)).contains("ticks: must be between 0 and"));
    assert!(refused("slo_burn_rate", json!(-0.5)).contains("slo_burn_rate"));
    assert!(refused("services", json!({})).contains("services: lacks"));
    assert!(refused("difficulty", json!("extreme")).contains("extreme"));
    assert!(
        refused("script", json!([{"after_tick": 1, "op": "dance"}]))
            .contains("no operation is named `dance`")
    );
    assert!(refused("script", json!([{"after_tick": 1, "op": "set"}])).contains("lacks `service`"));
    let twice = json!(["db-proxy", "db-proxy"]);
    let mut golden = case("generic_easy_1");
    golden["service_order"] = twice;
    golden["services"]["db-proxy"] = json!({});
    golden["dependency_graph"] = json!({});
    let error = Case::from_json(&golden).unwrap_err();
    assert!(matches!(error, CaseError::Mesh(_)), "{error}");
    golden["service_order"] = json!([]);
    assert!(matches!(Case::from_json(&golden), Err(CaseError::Mesh(_))));
}
