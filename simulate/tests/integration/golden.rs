//! The golden data of the specification: exact, every value.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::kernel::{RandomSource, draw};
use infra_simulate::scenario::Format;
use infra_simulate::verify::{VerifyError, verify_world_flood};
use infra_simulate::{Scenario, builtin};

fn golden(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(part)
}

#[test]
fn every_golden_flood_scenario_is_reproduced_exactly() {
    let report = verify_world_flood(&golden("flood")).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert_eq!((report.cases, report.max_error), (12, 0.0));
    assert!(report.values > 10_000, "{}", report.values);
}

#[test]
fn a_changed_golden_value_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(golden("flood")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("reference.") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text = match name.as_str() {
            "reference.metrics.csv" => text.replacen("emergency,0.0,2.9", "emergency,0.0,2.75", 1),
            "reference.intents.csv" => text.replacen("4,1,citizen:1", "4,1,citizen:2", 1),
            "reference.final.json" => text.replace("\"events_processed\": 5", "\"events_processed\": 6"),
            _ => text,
        };
        fs::write(dir.path().join(name), text).unwrap();
    }
    let report = verify_world_flood(dir.path()).unwrap();
    assert_eq!(report.failures.len(), 3, "{:#?}", report.failures);
    assert_eq!(report.max_error, 1.0);
    assert!(report.failures[0].starts_with("reference: metrics, row 1, value 5: "), "{}", report.failures[0]);
}

#[test]
fn golden_data_that_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify_world_flood(dir.path()), Err(VerifyError::Empty { .. })));
    assert!(matches!(verify_world_flood(&dir.path().join("no")), Err(VerifyError::Unreadable { .. })));
    fs::write(dir.path().join("a.jsonl"), "{}\n").unwrap();
    let error = verify_world_flood(dir.path()).unwrap_err().to_string();
    assert!(error.contains("a.jsonl: not golden data: line 1"), "{error}");
}

#[test]
fn the_builtin_reference_is_the_golden_reference() {
    let text = fs::read_to_string(golden("flood/reference.scenario.json")).unwrap();
    let golden = Scenario::parse(&text, Format::Json, "reference.scenario.json").unwrap();
    let builtin = Scenario::parse(builtin("flood", "reference").unwrap(), Format::Toml, "reference").unwrap();
    assert_eq!(builtin.scenario_json().unwrap(), golden.scenario_json().unwrap());
}

#[test]
fn the_random_source_is_the_specified_one() {
    let text = fs::read_to_string(golden("coordination/rng.csv")).unwrap();
    let mut cases = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let int = |i: usize| fields[i].parse::<u64>().unwrap();
        let real = |i: usize| fields[i].parse::<f64>().unwrap();
        let (seed, stream, entity, k) = (int(0), int(1), int(2), int(3));
        let random = RandomSource::new(seed);
        assert_eq!(draw(seed, stream, entity, k), int(4), "{line}");
        assert_eq!(random.uniform(stream, entity, k), real(5), "{line}");
        assert_eq!(random.standard(stream, entity, k), real(6), "{line}");
        cases += 1;
    }
    assert!(cases > 100, "{cases}");
}
