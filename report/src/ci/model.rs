//! What a batch of runs gave: the one input of every renderer for CI.

use serde::Serialize;

use crate::findings::Findings;
use crate::gate::{Gate, GateOutcome, Severity, Status, Subject};

/// Version of the JSON form.
pub const BATCH_SCHEMA: &str = "infra-batch/1";

/// Many runs and what the gates say about each.
///
/// Fill it run by run, in the order in which it shall be shown (the `batch` command sorts by name,
/// so that any number of threads give the same bytes):
///
/// ```
/// use infra_report::ci::{Batch, Broken};
/// use infra_report::gate::Gate;
///
/// let mut batch = Batch::new(vec![Gate::parse("failed")?], "0.1.0");
/// batch.add("runs/a.parquet", Err(Broken::new("not a Parquet file")), None, None);
/// assert_eq!(batch.totals().broken, 1);
/// assert!(batch.fails());
/// # Ok::<(), infra_report::gate::ExprError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Version of this program.
    pub version: String,
    /// The gates, in the order given.
    pub gates: Vec<Gate>,
    /// The runs, in the order shown.
    pub runs: Vec<BatchRun>,
}

/// One run, or one incident of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRun {
    /// Its name as given, a relative path with `/`; untrusted. Two incidents of one run share it.
    pub name: String,
    /// The report that was written about it, relative to the batch's folder with `/`.
    pub report: Option<String>,
    /// What was found, or why nothing was.
    pub found: Result<Box<Findings>, Broken>,
    /// What each gate says, in the order of the gates.
    pub gates: Vec<GateOutcome>,
}

/// Why a run could not be read or analysed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The error and its causes, as on standard error; untrusted.
    pub message: String,
}

impl Broken {
    /// From an error's text.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// How many runs and outcomes there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Runs.
    pub runs: usize,
    /// Runs that could not be read.
    pub broken: usize,
    /// Runs with a verdict other than "no incident".
    pub incidents: usize,
    /// Runs at which a gate tripped that fails the job.
    pub failed_runs: usize,
    /// Outcomes that fail the job.
    pub tripped: usize,
    /// Outcomes of tripped gates that warn.
    pub warned: usize,
    /// Outcomes that the record does not decide.
    pub undecided: usize,
    /// Outcomes that passed.
    pub passed: usize,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new(gates: Vec<Gate>, version: impl Into<String>) -> Self {
        Self { version: version.into(), gates, runs: Vec::new() }
    }

    /// Adds a run and judges it at every gate; `baseline` is what it is compared with, `report` the
    /// file that was written about it.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        found: Result<Findings, Broken>,
        baseline: Option<&Findings>,
        report: Option<String>,
    ) -> &BatchRun {
        let subject = found.as_ref().map_or_else(|_| Subject::failed(), Subject::read).against(baseline);
        let gates = self.gates.iter().map(|gate| gate.judge(&subject)).collect();
        let run = BatchRun { name: name.into(), report, found: found.map(Box::new), gates };
        let at = self.runs.len();
        self.runs.push(run);
        &self.runs[at]
    }

    /// Whether a gate must be compared with a baseline, so that one must be given.
    #[must_use]
    pub fn needs_baseline(&self) -> bool {
        self.gates.iter().any(|gate| gate.expr.needs_baseline())
    }

    /// Whether a gate tripped that fails the job (exit code 1).
    #[must_use]
    pub fn fails(&self) -> bool {
        self.runs.iter().any(|run| run.gates.iter().any(GateOutcome::fails))
    }

    /// Whether a run could not be read (exit code 3 if no gate tripped).
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.runs.iter().any(|run| run.found.is_err())
    }

    /// How many there are of each kind.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { runs: self.runs.len(), ..Totals::default() };
        for run in &self.runs {
            match &run.found {
                Ok(found) => totals.incidents += usize::from(found.verdict != crate::Verdict::NoIncident),
                Err(_) => totals.broken += 1,
            }
            totals.failed_runs += usize::from(run.gates.iter().any(GateOutcome::fails));
            for gate in &run.gates {
                *match (gate.status, gate.severity) {
                    (Status::Passed, _) => &mut totals.passed,
                    (Status::Undecided, _) => &mut totals.undecided,
                    (Status::Tripped, Severity::Error) => &mut totals.tripped,
                    (Status::Tripped, Severity::Warning) => &mut totals.warned,
                } += 1;
            }
        }
        totals
    }
}

impl BatchRun {
    /// What was found, if the run could be read.
    #[must_use]
    pub fn findings(&self) -> Option<&Findings> {
        self.found.as_deref().ok()
    }

    /// Its name with the incident's, where one was declared: `runs/a.parquet#case-7`.
    #[must_use]
    pub fn title(&self) -> String {
        match self.findings() {
            Some(found) if !found.incident.is_empty() => format!("{}#{}", self.name, found.incident),
            _ => self.name.clone(),
        }
    }
}
