//! The index as Markdown and as one page of HTML.

use minijinja::context;
use minijinja::value::Serde;

use super::IndexModel;
use crate::error::RenderError;
use crate::markdown;

const MARKDOWN: &str = include_str!("../../../templates/index.md.j2");

/// The index in Markdown.
///
/// # Errors
/// [`RenderError::Template`] (a bug here, not in the input).
pub fn to_markdown(model: &IndexModel) -> Result<String, RenderError> {
    markdown::render("index.md", MARKDOWN, context! { index => Serde(model) })
}
