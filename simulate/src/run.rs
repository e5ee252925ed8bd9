//! From a scenario to a run with its ground truth.

use std::io::Write;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_eventlog::atomic::AtomicFile;
use infra_eventlog::truth::{Truth, sidecar};

use crate::error::SimulateError;
use crate::flood::{FloodScenario, Outcome, RunLog, Story, metadata, run_flood, truth};
use crate::scenario::{Scenario, WorldName};

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
    /// Whether the last event ran beyond the horizon.
    pub beyond_horizon: bool,
    /// Events that were scheduled and never ran.
    pub events_left_over: usize,
    /// How far the failure went.
    pub outcome: &'static str,
    /// What the scenario says and probably does not mean.
    pub warnings: Vec<String>,
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
/// assert_eq!((summary.events, summary.outcome), (4, "no overload"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SimulateError`]; nothing is written then.
pub fn simulate_to(path: &Path, scenario: &Scenario) -> Result<RunSummary, SimulateError> {
    match scenario.world() {
        WorldName::Flood => flood_to(path, &scenario.flood()?),
    }
}

fn flood_to(path: &Path, scenario: &FloodScenario) -> Result<RunSummary, SimulateError> {
    let json = scenario.to_json();
    let metadata = metadata(scenario, &json);
    let mut observers = (RunLog::create(path, &metadata)?, Story::default());
    let outcome = match run_flood(scenario, &mut observers) {
        Ok(outcome) => outcome,
        Err(error) => return Err(observers.0.take_failure().map_or(error.into(), Into::into)),
    };
    let (log, story) = observers;
    let truth = truth(&metadata.run_id, scenario, &json, &story, &outcome);
    // The truth is complete on disk before the run appears; then both are only renamed.
    let truth_file = prepare_truth(path, &truth)?;
    let rows = log.finish()?;
    truth_file.commit()?;
    Ok(RunSummary {
        run: path.to_owned(),
        truth: sidecar(path),
        run_id: metadata.run_id,
        events: outcome.events,
        rows,
        end_ns: outcome.time.saturating_mul(scenario.header.tick_ns),
        beyond_horizon: outcome.beyond_horizon,
        events_left_over: outcome.left_over.len(),
        outcome: story.outcome.unwrap_or(Outcome::None).text(),
        warnings: scenario.warnings.clone(),
    })
}

fn prepare_truth(run: &Path, truth: &Truth) -> Result<AtomicFile, RunError> {
    let path = sidecar(run);
    let mut json = serde_json::to_string_pretty(truth)
        .map_err(|e| RunError::Producer(format!("truth cannot be written as JSON: {e}")))?;
    json.push('\n');
    let mut file = AtomicFile::create(&path)?;
    file.write_all(json.as_bytes())
        .and_then(|()| file.flush())
        .map_err(|source| RunError::Unwritable { path, source })?;
    Ok(file)
}
