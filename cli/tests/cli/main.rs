//! The program as its users meet it: the real binary, a folder of its own per test.

mod bad_input;
mod commands;
mod determinism;
mod environment;
mod foreign;
mod help;
mod hostile;
mod mutations;
mod story;
mod support;
mod tolerance;
