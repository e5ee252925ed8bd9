//! What several tests need: playing a scenario text, and reading a run back.

use std::path::Path;

use infra_eventlog::check::validate;
use infra_eventlog::truth::{Truth, sidecar};
use infra_eventlog::{Run, TableKind};
use infra_simulate::flood::{FloodOutcome, FloodScenario, Recorder, run_flood};
use infra_simulate::scenario::Format;
use infra_simulate::{Scenario, ScenarioError};

/// A scenario written as TOML.
pub(crate) fn toml(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(text, Format::Toml, "test.toml")
}

/// The checked flood scenario of a TOML text.
#[track_caller]
pub(crate) fn flood(text: &str) -> FloodScenario {
    toml(text).unwrap_or_else(|e| panic!("{e}")).flood().unwrap()
}

/// Plays a TOML scenario.
#[track_caller]
pub(crate) fn play(text: &str) -> (Recorder, FloodOutcome) {
    let mut recorder = Recorder::default();
    let outcome = run_flood(&flood(text), &mut recorder).unwrap_or_else(|e| panic!("{e}"));
    (recorder, outcome)
}

/// One row of an events table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) event_id: i64,
    pub(crate) cause_id: Option<i64>,
    pub(crate) time_ns: i64,
    pub(crate) event_type: String,
    pub(crate) source: String,
    pub(crate) service: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) signals: Vec<Option<f64>>,
    pub(crate) message: Option<String>,
    pub(crate) attributes: Option<String>,
}

/// All rows of a run, strictly read and validated.
pub(crate) fn rows(path: &Path) -> (Run, Vec<Row>) {
    let run = Run::open(path).unwrap();
    let validation = validate(&run).unwrap();
    assert!(validation.problems.is_empty() && validation.notes.is_empty(), "{validation:?}");
    let signals = ["stress", "resource", "load"];
    let columns = [
        "event_id",
        "cause_id",
        "time_ns",
        "event_type",
        "source",
        "service",
        "status",
        "message",
        "attributes",
        "stress",
        "resource",
        "load",
    ];
    let mut rows = Vec::new();
    for batch in run.table(TableKind::Events).unwrap().read(&columns) {
        let batch = batch.unwrap();
        let ints = |name: &str| batch.ints(name).unwrap().iter().collect::<Vec<_>>();
        let text = |name: &str, i: usize| batch.require_texts(name).unwrap().get(i).map(str::to_owned);
        let (event_ids, cause_ids, times) = (ints("event_id"), ints("cause_id"), ints("time_ns"));
        for i in 0..batch.len() {
            rows.push(Row {
                event_id: event_ids[i].unwrap(),
                cause_id: cause_ids[i],
                time_ns: times[i].unwrap(),
                event_type: text("event_type", i).unwrap(),
                source: text("source", i).unwrap(),
                service: text("service", i),
                status: text("status", i),
                signals: signals.map(|s| batch.floats(s).unwrap().iter().nth(i).unwrap()).into(),
                message: text("message", i),
                attributes: text("attributes", i),
            });
        }
    }
    (run, rows)
}

/// The ground truth beside a run.
pub(crate) fn truth(run: &Path) -> Truth {
    serde_json::from_str(&std::fs::read_to_string(sidecar(run)).unwrap()).unwrap()
}
