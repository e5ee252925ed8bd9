//! The program as its users meet it: the real binary, a folder of its own per test.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands, in its helpers as well")]

mod bad_input;
mod batch;
mod bench;
mod commands;
mod compare;
mod damaged;
mod determinism;
mod environment;
mod evaluate;
mod foreign;
mod help;
mod hostile;
mod mutations;
mod otlp;
mod pages;
mod redaction;
mod statistics;
mod story;
mod support;
mod tables;
#[path = "../../../analysis/tests/integration/telemetry/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests of the analysis use the rest of it")]
mod telemetry;
mod template;
mod tolerance;
mod undeclared;
#[path = "../../../datasets/examples/write_run.rs"]
#[allow(dead_code, reason = "the example has a main function")]
mod write_run;
mod zones;
