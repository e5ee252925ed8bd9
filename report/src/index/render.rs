//! The index as Markdown and as one page of HTML.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::IndexModel;
use super::spark::spark;
use crate::error::RenderError;
use crate::{html, markdown};

const PAGE: &str = include_str!("../../../templates/index.html.j2");
const MARKDOWN: &str = include_str!("../../../templates/index.md.j2");

/// The index in Markdown.
///
/// # Errors
/// [`RenderError::Embedded`] (a bug here, not in the input).
pub fn to_markdown(model: &IndexModel) -> Result<String, RenderError> {
    markdown::render("index.md", MARKDOWN, context! { index => Serde(model) })
}

/// The index as one page of HTML; it needs nothing else, and the reports stand beside it.
///
/// # Errors
/// [`RenderError::Embedded`] (a bug here, not in the input).
pub fn to_html(model: &IndexModel) -> Result<String, RenderError> {
    html::page("index.html", PAGE, context! { index => Serde(model) }, |environment| {
        environment.add_filter("spark", |values: Vec<Option<f64>>| Value::from_safe_string(spark(&values)));
    })
}
