//! `infra-analyze`: what happened in a failure, where it started, how it spread.
//!
//! This crate knows the command line, terminals and exit codes; everything else lives in the
//! crates below it. Reading order:
//!
//! * [`args`]: the command line as types;
//! * [`app`]: from arguments to an exit code, with panics and signals caught;
//! * [`commands`]: one command a file;
//! * [`session`]: a run opened, summarised and analysed, shared by `report`, `rank`, `export`;
//! * [`findings`]: what was found in a run, a report, or a folder of them;
//! * [`focus`]: incident, baseline and symptom as the user gives them;
//! * [`markdown`]: the report with the user's template and what people wrote;
//! * [`exit`], [`output`], [`terminal`], [`signals`], [`redact`]: the edges.

mod app;
mod args;
mod batch;
mod commands;
mod config;
mod exit;
mod export;
mod findings;
mod focus;
mod gates;
mod inspect;
mod markdown;
mod output;
mod redact;
mod session;
mod signals;
mod terminal;

fn main() -> std::process::ExitCode {
    app::main()
}
