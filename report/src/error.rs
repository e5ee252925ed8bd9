//! What can go wrong while a report is rendered.

/// Why something could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A template could not be rendered.
    #[error("template: {0}")]
    Template(String),
    /// A value could not be written as JSON (a bug here, not in the input).
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}
