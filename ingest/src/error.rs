//! What can go wrong between a file and a frame.

use infra_eventlog::RunError;

/// Why a run could not be read, summarised or imported. No output is touched then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The run itself is at fault.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A foreign table could not be mapped to the events table.
    #[error("{file}: {what}")]
    Mapping {
        /// File that was mapped.
        file: String,
        /// What is missing, what was found, what to pass.
        what: String,
    },
    /// An import's configuration or input is at fault. All problems are listed.
    #[error("{}", .0.join("\n"))]
    Import(
        /// One line per problem: where, what, what to do.
        Vec<String>,
    ),
    /// A frame was built against its own schema (a bug here, not in the input).
    #[error("frame {frame}: {what}")]
    Frame {
        /// Which frame.
        frame: &'static str,
        /// What does not fit.
        what: String,
    },
    /// Polars refused a query over the run.
    #[error("{file}: {source}")]
    Query {
        /// File that was queried.
        file: String,
        /// Polars' reason.
        source: polars::error::PolarsError,
    },
    /// The summary would hold more series than memory allows.
    #[error("{file}: {series} series of service and signal are more than {cap} (hint: {hint})")]
    TooManySeries {
        /// File that was summarised.
        file: String,
        /// Distinct series found.
        series: usize,
        /// The cap.
        cap: usize,
        /// What to do.
        hint: &'static str,
    },
    /// What is to be counted does not fit the memory that was allowed.
    #[error("{what} need {} MiB, more than the {} MiB that --memory allows (hint: {hint})", .needed >> 20, .limit >> 20)]
    Memory {
        /// What was allowed \[bytes\].
        limit: u64,
        /// About what is needed \[bytes\].
        needed: u64,
        /// What needs it.
        what: String,
        /// What to do.
        hint: &'static str,
    },
    /// `--incident` names none of the run's incidents.
    #[error("no incident `{asked}` in this run{}", known_incidents(.known))]
    UnknownIncident {
        /// What was asked for.
        asked: String,
        /// Incidents that the run has.
        known: Vec<String>,
    },
}

fn known_incidents(names: &[String]) -> String {
    match names {
        [] => " (it declares none)".to_owned(),
        names => {
            let shown: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
            let more = names.len().saturating_sub(shown.len());
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(" (it has {}{tail})", shown.join(", "))
        },
    }
}
