//! Outputs for CI: one batch of runs ([`model`]), one renderer a file.

pub mod model;

pub use model::{BATCH_SCHEMA, Batch, BatchRun, Broken, Totals};
