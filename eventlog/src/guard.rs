//! A panic inside a decoder becomes an ordinary error.
//!
//! Parquet, zstd and UTF-8 decoders are fed bytes that anybody may have written. A panic there
//! is a bug in a library, but the user's file is still the reason: the caller gets
//! [`RunError::Damaged`] with the place, not a backtrace.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::RunError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread runs inside [`decoding`]; a panic hook keeps quiet then.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.with(Cell::get)
}

/// Runs `work` and turns a panic inside it into [`RunError::Damaged`] for `file`.
///
/// # Errors
/// Those of `work`, or `Damaged` with the panic's message.
pub fn decoding<T>(file: &str, work: impl FnOnce() -> Result<T, RunError>) -> Result<T, RunError> {
    let before = GUARDED.with(|g| g.replace(true));
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.with(|g| g.set(before));
    result.unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a decoder gave up".to_owned());
        Err(RunError::Damaged { file: file.to_owned(), why: format!("decoder failed: {why}") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_the_file() {
        let result: Result<(), _> = decoding("x.parquet", || {
            let empty: Vec<u8> = Vec::new();
            let at = empty.len() + 3;
            let _ = empty[at];
            Ok(())
        });
        let text = result.expect_err("must fail").to_string();
        assert!(text.contains("x.parquet") && text.contains("out of bounds"), "{text}");
        assert!(!is_guarded());
    }
}
