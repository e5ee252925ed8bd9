//! Sizes beyond which golden data makes no sense, and times would overflow.

/// Longest window \[ms\] and heaviest payload.
const MOST: f64 = 1e9;
/// Latest start \[µs\] and highest operation number.
const LATEST: u64 = 1_000_000_000_000_000;

/// A number from 0 to `most`.
pub(super) fn within(what: &str, value: f64, most: f64) -> Result<(), String> {
    if (0.0..=most).contains(&value) {
        Ok(())
    } else {
        Err(format!("`{what}` is {value:?}; expected 0 to {most:?}"))
    }
}

/// What an operation is given.
pub(super) fn operation(op: u64, start_us: u64, window_ms: f64, weight: f64) -> Result<(), String> {
    for (what, value) in [("op", op), ("start_us", start_us)] {
        if value > LATEST {
            return Err(format!("`{what}` is {value}; expected at most {LATEST}"));
        }
    }
    within("window_ms", window_ms, MOST)?;
    within("weight", weight, MOST)
}
