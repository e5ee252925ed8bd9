//! One command a file; each turns its arguments into a result and an exit code.

pub(crate) mod batch;
pub(crate) mod bench;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod inspect;
mod listing;
pub(crate) mod man;
pub(crate) mod rank;
pub(crate) mod report;
pub(crate) mod simulate;
pub(crate) mod template;
pub(crate) mod validate;
pub(crate) mod verify;

use infra_eventlog::run::Run;

use crate::terminal;

/// Tells what was noticed while the run was opened.
fn tell_warnings(run: &Run) {
    for warning in run.warnings() {
        terminal::warn(warning);
    }
}
