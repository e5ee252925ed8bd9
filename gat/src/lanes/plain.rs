//! Lanes as an array: what every target can do, and the definition of the others.

use super::{LANES, Lanes};

/// Sixteen f32 in an array.
#[derive(Clone, Copy)]
pub(super) struct Plain([f32; LANES]);

impl Plain {
    #[inline(always)]
    fn zip(self, other: Self, of: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| of(self.0[i], other.0[i])))
    }

    #[inline(always)]
    fn map(self, of: impl Fn(f32) -> f32) -> Self {
        Self(self.0.map(of))
    }
}

impl Lanes for Plain {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    fn load(from: &[f32; LANES]) -> Self {
        Self(*from)
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES]) {
        *to = self.0;
    }

    #[inline(always)]
    fn store_first(self, to: &mut [f32], count: usize) {
        to[..count].copy_from_slice(&self.to_array()[..count]);
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].mul_add(factor.0[i], addend.0[i])))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn or_if_not_positive(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > 0.0 { a } else { b })
    }

    #[inline(always)]
    fn zero_where_below(self, by: Self, limit: Self) -> Self {
        Self(std::array::from_fn(|i| if by.0[i] >= limit.0[i] { self.0[i] } else { 0.0 }))
    }

    #[inline(always)]
    fn round(self) -> Self {
        self.map(f32::round_ties_even)
    }

    #[inline(always)]
    fn two_to_the(self) -> Self {
        self.map(|n| f32::from_bits(((n as i32).wrapping_add(127) as u32) << 23))
    }

    #[inline(always)]
    fn permute(self, of: &[u32; LANES]) -> Self {
        Self(of.map(|i| self.0[i as usize % LANES]))
    }

    #[inline(always)]
    fn swap<const BY: usize>(self) -> Self {
        Self(std::array::from_fn(|i| self.0[i ^ BY]))
    }

    #[inline(always)]
    fn first(self, count: usize, other: Self) -> Self {
        Self(std::array::from_fn(|i| if i < count { self.0[i] } else { other.0[i] }))
    }

    #[inline(always)]
    fn gather(table: &[f32], at: &[u32; LANES], count: usize) -> Self {
        Self(std::array::from_fn(|i| if i < count { table[at[i] as usize] } else { 0.0 }))
    }
}
