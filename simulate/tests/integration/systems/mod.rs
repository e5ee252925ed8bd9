//! The systems world.

mod builtins;
mod coupled;
mod custom;
mod diagnoser;
mod golden;
mod log;
mod properties;
mod scenario_errors;
mod support;
