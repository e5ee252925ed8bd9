//! A comparison in Markdown; names are escaped as in a report.

use minijinja::context;
use minijinja::value::Serde;

use super::model::ComparisonModel;
use super::view::View;
use crate::error::RenderError;

/// The embedded template.
pub const TEMPLATE: &str = include_str!("../../../templates/compare.md.j2");

/// Renders a comparison.
///
/// # Errors
/// [`RenderError::Embedded`] with the template's own line.
pub fn to_markdown(model: &ComparisonModel) -> Result<String, RenderError> {
    let view = View::new(model);
    crate::markdown::render("compare.md", TEMPLATE, context! { view => Serde(&view) })
}
