//! The result as tables for people, aligned or in Markdown.

mod sections;
mod sheet;

use super::model::Evaluation;
use sheet::Style;

/// Aligned columns for a terminal.
#[must_use]
pub fn to_table(evaluation: &Evaluation) -> String {
    sheet::write(&sections::all(evaluation), Style::Aligned)
}

/// Markdown tables.
#[must_use]
pub fn to_markdown(evaluation: &Evaluation) -> String {
    sheet::write(&sections::all(evaluation), Style::Markdown)
}
