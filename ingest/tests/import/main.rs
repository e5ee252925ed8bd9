//! The table importer through its public face. Every table is made by the test itself.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod bundle;
mod edges;
mod filters;
mod formats;
mod hostile;
mod incidents;
mod layouts;
mod map_errors;
mod maps;
mod problems;
mod support;
