//! Outputs for CI: one batch of runs ([`model`]), one renderer a file.
//!
//! | renderer | for |
//! | --- | --- |
//! | [`junit`] | JUnit XML: Jenkins, GitLab, anything that shows test results |
//! | [`sarif`] | SARIF 2.1.0: GitHub code scanning and other viewers of findings |
//! | [`summary`] | Markdown within a budget: `$GITHUB_STEP_SUMMARY` |
//! | [`annotations`] | GitHub's workflow commands, or plain lines, for the job's log |
//! | [`json`] | `infra-batch/1`, everything for other programs |
//!
//! All are pure functions of the batch: the same batch gives the same bytes.

pub mod annotations;
pub mod json;
pub mod junit;
pub mod model;
mod plain;
pub mod sarif;
pub mod summary;

pub use annotations::{Style, to_annotations};
pub use json::to_json;
pub use junit::to_junit;
pub use model::{BATCH_SCHEMA, Batch, BatchRun, Broken, Totals};
pub use sarif::to_sarif;
pub use summary::{SUMMARY_BYTES, to_summary};

#[cfg(test)]
pub(crate) mod tests;
