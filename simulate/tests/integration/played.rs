//! A run of any world, played and read back: what tests of several worlds look at.

use std::collections::BTreeMap;
use std::path::Path;

use infra_eventlog::check::validate;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::truth::Truth;
use infra_eventlog::{Run, TableKind};
use infra_simulate::{Scenario, simulate_to};
use serde_json::Value;

use crate::support::truth;

/// One row of the events table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) event_id: i64,
    pub(crate) cause_id: Option<i64>,
    pub(crate) time_ns: i64,
    pub(crate) event_type: String,
    pub(crate) source: String,
    pub(crate) service: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) message: Option<String>,
    /// Null where there are none.
    pub(crate) attributes: Value,
    /// In the metadata's order.
    pub(crate) signals: Vec<Option<f64>>,
    /// Whether it is the first row of its event.
    pub(crate) own: bool,
}

impl Row {
    /// An attribute that is a number.
    #[track_caller]
    pub(crate) fn real(&self, key: &str) -> f64 {
        self.attributes[key].as_f64().unwrap_or_else(|| panic!("{key} of {self:?}"))
    }

    /// An attribute that is a text.
    #[track_caller]
    pub(crate) fn text(&self, key: &str) -> &str {
        self.attributes[key].as_str().unwrap_or_else(|| panic!("{key} of {self:?}"))
    }
}

/// A run, read back.
pub(crate) struct Played {
    pub(crate) metadata: RunMetadata,
    pub(crate) rows: Vec<Row>,
    pub(crate) truth: Truth,
    /// The file itself.
    pub(crate) bytes: Vec<u8>,
}

impl Played {
    /// Own rows of the events of a type, in order.
    pub(crate) fn events<'a>(&'a self, event_type: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.own && row.event_type == event_type)
    }

    /// A signal of a row, by name.
    #[track_caller]
    pub(crate) fn signal(&self, row: &Row, name: &str) -> Option<f64> {
        let at = self.metadata.signals.iter().position(|s| s.name == name);
        row.signals[at.unwrap_or_else(|| panic!("no signal {name}"))]
    }

    /// A number of the world's results.
    #[track_caller]
    pub(crate) fn extra(&self, key: &str) -> f64 {
        self.truth.extra[key].as_f64().unwrap_or_else(|| panic!("{key} is {}", self.truth.extra[key]))
    }

    /// What an analyst should say.
    pub(crate) fn verdict(&self) -> &str {
        self.truth.extra["verdict"].as_str().unwrap()
    }

    /// Time never decreases, causes are earlier events, every chain ends outside, event numbers
    /// have no gaps, and ratios are within 0..1.
    #[track_caller]
    pub(crate) fn check_order(&self) {
        let mut events: BTreeMap<i64, i64> = BTreeMap::new();
        let mut last = (0, -1);
        let ratios: Vec<usize> = ["error_rate", "pressure", "memory", "retry_ratio", "error_clustering"]
            .iter()
            .filter_map(|name| self.metadata.signals.iter().position(|s| s.name == *name))
            .collect();
        for row in &self.rows {
            assert!(row.time_ns >= last.0 && row.event_id >= last.1, "{row:?}");
            last = (row.time_ns, row.event_id);
            events.entry(row.event_id).or_insert(row.time_ns);
            if let Some(cause) = row.cause_id {
                assert!(cause < row.event_id && events[&cause] <= row.time_ns, "{row:?}");
            }
            for at in &ratios {
                assert!(row.signals[*at].is_none_or(|x| (0.0..=1.0).contains(&x)), "{row:?}");
            }
        }
        assert_eq!(events.len() as i64, last.1 + 1);
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
    let metadata = run.metadata().clone();
    let names: Vec<&str> = metadata.signals.iter().map(|s| s.name.as_str()).collect();
    let rows = rows(&run, &names);
    Played { metadata, rows, truth: truth(&path), bytes: bytes(&path) }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

fn rows(run: &Run, signals: &[&str]) -> Vec<Row> {
    let texts = ["event_type", "source", "service", "status", "message", "attributes"];
    let mut columns = vec!["event_id", "cause_id", "time_ns"];
    columns.extend(texts);
    columns.extend(signals);
    let mut rows: Vec<Row> = Vec::new();
    for batch in run.table(TableKind::Events).unwrap().read(&columns) {
        let batch = batch.unwrap();
        let [ids, causes, times] = ["event_id", "cause_id", "time_ns"]
            .map(|name| batch.ints(name).unwrap().iter().collect::<Vec<_>>());
        let texts = texts.map(|name| batch.require_texts(name).unwrap());
        let text = |column: usize, i: usize| texts[column].get(i).map(str::to_owned);
        let values: Vec<Vec<Option<f64>>> =
            signals.iter().map(|name| batch.floats(name).unwrap().iter().collect()).collect();
        for i in 0..batch.len() {
            let event_id = ids[i].unwrap();
            rows.push(Row {
                event_id,
                cause_id: causes[i],
                time_ns: times[i].unwrap(),
                event_type: text(0, i).unwrap(),
                source: text(1, i).unwrap(),
                service: text(2, i),
                status: text(3, i),
                message: text(4, i),
                attributes: text(5, i).map_or(Value::Null, |json| serde_json::from_str(&json).unwrap()),
                signals: values.iter().map(|column| column[i]).collect(),
                own: rows.last().is_none_or(|row| row.event_id != event_id),
            });
        }
    }
    rows
}
