//! A panic inside a decoder becomes an ordinary error.
//!
//! Parquet, zstd and UTF-8 decoders are fed bytes that anybody may have written. A panic there
//! is a bug in a library, but the user's file is still the reason: the caller gets
//! [`RunError::Damaged`] with the place, not a backtrace.

use std::panic::{AssertUnwindSafe, catch_unwind};

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::RunError;

/// Decodings under way. Decoders may panic on threads of their own, so this is not per thread.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Whether anything runs inside [`decoding`]; a panic hook keeps quiet then.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.load(Ordering::Relaxed) > 0
}

/// Runs `work` and turns a panic inside it into [`RunError::Damaged`] for `file`.
///
/// # Errors
/// Those of `work`, or `Damaged` with the panic's message.
pub fn decoding<T>(file: &str, work: impl FnOnce() -> Result<T, RunError>) -> Result<T, RunError> {
    GUARDED.fetch_add(1, Ordering::Relaxed);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.fetch_sub(1, Ordering::Relaxed);
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
    }
}
