//! The queue world through the crate's public face.

mod builtins;
mod golden;
mod log;
mod properties;
mod scenario_errors;
mod telemetry;
