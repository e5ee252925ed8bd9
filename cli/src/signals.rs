//! Interrupts and limits of the environment.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;

use crate::exit::INTERRUPTED;

/// Handles interrupts (temporary files go, exit code 130) and turns the file-size limit into an
/// ordinary write error.
pub(crate) fn install() -> io::Result<()> {
    // With any handler in place a write beyond the limit fails with EFBIG instead of killing us.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if signals.forever().next().is_some() {
            let _unfinished = infra_eventlog::atomic::remove_unfinished();
            std::process::exit(INTERRUPTED);
        }
    })?;
    Ok(())
}
