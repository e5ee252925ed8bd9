//! The coordination world through its public face.

mod builtins;
mod delegation;
mod derived;
mod errors;
mod golden;
mod log;
mod mechanics;
mod properties;
mod scale;
mod support;
