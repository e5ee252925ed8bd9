//! Lanes in two AVX2 registers.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{LANES, Lanes, Work};

/// Sixteen f32 in two ymm registers, lower half first.
#[derive(Clone, Copy)]
pub(super) struct Avx2(__m256, __m256);

/// Runs `work` compiled for AVX2.
///
/// # Safety
/// The processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn run<W: Work>(work: W) -> W::Output {
    work.run::<Avx2>()
}

/// All bits set in the lanes below `count`.
#[inline(always)]
fn below(count: usize) -> (__m256, __m256) {
    // SAFETY: as below.
    unsafe {
        let count = _mm256_set1_epi32(count.min(LANES) as i32);
        let low = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let high = _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15);
        (
            _mm256_castsi256_ps(_mm256_cmpgt_epi32(count, low)),
            _mm256_castsi256_ps(_mm256_cmpgt_epi32(count, high)),
        )
    }
}

/// The same instruction on both halves.
macro_rules! halves {
    ($op:ident, $($x:expr),+) => {
        unsafe { Self($op($($x.0),+), $op($($x.1),+)) }
    };
}

// SAFETY (all blocks): `Avx2` values only arise inside `run`, so the instructions exist; loads and
// stores go through references of exactly sixteen elements.
impl Lanes for Avx2 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm256_set1_ps(value), _mm256_set1_ps(value)) }
    }

    #[inline(always)]
    fn load(from: &[f32; LANES]) -> Self {
        unsafe { Self(_mm256_loadu_ps(from.as_ptr()), _mm256_loadu_ps(from.as_ptr().add(8))) }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES]) {
        unsafe {
            _mm256_storeu_ps(to.as_mut_ptr(), self.0);
            _mm256_storeu_ps(to.as_mut_ptr().add(8), self.1);
        }
    }

    #[inline(always)]
    fn store_first(self, to: &mut [f32], count: usize) {
        to[..count].copy_from_slice(&self.to_array()[..count]);
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        halves!(_mm256_add_ps, self, other)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        halves!(_mm256_sub_ps, self, other)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        halves!(_mm256_mul_ps, self, other)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        halves!(_mm256_div_ps, self, other)
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        halves!(_mm256_fmadd_ps, self, factor, addend)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        halves!(_mm256_max_ps, self, other)
    }

    #[inline(always)]
    fn or_if_not_positive(self, other: Self) -> Self {
        unsafe {
            let zero = _mm256_setzero_ps();
            let low = _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, zero);
            let high = _mm256_cmp_ps::<_CMP_GT_OQ>(self.1, zero);
            Self(_mm256_blendv_ps(other.0, self.0, low), _mm256_blendv_ps(other.1, self.1, high))
        }
    }

    #[inline(always)]
    fn zero_where_below(self, by: Self, limit: Self) -> Self {
        unsafe {
            let low = _mm256_cmp_ps::<_CMP_GE_OQ>(by.0, limit.0);
            let high = _mm256_cmp_ps::<_CMP_GE_OQ>(by.1, limit.1);
            Self(_mm256_and_ps(low, self.0), _mm256_and_ps(high, self.1))
        }
    }

    #[inline(always)]
    fn round(self) -> Self {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        unsafe { Self(_mm256_round_ps::<NEAREST>(self.0), _mm256_round_ps::<NEAREST>(self.1)) }
    }

    #[inline(always)]
    fn two_to_the(self) -> Self {
        unsafe {
            let power = |n| {
                let exponent = _mm256_add_epi32(_mm256_cvttps_epi32(n), _mm256_set1_epi32(127));
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
            };
            Self(power(self.0), power(self.1))
        }
    }

    #[inline(always)]
    fn permute(self, of: &[u32; LANES]) -> Self {
        unsafe {
            let pick = |at: *const u32| {
                let of = _mm256_loadu_si256(at.cast());
                // The instruction takes indices modulo 8; bit 3 says which half.
                let upper = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(of));
                let low = _mm256_permutevar8x32_ps(self.0, of);
                let high = _mm256_permutevar8x32_ps(self.1, of);
                _mm256_blendv_ps(low, high, upper)
            };
            Self(pick(of.as_ptr()), pick(of.as_ptr().add(8)))
        }
    }

    #[inline(always)]
    fn swap<const BY: usize>(self) -> Self {
        unsafe {
            match BY {
                8 => Self(self.1, self.0),
                4 => Self(
                    _mm256_permute2f128_ps::<1>(self.0, self.0),
                    _mm256_permute2f128_ps::<1>(self.1, self.1),
                ),
                2 => Self(_mm256_permute_ps::<0x4e>(self.0), _mm256_permute_ps::<0x4e>(self.1)),
                _ => Self(_mm256_permute_ps::<0xb1>(self.0), _mm256_permute_ps::<0xb1>(self.1)),
            }
        }
    }

    #[inline(always)]
    fn first(self, count: usize, other: Self) -> Self {
        let (low, high) = below(count);
        unsafe { Self(_mm256_blendv_ps(other.0, self.0, low), _mm256_blendv_ps(other.1, self.1, high)) }
    }

    #[inline(always)]
    fn gather(table: &[f32], at: &[u32; LANES], count: usize) -> Self {
        let mut lanes = [0.0; LANES];
        for (lane, &i) in lanes.iter_mut().zip(at).take(count) {
            *lane = table[i as usize];
        }
        Self::load(&lanes)
    }
}
