//! `bench simulate`: what it prints, not how fast it is.

use crate::support::Folder;

#[test]
fn the_log_writer_is_measured_in_children() {
    let folder = Folder::new();
    let said = folder.run("bench simulate --case log --runs 1 --format json").expect_code(0);
    let value: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(value["schema"], "infra-bench/1");
    let case = &value["cases"][0];
    assert_eq!((case["case"].as_str(), case["unit"].as_str()), (Some("log"), Some("rows")));
    assert!(case["work"].as_u64().unwrap() >= 1_000_000, "{case}");
    assert!(case["median_s"].as_f64().unwrap() > 0.0 && case["runs_s"].as_array().unwrap().len() == 1);
    assert!(!cfg!(target_os = "linux") || case["peak_bytes"].as_u64().unwrap() > 1 << 20, "{case}");
    // Nothing stays behind.
    assert!(folder.names().is_empty());
}

#[test]
fn a_case_that_does_not_exist_is_told() {
    let folder = Folder::new();
    folder.run("bench simulate --case kernle").expect_code(2).complains(&["kernel", "mesh-7"]);
    folder.run("bench simulate --runs 0").expect_code(2);
}

#[test]
fn every_suite_measures_its_smallest_case() {
    let folder = Folder::new();
    for (suite, case) in [("gat", "10"), ("graph", "paths"), ("report", "flood")] {
        let said = folder.run(&format!("bench {suite} --case {case} --runs 1 --format json")).expect_code(0);
        let value: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!((value["suite"].as_str(), value["cases"][0]["case"].as_str()), (Some(suite), Some(case)));
        assert!(value["cases"][0]["median_s"].as_f64().unwrap() > 0.0, "{said:?}");
    }
    let said = folder.run("bench ingest --case none").expect_code(2);
    assert!(said.err.contains("there are 5m, 50m, 500m"), "{}", said.err);
}
