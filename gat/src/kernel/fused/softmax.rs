//! From raw scores of a block of edges to exponentials, in two steps: a shift by destination,
//! then e to the power of everything.

use crate::lanes::{LANES, Lanes, Line, load_at, store_at};

/// Widest range of the sources' parts of scores for which all destinations can be shifted by a
/// bound. e^-80 is far from the smallest f32, so nothing vanishes that should not.
const WIDEST: f32 = 80.0;

/// What is subtracted from the scores of a destination before exponentials are taken. Any number
/// near their maximum will do, since it cancels in the softmax.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shift {
    /// Their maximum.
    Exact,
    /// The score that a source of the largest part of all would have, an upper bound, where all
    /// sources' parts are close together; spares a pass over the scores.
    Bound {
        /// Largest part by head.
        top: Line,
    },
}

impl Shift {
    /// The cheaper one that is safe. A bound needs a LeakyReLU that is monotone and no steeper than
    /// 1, and scores without edge terms.
    pub(super) fn choose(low: Line, high: Line, slope: f32, has_edge_terms: bool) -> Self {
        let close = low.0.iter().zip(&high.0).all(|(low, high)| high - low <= WIDEST);
        if close && !has_edge_terms && (0.0..=1.0).contains(&slope) {
            Self::Bound { top: high }
        } else {
            Self::Exact
        }
    }
}

/// Shifts the scores of one destination, `period` places a slot, from `raw` to `shifted`.
///
/// `destination` is what it adds to each score and the slope of LeakyReLU; `None` if scores are
/// final. Both buffers have room for a whole vector behind the last score; what stands there in
/// `shifted` is overwritten.
#[inline(always)]
pub(super) fn shift<S: Lanes>(
    raw: &[f32],
    scores: usize,
    period: usize,
    destination: Option<(S, S)>,
    bound: Option<S>,
    shifted: &mut [f32],
) {
    if let (Some((offset, slope)), Some(top)) = (destination, bound) {
        let max = top.add(offset).leaky(slope);
        let mut at = 0;
        while at < scores {
            let score = load_at::<S>(raw, at).add(offset).leaky(slope);
            store_at(score.sub(max), shifted, at);
            at += LANES;
        }
        return;
    }
    let lowest = S::splat(f32::NEG_INFINITY);
    let mut max = lowest;
    let mut at = 0;
    while at < scores {
        let mut score = load_at::<S>(raw, at);
        if let Some((offset, slope)) = destination {
            score = score.add(offset).leaky(slope);
        }
        max = score.first(scores - at, lowest).max(max);
        store_at(score, shifted, at);
        at += LANES;
    }
    let max = max.fold_max(period);
    let mut at = 0;
    while at < scores {
        let score = load_at::<S>(shifted, at);
        store_at(score.sub(max), shifted, at);
        at += LANES;
    }
}

/// Replaces shifted scores by their exponentials. Returns zeros, or NaN if a score is not finite.
#[inline(always)]
pub(super) fn exponentials<S: Lanes>(scores: &mut [f32], count: usize) -> S {
    let zero = S::splat(0.0);
    let mut finite = zero;
    let mut at = 0;
    while at < count {
        let score = load_at::<S>(scores, at);
        finite = score.first(count - at, zero).mul_add(zero, finite);
        store_at(score.exp_of_negative(), scores, at);
        at += LANES;
    }
    finite
}
