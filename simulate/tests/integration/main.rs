//! The crate through its public face.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod builtins;
mod coordination;
mod golden;
mod log;
mod mesh;
mod overrides;
mod played;
mod properties;
mod queue;
mod scenario_errors;
mod support;
mod switches;
mod systems;
