//! Exit codes, and which error has which: the one place that knows.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | success |
//! | 1 | a gate tripped, or a verification failed |
//! | 2 | wrong usage: a bad argument, an unknown name, a bad `--set` |
//! | 3 | bad input: a run, telemetry, map, scenario or template file that is missing, unreadable, malformed |
//! | 4 | environment (output not writable, disk full, device absent) or internal failure |
//! | 130 | interrupted; temporary files are removed |

use std::process::ExitCode;

use infra_analysis::AnalysisError;
use infra_analysis::constants::ConstantError;
use infra_analysis::evaluate::EvaluateError;
use infra_eventlog::RunError;
use infra_gat::GatError;
use infra_ingest::IngestError;
use infra_report::RenderError;
use infra_report::human::HumanError;
use infra_simulate::verify::VerifyError;
use infra_simulate::{ScenarioError, SimulateError};

use crate::findings::Unread;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well.
    Success,
    /// A gate tripped, or a verification failed.
    Gate,
    /// Wrong usage.
    Usage,
    /// Bad input.
    Input,
    /// The environment, or a bug of ours.
    Environment,
}

/// Exit code after an interrupt.
pub(crate) const INTERRUPTED: i32 = 130;

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Gate => 1,
            Exit::Usage => 2,
            Exit::Input => 3,
            Exit::Environment => 4,
        })
    }
}

/// An error that arises in this crate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// An argument that clap cannot judge.
    #[error("{0}")]
    Usage(String),
    /// Something that was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// Standard output does not take the result.
    #[error("standard output: cannot be written: {0}")]
    Stdout(#[source] std::io::Error),
    /// Something that cannot fail did.
    #[error("internal error: {0} (please report it)")]
    Internal(String),
}

/// A usage error.
pub(crate) fn usage(what: impl Into<String>) -> anyhow::Error {
    CliError::Usage(what.into()).into()
}

/// The exit code of an error.
pub(crate) fn of(error: &anyhow::Error) -> Exit {
    // Context may stand above the typed error: look at the whole chain, outermost first.
    error.chain().find_map(classify).unwrap_or(Exit::Environment)
}

fn classify(error: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(e) = error.downcast_ref::<CliError>() {
        return Some(match e {
            CliError::Usage(_) => Exit::Usage,
            CliError::Input(_) => Exit::Input,
            CliError::Stdout(_) | CliError::Internal(_) => Exit::Environment,
        });
    }
    None.or_else(|| error.downcast_ref().map(of_run))
        .or_else(|| error.downcast_ref().map(of_ingest))
        .or_else(|| error.downcast_ref().map(of_analysis))
        .or_else(|| error.downcast_ref().map(of_render))
        .or_else(|| error.downcast_ref::<HumanError>().map(|_| Exit::Input))
        .or_else(|| error.downcast_ref().map(of_evaluate))
        .or_else(|| error.downcast_ref().map(of_simulate))
        .or_else(|| error.downcast_ref().map(of_scenario))
        .or_else(|| error.downcast_ref().map(of_gat))
        .or_else(|| error.downcast_ref::<VerifyError>().map(|_| Exit::Input))
        .or_else(|| error.downcast_ref::<Unread>().map(|_| Exit::Input))
        .or_else(|| error.downcast_ref::<ConstantError>().map(|_| Exit::Usage))
}

fn of_run(error: &RunError) -> Exit {
    match error {
        RunError::Unwritable { .. } | RunError::Producer(_) => Exit::Environment,
        _ => Exit::Input,
    }
}

fn of_ingest(error: &IngestError) -> Exit {
    match error {
        IngestError::Run(e) => of_run(e),
        IngestError::UnknownIncident { .. } | IngestError::Memory { .. } => Exit::Usage,
        IngestError::Frame { .. } => Exit::Environment,
        _ => Exit::Input,
    }
}

fn of_analysis(error: &AnalysisError) -> Exit {
    match error {
        AnalysisError::Ingest(e) => of_ingest(e),
        AnalysisError::UnknownService { .. } => Exit::Usage,
        AnalysisError::Graph(_) => Exit::Input,
        AnalysisError::Gat(e) => of_gat(e),
        AnalysisError::Render(e) => of_render(e),
        _ => Exit::Environment,
    }
}

fn of_render(error: &RenderError) -> Exit {
    match error {
        RenderError::Template { .. } | RenderError::Human(_) => Exit::Input,
        _ => Exit::Environment,
    }
}

fn of_evaluate(error: &EvaluateError) -> Exit {
    match error {
        EvaluateError::Run(e) => of_run(e),
        EvaluateError::Ingest(e) => of_ingest(e),
        EvaluateError::Analysis(e) => of_analysis(e),
        _ => Exit::Input,
    }
}

fn of_simulate(error: &SimulateError) -> Exit {
    if error.is_usage() {
        Exit::Usage
    } else if error.is_environment() {
        Exit::Environment
    } else {
        Exit::Input
    }
}

fn of_scenario(error: &ScenarioError) -> Exit {
    if error.is_usage() { Exit::Usage } else { Exit::Input }
}

fn of_gat(error: &GatError) -> Exit {
    match error {
        GatError::DeviceUnavailable { .. } | GatError::Candle(_) => Exit::Environment,
        GatError::Io { action: "write" | "create", .. } => Exit::Environment,
        GatError::InvalidConfig { .. } => Exit::Usage,
        _ => Exit::Input,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_errors_keep_their_code_under_context() {
        let full = RunError::Unwritable { path: "x".into(), source: std::io::Error::other("disk full") };
        let wrapped = anyhow::Error::new(IngestError::Run(full)).context("while importing");
        assert_eq!(of(&wrapped), Exit::Environment);
        let missing = IngestError::UnknownIncident { asked: "z".into(), known: vec![] };
        assert_eq!(of(&AnalysisError::from(missing).into()), Exit::Usage);
        assert_eq!(of(&anyhow::anyhow!("anything else")), Exit::Environment);
    }
}
