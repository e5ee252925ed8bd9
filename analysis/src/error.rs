//! What can go wrong while an incident is analysed.

/// Why an analysis could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The run could not be read.
    #[error(transparent)]
    Ingest(#[from] infra_ingest::IngestError),
    /// The dependency graph could not be built.
    #[error(transparent)]
    Graph(#[from] infra_graph::GraphError),
    /// The graph attention network refused its input (a bug here, not in the input).
    #[error(transparent)]
    Gat(#[from] infra_gat::GatError),
    /// A tensor could not be read back (a bug here, not in the input).
    #[error("tensor: {0}")]
    Tensor(String),
    /// The report could not be rendered.
    #[error(transparent)]
    Render(#[from] infra_report::RenderError),
    /// An option makes no sense, or not for this run.
    #[error("{0}")]
    Option(String),
    /// A constant cannot be set.
    #[error(transparent)]
    Constant(#[from] crate::constants::ConstantError),
    /// A frame of ours does not fit together (a bug here, not in the input).
    #[error("internal error: {0} (please report it)")]
    Frame(#[from] infra_ingest::polars::error::PolarsError),
    /// `--symptom` or `--why` names a service that the run does not have.
    #[error("no service `{name}` in this run{}", .nearest.as_ref().map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default())]
    UnknownService {
        /// What was asked for.
        name: String,
        /// The nearest name in the run.
        nearest: Option<String>,
    },
}

impl From<infra_eventlog::RunError> for AnalysisError {
    fn from(error: infra_eventlog::RunError) -> Self {
        Self::Ingest(error.into())
    }
}
