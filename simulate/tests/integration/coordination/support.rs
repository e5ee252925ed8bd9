//! Playing a scenario of the coordination world and reading its run back.

use infra_eventlog::check::validate;
use infra_eventlog::truth::Truth;
use infra_eventlog::{Run, TableKind};
use infra_simulate::{Scenario, simulate_to};
use serde_json::Value;

use crate::support::{toml, truth};

/// Signals that tests look at.
pub(crate) const SIGNALS: [&str; 5] = ["availability", "error_rate", "conflict_rate", "coverage", "failures"];

/// One row of the events table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) event_id: i64,
    pub(crate) cause_id: Option<i64>,
    pub(crate) time_us: i64,
    pub(crate) event_type: String,
    pub(crate) service: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) signals: [Option<f64>; SIGNALS.len()],
    pub(crate) attributes: Value,
}

impl Row {
    /// An attribute that is an integer.
    #[track_caller]
    pub(crate) fn int(&self, key: &str) -> i64 {
        self.attributes[key].as_i64().unwrap_or_else(|| panic!("{key} of {self:?}"))
    }

    /// An attribute that is a text.
    #[track_caller]
    pub(crate) fn text(&self, key: &str) -> &str {
        self.attributes[key].as_str().unwrap_or_else(|| panic!("{key} of {self:?}"))
    }

    /// A signal by name.
    pub(crate) fn signal(&self, name: &str) -> Option<f64> {
        self.signals[SIGNALS.iter().position(|s| *s == name).unwrap()]
    }
}

/// A run, read back.
pub(crate) struct Played {
    pub(crate) run: Run,
    pub(crate) rows: Vec<Row>,
    pub(crate) truth: Truth,
}

impl Played {
    /// Rows of a type, in order.
    pub(crate) fn of<'a>(&'a self, event_type: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.event_type == event_type)
    }

    /// What an analyst should say.
    pub(crate) fn verdict(&self) -> &str {
        self.truth.extra["verdict"].as_str().unwrap()
    }
}

/// Plays a scenario and reads its run and truth.
#[track_caller]
pub(crate) fn play(scenario: &Scenario) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    simulate_to(&path, scenario).unwrap_or_else(|e| panic!("{e}"));
    let run = Run::open(&path).unwrap();
    let validation = validate(&run).unwrap();
    assert!(validation.problems.is_empty(), "{validation:?}");
    let mut columns =
        vec!["event_id", "cause_id", "time_ns", "event_type", "service", "status", "attributes"];
    columns.extend(SIGNALS);
    let mut rows = Vec::new();
    for batch in run.table(TableKind::Events).unwrap().read(&columns) {
        let batch = batch.unwrap();
        let ints = |name: &str| batch.ints(name).unwrap().iter().collect::<Vec<_>>();
        let texts =
            ["event_type", "service", "status", "attributes"].map(|n| batch.require_texts(n).unwrap());
        let text = |column: usize, i: usize| texts[column].get(i).map(str::to_owned);
        let (event_ids, cause_ids, times) = (ints("event_id"), ints("cause_id"), ints("time_ns"));
        let signals = SIGNALS.map(|s| batch.floats(s).unwrap().iter().collect::<Vec<_>>());
        for i in 0..batch.len() {
            rows.push(Row {
                event_id: event_ids[i].unwrap(),
                cause_id: cause_ids[i],
                time_us: times[i].unwrap() / 1000,
                event_type: text(0, i).unwrap(),
                service: text(1, i),
                status: text(2, i),
                signals: signals.each_ref().map(|s| s[i]),
                attributes: text(3, i).map_or(Value::Null, |json| serde_json::from_str(&json).unwrap()),
            });
        }
    }
    Played { run, rows, truth: truth(&path) }
}

/// Plays a scenario written as TOML; world and seed are put in front.
#[track_caller]
pub(crate) fn play_text(text: &str) -> Played {
    play(&scenario(text))
}

/// A scenario written as TOML; the world is put in front.
#[track_caller]
pub(crate) fn scenario(text: &str) -> Scenario {
    toml(&format!("world = \"coordination\"\n{text}")).unwrap_or_else(|e| panic!("{e}"))
}
