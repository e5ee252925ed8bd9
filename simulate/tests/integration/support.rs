//! What several tests need: playing a scenario text, and reading a run back.

use std::path::Path;

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

/// All rows of a run, strictly read.
pub(crate) fn rows(path: &Path) -> (Run, Vec<Row>) {
    let run = Run::open(path).unwrap();
    let _ = TableKind::Events;
    let rows = crate::log::read_rows(&run);
    (run, rows)
}
