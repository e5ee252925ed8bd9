//! The table importer through its public face. Every table is made by the test itself.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod bundle;
mod calls;
mod edges;
mod events;
mod excluded;
mod filters;
mod formats;
mod hostile;
mod incidents;
mod layouts;
mod logs;
mod map_errors;
mod maps;
mod packed;
mod problems;
mod recognise;
mod scrapes;
mod shuffled;
mod spans;
mod support;
