//! The index over many runs: a row a run, totals, and how figures change from run to run.
//!
//! [`row`] is one line, [`totals`] counts them, [`trend`] holds figures of like runs against their
//! order; [`render`] writes Markdown and HTML.

pub mod render;
pub mod row;
mod spark;
pub mod totals;
pub mod trend;

use serde::Serialize;

use crate::findings::Findings;

pub use render::{to_html, to_markdown};
pub use row::Row;
pub use totals::Totals;
pub use trend::{Group, Trend};

/// One run of a batch, as the index takes it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its name; untrusted.
    pub name: String,
    /// Its reports: format and path relative to the index.
    pub reports: Vec<(&'static str, String)>,
    /// What was found, or why it could not be read.
    pub outcome: Result<&'a Findings, &'a str>,
    /// Names of the gates that tripped.
    pub tripped: Vec<&'a str>,
}

/// The index over a batch.
#[derive(Clone, Debug, Serialize)]
pub struct IndexModel {
    /// Version of this program.
    pub version: String,
    /// A line a run, in the batch's order.
    pub rows: Vec<Row>,
    /// Counts over all runs.
    pub totals: Totals,
    /// Runs of the same scenario together, and what changes among them.
    pub groups: Vec<Group>,
}

impl IndexModel {
    /// Builds the index of runs in the given order.
    #[must_use]
    pub fn new(version: &str, entries: &[Entry<'_>]) -> Self {
        Self {
            version: version.to_owned(),
            rows: entries.iter().enumerate().map(|(i, e)| Row { place: i + 1, ..Row::new(e) }).collect(),
            totals: Totals::new(entries),
            groups: trend::groups(entries),
        }
    }
}
