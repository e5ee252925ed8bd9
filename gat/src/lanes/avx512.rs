//! Lanes in one AVX-512 register.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{LANES, Lanes, Work};

/// Sixteen f32 in a zmm register.
#[derive(Clone, Copy)]
pub(super) struct Avx512(__m512);

/// Runs `work` compiled for AVX-512.
///
/// # Safety
/// The processor has AVX-512F, AVX2 and FMA.
#[target_feature(enable = "avx512f,avx2,fma")]
pub(super) unsafe fn run<W: Work>(work: W) -> W::Output {
    work.run::<Avx512>()
}

#[inline(always)]
fn mask(count: usize) -> __mmask16 {
    if count >= LANES { !0 } else { (1 << count) - 1 }
}

// SAFETY (all blocks): `Avx512` values only arise inside `run`, so the instructions exist; loads
// and stores go through references of exactly sixteen elements.
impl Lanes for Avx512 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    fn load(from: &[f32; LANES]) -> Self {
        unsafe { Self(_mm512_loadu_ps(from.as_ptr())) }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES]) {
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn store_first(self, to: &mut [f32], count: usize) {
        let to = &mut to[..count];
        // SAFETY: lanes beyond `count` are not written.
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), mask(count), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(_mm512_add_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(_mm512_sub_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(_mm512_mul_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        unsafe { Self(_mm512_div_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        unsafe { Self(_mm512_fmadd_ps(self.0, factor.0, addend.0)) }
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // The second operand where either is NaN or both are zero.
        unsafe { Self(_mm512_max_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn or_if_not_positive(self, other: Self) -> Self {
        unsafe {
            let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_mask_mov_ps(other.0, positive, self.0))
        }
    }

    #[inline(always)]
    fn zero_where_below(self, by: Self, limit: Self) -> Self {
        unsafe {
            let kept = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(by.0, limit.0);
            Self(_mm512_maskz_mov_ps(kept, self.0))
        }
    }

    #[inline(always)]
    fn round(self) -> Self {
        unsafe { Self(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)) }
    }

    #[inline(always)]
    fn two_to_the(self) -> Self {
        unsafe {
            let exponent = _mm512_add_epi32(_mm512_cvttps_epi32(self.0), _mm512_set1_epi32(127));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(exponent)))
        }
    }

    #[inline(always)]
    fn permute(self, of: &[u32; LANES]) -> Self {
        unsafe {
            let of = _mm512_loadu_si512(of.as_ptr().cast());
            Self(_mm512_permutexvar_ps(of, self.0))
        }
    }

    #[inline(always)]
    fn swap<const BY: usize>(self) -> Self {
        unsafe {
            Self(match BY {
                8 => _mm512_shuffle_f32x4::<0x4e>(self.0, self.0),
                4 => _mm512_shuffle_f32x4::<0xb1>(self.0, self.0),
                2 => _mm512_permute_ps::<0x4e>(self.0),
                _ => _mm512_permute_ps::<0xb1>(self.0),
            })
        }
    }

    #[inline(always)]
    fn first(self, count: usize, other: Self) -> Self {
        unsafe { Self(_mm512_mask_mov_ps(other.0, mask(count), self.0)) }
    }

    #[inline(always)]
    fn gather(table: &[f32], at: &[u32; LANES], count: usize) -> Self {
        unsafe {
            let at = _mm512_loadu_si512(at.as_ptr().cast());
            let limit = _mm512_set1_epi32(u32::try_from(table.len()).unwrap_or(u32::MAX) as i32);
            // Beyond 2^31 the index would be taken as negative; callers' tables end far before.
            let inside =
                _mm512_cmplt_epu32_mask(at, limit) & _mm512_cmpge_epi32_mask(at, _mm512_setzero_si512());
            let zero = _mm512_setzero_ps();
            // SAFETY: only lanes whose index lies inside the table are read.
            Self(_mm512_mask_i32gather_ps::<4>(zero, mask(count) & inside, at, table.as_ptr().cast()))
        }
    }
}
