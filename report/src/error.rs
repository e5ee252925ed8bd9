//! What can go wrong while a report is rendered.

use crate::human::HumanError;

/// Why something could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A template of the user's cannot be read as one, or asks for what the model does not have.
    #[error("{file}: {}{what}", line.map_or_else(String::new, |l| format!("line {l}: ")))]
    Template {
        /// The template, as the user named it.
        file: String,
        /// 1-based, where it is known.
        line: Option<usize>,
        /// What is wrong there.
        what: String,
    },
    /// The embedded template does not render (a bug here, not in the input).
    #[error("embedded template: {0}")]
    Embedded(String),
    /// The sections for people do not fit together.
    #[error(transparent)]
    Human(#[from] HumanError),
    /// A value could not be written as JSON (a bug here, not in the input).
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}
