//! What becomes of a row's sums: bias, activation, heads side by side or their mean.

use crate::kernel::Activation;
use crate::lanes::{LANES, Lanes, Line};

/// The last steps of a layer.
pub(super) struct Emit {
    /// Floats of an output row.
    pub(super) width: usize,
    /// Heads whose mean is taken; 1 where they stand side by side.
    mean_of: usize,
    /// Added to the row, padded by a line.
    bias: Vec<f32>,
    activation: Activation,
}

impl Emit {
    /// The last steps of a layer of `heads` heads of `channels` channels.
    pub(super) fn new(
        heads: usize,
        channels: usize,
        concat: bool,
        bias: Option<&[f32]>,
        activation: Activation,
    ) -> Self {
        let (width, mean_of) = if concat { (heads * channels, 1) } else { (channels, heads) };
        let mut padded = bias.map_or_else(|| vec![0.0; width], <[f32]>::to_vec);
        padded.resize(width + LANES, 0.0);
        Self { width, mean_of, bias: padded, activation }
    }

    /// Whether heads stand side by side.
    #[inline(always)]
    pub(super) const fn is_side_by_side(&self) -> bool {
        self.mean_of == 1
    }

    /// Takes `count` values of the head whose columns start at `head_start`, from its channel
    /// `channel` on.
    #[inline(always)]
    pub(super) fn put<S: Lanes>(
        &self,
        out: &mut [f32],
        (head_start, channel): (usize, usize),
        count: usize,
        values: S,
        finite: &mut S,
    ) {
        if self.mean_of == 1 {
            let at = head_start + channel;
            let value = values.add(crate::lanes::load_at(&self.bias, at));
            let zero = S::splat(0.0);
            *finite = value.first(count, zero).mul_add(zero, *finite);
            let value = if self.activation == Activation::Relu { value.max(zero) } else { value };
            value.store_first(&mut out[at..], count);
        } else {
            // Heads come in ascending order, and rows start as zeros.
            let lanes = values.to_array();
            for (out, value) in out[channel..].iter_mut().zip(&lanes[..count]) {
                *out += value;
            }
        }
    }

    /// What is left to do with rows that are complete.
    #[inline(always)]
    pub(super) fn finish<S: Lanes>(&self, out: &mut [f32], finite: &mut S) {
        if self.mean_of > 1 {
            let mut sum = 0.0_f32;
            for row in out.chunks_exact_mut(self.width) {
                for (value, bias) in row.iter_mut().zip(&self.bias) {
                    *value = *value / self.mean_of as f32 + bias;
                    sum += *value * 0.0;
                    if self.activation == Activation::Relu {
                        *value = value.max(0.0);
                    }
                }
            }
            *finite = finite.add(S::splat(sum));
        }
        if self.activation == Activation::Sigmoid {
            sigmoid::<S>(out);
        }
    }
}

/// Logistic function in place, without overflow on either side.
#[inline(always)]
pub(super) fn sigmoid<S: Lanes>(values: &mut [f32]) {
    let (whole, rest) = values.as_chunks_mut::<LANES>();
    for chunk in whole {
        logistic(S::load(chunk)).store(chunk);
    }
    if !rest.is_empty() {
        let mut last = Line::default().0;
        last[..rest.len()].copy_from_slice(rest);
        logistic(S::load(&last)).store_first(rest, rest.len());
    }
}

#[inline(always)]
fn logistic<S: Lanes>(x: S) -> S {
    let (zero, one) = (S::splat(0.0), S::splat(1.0));
    // e^-|x|
    let e = zero.sub(x.max(zero.sub(x))).exp_of_negative();
    let upper = one.div(one.add(e));
    // x > 0: 1 / (1 + e); else e / (1 + e), which is the same at the smallest positive x.
    upper.zero_where_below(x, S::splat(f32::MIN_POSITIVE)).or_if_not_positive(e.mul(upper))
}
