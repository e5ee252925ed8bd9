//! Work without the interpreter's lock.
//!
//! Long work runs on a thread of its own; the calling thread waits without holding the lock and
//! looks for signals twenty times a second, so that an interrupt ends the wait at once. The work
//! itself cannot be stopped; its result is dropped when it comes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use infra_analysis::AnalysisError;
use pyo3::prelude::*;

use crate::error::{internal, raised};

/// How long an interrupt may go unnoticed.
const PATIENCE: Duration = Duration::from_millis(50);
/// Stack of the working thread \[bytes\]: that of a main thread.
const STACK: usize = 8 << 20;

/// Does `work` and gives its result; an interrupt ends the wait with `KeyboardInterrupt`, a panic
/// becomes an exception.
///
/// # Errors
/// The work's own, as an exception; what a signal handler raises.
pub(crate) fn done<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, AnalysisError> + Send + 'static,
) -> PyResult<T> {
    let (sender, receiver) = sync_channel(1);
    let worker = thread::Builder::new().name("infra-analyze".to_owned()).stack_size(STACK);
    let started = worker.spawn(move || {
        // Nobody listens after an interrupt.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    });
    started.map_err(|e| internal(py, &format!("no thread can be started: {e}")))?;
    let mut receiver = receiver;
    loop {
        let (back, result) = py.detach(move || {
            let result = receiver.recv_timeout(PATIENCE);
            (receiver, result)
        });
        receiver = back;
        match result {
            Ok(Ok(Ok(value))) => return Ok(value),
            Ok(Ok(Err(error))) => return Err(raised(py, &error)),
            Ok(Err(panic)) => return Err(internal(py, &reason(panic.as_ref()))),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(internal(py, "a thread was lost")),
        }
    }
}

/// What a panic says.
pub(crate) fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned())
}

/// A panic is told by the exception that it becomes, not on standard error as well.
pub(crate) fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|_| {}));
}
