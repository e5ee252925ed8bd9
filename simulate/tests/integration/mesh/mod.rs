//! The mesh world through its public face.

mod builtins;
mod connected;
mod golden;
mod impact;
mod log;
mod physics;
mod properties;
mod scenario_errors;
