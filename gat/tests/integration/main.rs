//! The crate through its public face: a module a topic.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod errors;
mod golden;
mod kernel;
mod properties;
mod support;
mod threads;
mod weights;
