//! The only clock of this folder. What it says goes into measurements and nowhere else.

use std::time::Instant;

/// What `work` returns, and how long it took \[s\].
pub(super) fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, f64), E> {
    #[expect(clippy::disallowed_methods, reason = "measures, and no result sees what it measured")]
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed().as_secs_f64()))
}
