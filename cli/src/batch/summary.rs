//! The job summary: a file of its own, or added to the one that GitHub shows.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_report::ci::{Batch, SUMMARY_BYTES, to_summary};

use crate::output;

/// Names the file in which a step leaves its summary; other programs of the step add to it too.
const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// The file that GitHub names, where it does.
pub(crate) fn shared() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Writes the summary, within what is left of what GitHub takes of one step.
///
/// # Errors
/// [`RunError::Unwritable`].
pub(crate) fn write(path: &Path, batch: &Batch) -> anyhow::Result<()> {
    if shared().is_none_or(|shared| shared != path) {
        return output::emit(Some(path), to_summary(batch, SUMMARY_BYTES));
    }
    let there = fs::metadata(path).map_or(0, |m| usize::try_from(m.len()).unwrap_or(SUMMARY_BYTES));
    let text = to_summary(batch, SUMMARY_BYTES.saturating_sub(there));
    let added = OpenOptions::new().append(true).create(true).open(path);
    let added = added.and_then(|mut file| file.write_all(text.as_bytes()));
    Ok(added.map_err(|source| RunError::Unwritable { path: path.to_owned(), source })?)
}
