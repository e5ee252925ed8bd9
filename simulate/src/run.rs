//! From a scenario to a run with its ground truth.

use std::io::Write;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_eventlog::atomic::AtomicFile;
use infra_eventlog::truth::{Truth, sidecar};

use crate::error::SimulateError;
use crate::scenario::Scenario;

/// How a scenario is played, beside what it says itself.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PlayOptions {
    /// Who diagnoses alerts in the systems world.
    pub diagnoser: Diagnoser,
}

/// Who diagnoses alerts in the systems world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Diagnoser {
    /// The rules of the specification.
    #[default]
    Rules,
    /// A child process: program and arguments, started without a shell.
    Command(Vec<String>),
    /// The answers that an earlier run kept in its log.
    Replay(PathBuf),
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// The run.
    pub run: PathBuf,
    /// Its ground truth.
    pub truth: PathBuf,
    /// Hash of scenario, seed and producer version.
    pub run_id: String,
    /// Executed events.
    pub events: u64,
    /// Rows of the events table.
    pub rows: i64,
    /// Time of the last event \[ns\].
    pub end_ns: i64,
    /// How it ended.
    pub outcome: String,
    /// What is worth telling about how it was played.
    pub notes: Vec<String>,
    /// What the scenario says and probably does not mean.
    pub warnings: Vec<String>,
}

impl RunSummary {
    /// The summary of the run at `path` with this truth.
    pub(crate) fn new(path: &Path, truth: &Truth, events: u64, rows: i64, end_ns: i64) -> Self {
        Self {
            run: path.to_owned(),
            truth: sidecar(path),
            run_id: truth.run_id.clone(),
            events,
            rows,
            end_ns,
            outcome: truth.outcome.clone(),
            notes: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Simulates `scenario` and writes the run at `path` with its ground truth beside it. Both
/// appear whole or not at all; the same scenario gives the same bytes.
///
/// ```
/// use infra_simulate::{Scenario, simulate_to};
///
/// let dir = tempfile::tempdir()?;
/// let mut scenario = Scenario::named("flood", "reference")?;
/// scenario.set("agents.emergency.capacity", "5")?;
/// let summary = simulate_to(&dir.path().join("run.parquet"), &scenario)?;
/// assert_eq!((summary.events, summary.outcome.as_str()), (4, "no overload"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SimulateError`]; nothing is written then.
pub fn simulate_to(path: &Path, scenario: &Scenario) -> Result<RunSummary, SimulateError> {
    simulate_with(path, scenario, &PlayOptions::default())
}

/// As [`simulate_to`], with options.
///
/// # Errors
/// [`SimulateError`]; nothing is written then.
pub fn simulate_with(
    path: &Path,
    scenario: &Scenario,
    options: &PlayOptions,
) -> Result<RunSummary, SimulateError> {
    scenario.checked()?.play(path, options)
}

/// Writes the truth into a temporary file beside its place.
pub(crate) fn prepare_truth(path: &Path, truth: &Truth) -> Result<AtomicFile, RunError> {
    let mut json = serde_json::to_string_pretty(truth)
        .map_err(|e| RunError::Producer(format!("truth cannot be written as JSON: {e}")))?;
    json.push('\n');
    let mut file = AtomicFile::create(path)?;
    file.write_all(json.as_bytes())
        .and_then(|()| file.flush())
        .map_err(|source| RunError::Unwritable { path: path.to_owned(), source })?;
    Ok(file)
}
