//! Only what an operator could have seen counts: without a simulator's inner truth, all the same.

use std::path::Path;

use infra_eventlog::Run;
use infra_eventlog::metadata::Visibility;
use infra_eventlog::schema::TableKind;
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_ingest::summary::FocusOptions;
use infra_simulate::{Scenario, simulate_to};

use crate::{Told, tell};

/// Copies a run without the rows of its mechanisms; returns how many were left out.
fn observed_only(from: &Path, to: &Path) -> usize {
    let run = Run::open(from).unwrap();
    let metadata = run.metadata();
    let names: Vec<&str> = metadata.signals.iter().map(|s| s.name.as_str()).collect();
    let mut columns = vec![
        "event_id",
        "cause_id",
        "time_ns",
        "event_type",
        "source",
        "service",
        "status",
        "message",
        "attributes",
    ];
    columns.extend(&names);
    let mut writer = EventWriter::single_file(to, metadata).unwrap();
    let mut left_out = 0;
    for rows in run.table(TableKind::Events).unwrap().read(&columns) {
        let rows = rows.unwrap();
        let ints =
            |name| rows.ints(name).map(|c| c.iter().collect::<Vec<_>>()).unwrap_or(vec![None; rows.len()]);
        let (event, cause, time) = (ints("event_id"), ints("cause_id"), ints("time_ns"));
        let texts = ["event_type", "source", "service", "status", "message", "attributes"]
            .map(|name| rows.texts(name).unwrap());
        let text = |column: usize, i: usize| texts[column].as_ref().and_then(|c| c.get(i));
        let values: Vec<Vec<Option<f64>>> =
            names.iter().map(|n| rows.floats(n).unwrap().iter().collect()).collect();
        for i in 0..rows.len() {
            let event_type = text(0, i).unwrap();
            if metadata.event_type(event_type).visibility == Visibility::Mechanism {
                left_out += 1;
                continue;
            }
            let signals: Vec<Option<f64>> = values.iter().map(|v| v[i]).collect();
            let row = EventRow {
                event_id: event[i].unwrap(),
                cause_id: cause[i],
                time_ns: time[i].unwrap(),
                event_type,
                source: text(1, i).unwrap(),
                service: text(2, i),
                status: text(3, i),
                signals: &signals,
                message: text(4, i),
                attributes: text(5, i),
            };
            writer.push(&row).unwrap();
        }
    }
    writer.finish().unwrap();
    left_out
}

/// What is concluded, without the numbers of rows.
#[derive(Debug, PartialEq)]
struct Conclusions {
    verdict: String,
    /// Scores bit for bit.
    order: Vec<(String, u64)>,
    paths: Vec<(Vec<String>, bool)>,
    facts: Vec<String>,
}

fn conclusions(told: &Told) -> Conclusions {
    let order = told.order().into_iter().map(|(name, score)| (name, score.to_bits())).collect();
    let paths = told.ranking.paths.iter();
    let paths = paths.map(|p| (p.services.iter().map(|s| s.plain()).collect(), p.confirmed));
    let without_rows = |line: &str| line.split(" [").next().unwrap_or_default().to_owned();
    let keys = ["| Onset", "| Blast radius", "| Services affected", "| Confidence", "| State at the end"];
    let facts = told.markdown.lines().filter(|l| keys.iter().any(|k| l.starts_with(k))).map(without_rows);
    let verdict = told.ranking.verdict.words().to_owned();
    Conclusions { verdict, order, paths: paths.collect(), facts: facts.collect() }
}

fn nothing_changes(world: &str, scenario: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (whole, seen) = (dir.path().join("whole.parquet"), dir.path().join("seen.parquet"));
    simulate_to(&whole, &Scenario::named(world, scenario).unwrap()).unwrap();
    let left_out = observed_only(&whole, &seen);
    assert!(left_out > 0, "{world} {scenario} has rows of mechanisms");
    let (whole, seen) = (tell(&whole, &FocusOptions::default()), tell(&seen, &FocusOptions::default()));
    assert_eq!(conclusions(&whole), conclusions(&seen), "{world} {scenario}");
    let told = conclusions(&whole);
    assert!(!told.order.is_empty() && !told.facts.is_empty());
}

#[test]
fn flood_is_told_the_same_without_its_mechanisms() {
    nothing_changes("flood", "contagion");
}

#[test]
fn mesh_is_told_the_same_without_its_mechanisms() {
    for scenario in ["reference", "connected", "metastable", "dual-fault", "task_hard_gray_failure"] {
        nothing_changes("mesh", scenario);
    }
}

#[test]
fn systems_are_told_the_same_without_their_mechanisms() {
    nothing_changes("systems", "cascading-outage");
    nothing_changes("systems", "extreme-junior");
}

#[test]
fn coordination_is_told_the_same_without_its_mechanisms() {
    nothing_changes("coordination", "sector-outage");
    nothing_changes("coordination", "rogue-cluster");
}
