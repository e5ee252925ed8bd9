//! Our errors as Python's exceptions, which `infra_analyze/errors.py` defines.

use infra_analysis::AnalysisError;
use infra_ingest::IngestError;
use pyo3::prelude::*;

/// Where the exceptions are defined.
const MODULE: &str = "infra_analyze.errors";

/// Which exception an error becomes: the same three kinds as the command line's exit codes.
fn class(error: &AnalysisError) -> &'static str {
    match error {
        AnalysisError::UnknownService { .. } | AnalysisError::Option(_) | AnalysisError::Constant(_) => {
            "OptionError"
        },
        AnalysisError::Ingest(IngestError::UnknownIncident { .. } | IngestError::Memory { .. }) => {
            "OptionError"
        },
        AnalysisError::Ingest(IngestError::Frame { .. }) => "InternalError",
        AnalysisError::Ingest(_) | AnalysisError::Graph(_) => "RunError",
        _ => "InternalError",
    }
}

/// The exception for an error of ours, with the whole chain of causes in its message.
pub(crate) fn raised(py: Python<'_>, error: &AnalysisError) -> PyErr {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let line = error.to_string();
        if !text.contains(&line) {
            text.push_str(&format!("\ncaused by: {line}"));
        }
        cause = error.source();
    }
    named(py, class(error), &as_keywords(&text))
}

/// A bug of ours, told as one.
pub(crate) fn internal(py: Python<'_>, what: &str) -> PyErr {
    named(py, "InternalError", &format!("internal error: {what} (please report it)"))
}

fn named(py: Python<'_>, class: &str, text: &str) -> PyErr {
    let made = py.import(MODULE).and_then(|m| m.getattr(class)).and_then(|c| c.call1((text,)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// Flags of the command line as the keywords that they are here.
fn as_keywords(text: &str) -> String {
    let flags = ["incident-window", "incident", "baseline", "symptom", "constant", "memory", "map"];
    flags
        .iter()
        .fold(text.to_owned(), |text, flag| text.replace(&format!("--{flag}"), &flag.replace('-', "_")))
}
