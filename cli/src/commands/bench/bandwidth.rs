//! How fast this machine copies memory: what shares of bandwidth refer to.

use std::convert::Infallible;

use super::clock::timed;

/// Floats of each array: far more than any cache holds.
const FLOATS: usize = 32 << 20;
/// Copies timed; the fastest counts.
const COPIES: usize = 5;

/// Bytes a second that all cores together read and write while they copy (as STREAM's copy,
/// J. McCalpin 1995).
pub(super) fn copy_rate() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let from = vec![1.0_f32; FLOATS];
    let mut to = vec![0.0_f32; FLOATS];
    let part = FLOATS.div_ceil(cores);
    let mut copy = || {
        std::thread::scope(|scope| {
            for (to, from) in to.chunks_mut(part).zip(from.chunks(part)) {
                scope.spawn(|| to.copy_from_slice(from));
            }
        });
        Ok::<_, Infallible>(())
    };
    let mut best = f64::INFINITY;
    for _ in 0..COPIES {
        let Ok(((), seconds)) = timed(&mut copy);
        best = best.min(seconds);
    }
    (2 * FLOATS * size_of::<f32>()) as f64 / best
}
