//! Playing systems scenarios and reading their runs back.

use std::path::{Path, PathBuf};

use infra_eventlog::check::validate;
use infra_eventlog::truth::Truth;
use infra_eventlog::{Run, TableKind};
use infra_simulate::{PlayOptions, RunSummary, Scenario, simulate_with};
use serde_json::Value;

pub(super) const SIGNALS: [&str; 9] =
    ["cpu", "memory", "disk", "error_rate", "latency_p50", "latency_p99", "load", "availability", "health"];

/// One row of an events table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) event_id: i64,
    pub(super) cause_id: Option<i64>,
    pub(super) time_ns: i64,
    pub(super) event_type: String,
    pub(super) source: String,
    pub(super) service: Option<String>,
    pub(super) status: Option<String>,
    pub(super) signals: [Option<f64>; SIGNALS.len()],
    pub(super) message: Option<String>,
    pub(super) attributes: Value,
}

impl Row {
    pub(super) fn is(&self, event_type: &str) -> bool {
        self.event_type == event_type
    }

    #[track_caller]
    pub(super) fn text(&self, key: &str) -> &str {
        self.attributes[key].as_str().unwrap()
    }

    #[track_caller]
    pub(super) fn flag(&self, key: &str) -> bool {
        self.attributes[key].as_bool().unwrap()
    }

    #[track_caller]
    pub(super) fn signal(&self, name: &str) -> f64 {
        self.signals[SIGNALS.iter().position(|signal| *signal == name).unwrap()].unwrap()
    }

    pub(super) fn round(&self, run: &Run) -> i64 {
        self.time_ns / run.metadata().time.tick_ns
    }
}

/// All rows of a run, strictly read and validated.
pub(super) fn rows(path: &Path) -> (Run, Vec<Row>) {
    let run = Run::open(path).unwrap();
    let validation = validate(&run).unwrap();
    assert!(validation.problems.is_empty() && validation.notes.is_empty(), "{validation:?}");
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
    columns.extend(SIGNALS);
    let mut rows = Vec::new();
    for batch in run.table(TableKind::Events).unwrap().read(&columns) {
        let batch = batch.unwrap();
        let ints = |name: &str| batch.ints(name).unwrap().iter().collect::<Vec<_>>();
        let texts = |name: &str| batch.require_texts(name).unwrap();
        let (event_ids, cause_ids, times) = (ints("event_id"), ints("cause_id"), ints("time_ns"));
        let signals = SIGNALS.map(|name| batch.floats(name).unwrap().iter().collect::<Vec<_>>());
        let [types, sources, services, statuses, messages, attributes] =
            ["event_type", "source", "service", "status", "message", "attributes"].map(texts);
        for i in 0..batch.len() {
            rows.push(Row {
                event_id: event_ids[i].unwrap(),
                cause_id: cause_ids[i],
                time_ns: times[i].unwrap(),
                event_type: types.get(i).unwrap().to_owned(),
                source: sources.get(i).unwrap().to_owned(),
                service: services.get(i).map(str::to_owned),
                status: statuses.get(i).map(str::to_owned),
                signals: std::array::from_fn(|signal| signals[signal][i]),
                message: messages.get(i).map(str::to_owned),
                attributes: attributes.get(i).map_or(Value::Null, |text| serde_json::from_str(text).unwrap()),
            });
        }
    }
    (run, rows)
}

/// A run with everything about it.
pub(super) struct Played {
    pub(super) run: Run,
    pub(super) rows: Vec<Row>,
    pub(super) truth: Truth,
    pub(super) summary: RunSummary,
    pub(super) bytes: Vec<u8>,
    /// Keeps the files.
    dir: tempfile::TempDir,
}

impl Played {
    pub(super) fn of(&self, event_type: &str) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.is(event_type)).collect()
    }

    /// Where the run is, as long as this lives.
    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("run.parquet")
    }

    pub(super) fn extra(&self, key: &str) -> &Value {
        &self.truth.extra[key]
    }
}

/// Plays a scenario.
pub(super) fn play(scenario: &Scenario, options: &PlayOptions) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let summary = simulate_with(&path, scenario, options).unwrap();
    let (run, rows) = rows(&path);
    let truth = crate::support::truth(&path);
    let bytes = std::fs::read(&path).unwrap();
    Played { run, rows, truth, summary, bytes, dir }
}

/// Plays a built-in scenario with overrides.
pub(super) fn builtin(name: &str, set: &[(&str, &str)]) -> Played {
    play(&changed(name, set), &PlayOptions::default())
}

/// A built-in scenario with overrides.
pub(super) fn changed(name: &str, set: &[(&str, &str)]) -> Scenario {
    let mut scenario = Scenario::named("systems", name).unwrap();
    for (path, value) in set {
        scenario.set(path, value).unwrap();
    }
    scenario
}
