//! Results as frames for other tools: what `export` writes and the Python package hands over.
//!
//! All integers are Int64 and names are text, as in runs. [`summary`] holds what was read out of
//! the run, [`edges`] and [`ranking`] what the network and the ranking made of it, [`ensemble`] how
//! much of that hangs on weights, [`tables`] the run's own rows.

pub mod edges;
pub mod ensemble;
pub mod ranking;
pub mod summary;
pub mod tables;

use infra_ingest::Summary;
use infra_ingest::polars::prelude::{Column, DataFrame, NamedFrom, Series};

use crate::analyse::Analysis;
use crate::error::AnalysisError;

/// Name and frame of everything but the run's own rows: what was read out of the run, in reading
/// order, then what the network and the ranking made of it.
///
/// # Errors
/// [`AnalysisError::Frame`], a bug.
pub fn all(read: &Summary, analysis: &Analysis<'_>) -> Result<Vec<(&'static str, DataFrame)>, AnalysisError> {
    let mut all = summary::frames(read)?;
    all.push(("edges", edges::frame(analysis)?));
    all.push(("ranking", ranking::frame(analysis)?));
    Ok(all)
}

/// A text column.
fn text(name: &str, values: &[&str]) -> Column {
    Series::new(name.into(), values).into()
}

/// A count as the Int64 of a frame.
fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
