//! Folders of simulated runs, evaluated: what rankings may know, and that they are the same always.

use std::path::Path;

use infra_analysis::evaluate::model::{Outcome, Provenance};
use infra_analysis::evaluate::predictions::{Prediction, predictions};
use infra_analysis::evaluate::{Dataset, Evaluation, Options, labels, rank};
use infra_analysis::{AnalysisOptions, Constants};
use infra_simulate::{Scenario, simulate_to};
use tempfile::TempDir;

fn runs() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in ["reference", "contagion", "late-policy"] {
        let run = dir.path().join(format!("{name}.parquet"));
        simulate_to(&run, &Scenario::named("flood", name).unwrap()).unwrap();
    }
    dir
}

fn options(jobs: usize) -> Options {
    Options { analysis: AnalysisOptions::default(), constants: Constants::default(), jobs, ablations: true }
}

/// Predictions and the whole result.
fn evaluated(dir: &Path, jobs: usize) -> (Vec<Prediction>, Evaluation) {
    let dataset = Dataset::open(dir, None).unwrap();
    let options = options(jobs);
    let mut outcome = Outcome::new(&dataset, rank(&dataset, &options), Vec::new());
    let predicted = predictions([&outcome.rankings]);
    outcome.judge(labels::read(dir, &outcome.rankings));
    (predicted, Evaluation::new(&[outcome], Provenance::new("0", &options, Vec::new())))
}

#[test]
fn simulated_runs_are_scored_against_their_truth() {
    let dir = runs();
    let (predicted, evaluation) = evaluated(dir.path(), 2);
    let cases: Vec<&str> = predicted.iter().map(|p| p.case.as_str()).collect();
    assert_eq!(cases, ["contagion", "late-policy", "reference"]);
    assert_eq!(predicted[0].ranked[0], "power");
    assert_eq!(predicted[0].paths[0][0], "power");
    assert!(predicted.iter().all(|p| p.ranked.len() >= 3 && (0.0..=1.0).contains(&p.confidence)));
    let scored = evaluation.folders[0].scored.as_ref().unwrap();
    assert_eq!(scored.cases, 3);
    assert_eq!(scored.methods[0].scores.top1.mean, 1.0);
    let names: Vec<&str> = scored.methods.iter().map(|m| m.name.as_str()).collect();
    for name in [
        "degree",
        "largest deviation",
        "random order (expected)",
        "no graph",
        "random weights",
        "only stress",
    ] {
        assert!(names.contains(&name), "no `{name}` in {names:?}");
    }
    assert!(scored.paths.spread_true.is_some_and(|h| h.of > 0));
}

#[test]
fn any_number_of_jobs_gives_the_same_result() {
    let dir = runs();
    let json = |jobs| {
        let (predicted, evaluation) = evaluated(dir.path(), jobs);
        (predicted, evaluation.to_json().unwrap())
    };
    let one = json(1);
    assert_eq!(one, json(2));
    assert_eq!(one, json(8));
}

#[test]
fn a_false_truth_changes_scores_and_no_prediction() {
    let dir = runs();
    let (before, right) = evaluated(dir.path(), 1);
    let truth = dir.path().join("contagion.truth.json");
    let mut told: serde_json::Value = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
    told["root_causes"] = serde_json::json!(["transport"]);
    std::fs::write(&truth, told.to_string()).unwrap();
    let (after, wrong) = evaluated(dir.path(), 1);
    assert_eq!(before, after);
    let top1 = |e: &Evaluation| e.folders[0].scored.as_ref().unwrap().methods[0].scores.top1.mean;
    assert!(top1(&wrong) < top1(&right));
    // No truth at all: the predictions stand.
    std::fs::write(&truth, "no JSON").unwrap();
    let (after, unscored) = evaluated(dir.path(), 1);
    assert_eq!(before, after);
    assert!(unscored.folders[0].scored.is_none());
}

#[test]
fn a_damaged_run_is_one_wrong_case() {
    let dir = runs();
    std::fs::write(dir.path().join("contagion.parquet"), "no Parquet").unwrap();
    let (predicted, evaluation) = evaluated(dir.path(), 2);
    assert_eq!((predicted.len(), predicted[0].ranked.len()), (3, 0));
    let folder = &evaluation.folders[0];
    assert_eq!(folder.failed.len(), 1);
    assert_eq!(folder.failed[0].case, "contagion");
    let scored = folder.scored.as_ref().unwrap();
    assert_eq!((scored.cases, scored.methods[0].scores.top1.mean), (3, 2.0 / 3.0));
}
