//! A number a node: dot products of feature rows with one vector.

use rayon::prelude::*;

use crate::lanes::{Isa, LANES, Lanes, Work, load_at, run_on};

/// Rows that a thread takes at a time.
const NODES_PER_TASK: usize = 8_192;

/// What was seen on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// Whether all products are finite.
    pub(super) finite: bool,
    /// The smallest.
    pub(super) low: f32,
    /// The largest.
    pub(super) high: f32,
}

impl Seen {
    const NONE: Self = Self { finite: true, low: f32::INFINITY, high: f32::NEG_INFINITY };

    fn both(self, other: Self) -> Self {
        Self {
            finite: self.finite && other.finite,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// Dot products of each row of `x` [N, F] with `vector` \[F\], plus `offset`.
pub(super) fn dots(isa: Isa, x: &[f32], nodes: usize, vector: &[f32], offset: f32) -> (Vec<f32>, Seen) {
    let mut out = vec![0.0; nodes];
    let dot = |(out, x): (&mut [f32], &[f32])| run_on(isa, Dots { x, vector, offset, out });
    let seen = if nodes <= NODES_PER_TASK {
        dot((&mut out, x))
    } else {
        let chunks = out.par_chunks_mut(NODES_PER_TASK).zip(x.par_chunks(NODES_PER_TASK * vector.len()));
        chunks.map(dot).reduce(|| Seen::NONE, Seen::both)
    };
    (out, seen)
}

/// Dot products of some rows.
struct Dots<'a> {
    x: &'a [f32],
    vector: &'a [f32],
    offset: f32,
    out: &'a mut [f32],
}

impl Work for Dots<'_> {
    type Output = Seen;

    #[inline(always)]
    fn run<S: Lanes>(self) -> Seen {
        let features = self.vector.len();
        let whole = features / LANES * LANES;
        let last_vector = last::<S>(self.vector, whole);
        for (out, x) in self.out.iter_mut().zip(self.x.chunks_exact(features)) {
            let mut sum = S::splat(0.0);
            for at in (0..whole).step_by(LANES) {
                sum = load_at::<S>(x, at).mul_add(load_at(self.vector, at), sum);
            }
            if whole < features {
                sum = last::<S>(x, whole).mul_add(last_vector, sum);
            }
            *out = sum.fold_add(1).to_array()[0] + self.offset;
        }
        let (mut zero, mut seen) = (0.0_f32, Seen::NONE);
        for value in self.out.iter() {
            zero += value * 0.0;
            seen.low = seen.low.min(*value);
            seen.high = seen.high.max(*value);
        }
        Seen { finite: zero == 0.0, ..seen }
    }
}

/// What stands behind the last whole vector, padded with zeros.
#[inline(always)]
fn last<S: Lanes>(from: &[f32], whole: usize) -> S {
    let mut lanes = [0.0; LANES];
    lanes[..from.len() - whole].copy_from_slice(&from[whole..]);
    S::load(&lanes)
}
