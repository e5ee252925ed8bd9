//! Rankings held against what is known to be true.
//!
//! Reading order:
//!
//! * [`dataset`]: a folder of tables or of simulated runs, as cases to be ranked;
//! * [`rankings`]: every case ranked, by the method, its [`ablation`]s and simple [`baselines`];
//! * [`windows`]: the same method on normal time, where there is nothing to find;
//! * [`predictions`]: the rankings as others may score them;
//! * [`labels`]: what is true; opened only when the rankings are finished;
//! * [`score`], [`bootstrap`], [`wilson`]: arithmetic;
//! * [`paths`], [`reliability`], [`scored`]: the tables; [`model`], [`render`]: the result.
//!
//! # Labels come last
//! [`labels::read`] takes finished [`rankings::Rankings`] as an argument, and nothing that makes
//! rankings knows of this module's label types. This is the only module of the product that opens
//! labels or a truth sidecar.

pub mod ablation;
pub mod baselines;
pub mod bootstrap;
pub mod dataset;
pub mod error;
mod import;
mod json;
pub mod labels;
pub mod model;
pub mod paths;
pub mod predictions;
pub mod rankings;
pub mod reliability;
pub mod render;
pub mod score;
pub mod scored;
mod traces;
pub mod verdicts;
pub mod wilson;
pub mod windows;

#[cfg(test)]
mod fixture;

pub use dataset::Dataset;
pub use error::EvaluateError;
pub use labels::Labels;
pub use model::{Evaluation, FolderReport};
pub use rankings::{Options, Rankings, rank};
