//! Sixteen f32 at a time: one set of operations, three instruction sets, the same bits.
//!
//! Every operation is a single correctly rounded one (or moves bits), lanes are always sixteen,
//! and sums over lanes fold in one fixed order. So a computation written with [`Lanes`] gives the
//! same bits whether AVX-512, AVX2 or plain code runs it; only speed differs.
//!
//! [`run`] picks the instruction set of the processor at hand.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;

use plain::Plain;

/// Lanes of a vector.
pub(crate) const LANES: usize = 16;

/// A cache line of sixteen floats, aligned as one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub(crate) struct Line(pub(crate) [f32; LANES]);

/// Sixteen f32.
pub(crate) trait Lanes: Copy {
    /// The same value everywhere.
    fn splat(value: f32) -> Self;
    /// Sixteen values.
    fn load(from: &[f32; LANES]) -> Self;
    /// Writes sixteen values.
    fn store(self, to: &mut [f32; LANES]);
    /// Writes the first `count` values, at most sixteen.
    ///
    /// # Panics
    /// If there is no room for them.
    fn store_first(self, to: &mut [f32], count: usize);
    /// Sum.
    fn add(self, other: Self) -> Self;
    /// Difference.
    fn sub(self, other: Self) -> Self;
    /// Product.
    fn mul(self, other: Self) -> Self;
    /// Quotient.
    fn div(self, other: Self) -> Self;
    /// `self * factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// The larger of each pair; `other` where either is NaN.
    fn max(self, other: Self) -> Self;
    /// `self` where `self` is above zero, else `other`.
    fn or_if_not_positive(self, other: Self) -> Self;
    /// `self` where `by` is at least `limit`, else zero.
    fn zero_where_below(self, by: Self, limit: Self) -> Self;
    /// The nearest integer, ties to even.
    fn round(self) -> Self;
    /// 2 to the power of `self`, an integer in -126..=127.
    fn two_to_the(self) -> Self;
    /// Lane i takes lane `of[i] % 16`.
    fn permute(self, of: &[u32; LANES]) -> Self;
    /// Lane i takes lane i xor `BY`; `BY` is 1, 2, 4 or 8.
    fn swap<const BY: usize>(self) -> Self;
    /// The first `count` lanes of `self`, else those of `other`.
    fn first(self, count: usize, other: Self) -> Self;
    /// `table[at[i]]` for the first `count` lanes, else zero.
    ///
    /// # Panics
    /// Or reads nothing: an index beyond the table is a bug of the caller, and is never read.
    fn gather(table: &[f32], at: &[u32; LANES], count: usize) -> Self;

    /// LeakyReLU: `self` where above zero, else `slope * self`.
    #[inline(always)]
    fn leaky(self, slope: Self) -> Self {
        self.or_if_not_positive(slope.mul(self))
    }

    /// e to the power of `self`, for values of at most 0; 0 below -87.
    ///
    /// Cephes' polynomial (S. Moshier, `expf`), within 1 ulp of the true value.
    #[inline(always)]
    fn exp_of_negative(self) -> Self {
        let n = self.mul(Self::splat(std::f32::consts::LOG2_E)).round();
        let r = n.mul_add(Self::splat(-0.693_359_4), self);
        let r = n.mul_add(Self::splat(2.121_944_4e-4), r);
        let mut p = Self::splat(1.987_569_1e-4);
        for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            p = p.mul_add(r, Self::splat(coefficient));
        }
        let e = p.mul_add(r.mul(r), r.add(Self::splat(1.0)));
        // Below -87 the exponent leaves its range; what comes of it is not kept.
        let n = n.max(Self::splat(-126.0));
        e.mul(n.two_to_the()).zero_where_below(self, Self::splat(-87.0))
    }

    /// Sums lanes that are equal modulo `period` (a power of two up to 16); each lane holds the
    /// sum of its own class.
    #[inline(always)]
    fn fold_add(self, period: usize) -> Self {
        let mut x = self;
        if period <= 8 {
            x = x.add(x.swap::<8>());
        }
        if period <= 4 {
            x = x.add(x.swap::<4>());
        }
        if period <= 2 {
            x = x.add(x.swap::<2>());
        }
        if period <= 1 {
            x = x.add(x.swap::<1>());
        }
        x
    }

    /// As [`fold_add`](Self::fold_add), the maximum.
    #[inline(always)]
    fn fold_max(self, period: usize) -> Self {
        let mut x = self;
        if period <= 8 {
            x = x.max(x.swap::<8>());
        }
        if period <= 4 {
            x = x.max(x.swap::<4>());
        }
        if period <= 2 {
            x = x.max(x.swap::<2>());
        }
        if period <= 1 {
            x = x.max(x.swap::<1>());
        }
        x
    }

    /// The lanes.
    #[inline(always)]
    fn to_array(self) -> [f32; LANES] {
        let mut out = [0.0; LANES];
        self.store(&mut out);
        out
    }
}

/// Loads sixteen values that start at `at`.
///
/// # Panics
/// If there are not so many.
#[inline(always)]
pub(crate) fn load_at<S: Lanes>(from: &[f32], at: usize) -> S {
    match from[at..].first_chunk() {
        Some(chunk) => S::load(chunk),
        None => S::load(&[f32::NAN; LANES]),
    }
}

/// Stores sixteen values from `at` on; nothing if there is no room.
#[inline(always)]
pub(crate) fn store_at<S: Lanes>(value: S, to: &mut [f32], at: usize) {
    if let Some(chunk) = to[at..].first_chunk_mut() {
        value.store(chunk);
    }
}

/// Asks for the cache line of `table[at]`, if there is one; only speed depends on it.
#[inline(always)]
pub(crate) fn prefetch<T>(table: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if at < table.len() {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address lies inside `table`; SSE is part of x86-64.
        #[allow(unsafe_code)]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(table.as_ptr().add(at).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (table, at);
}

/// A computation over [`Lanes`].
pub(crate) trait Work {
    /// What it gives.
    type Output;
    /// Does it. Implementations are `#[inline(always)]`, so that they are compiled for the
    /// instruction set they are called from.
    fn run<S: Lanes>(self) -> Self::Output;
}

/// Instruction sets that [`run_on`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    /// What the target always has.
    Plain,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The best one here.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx2") {
                return Self::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Plain
    }

    /// All that this processor can run.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        match Self::best() {
            Self::Plain => vec![Self::Plain],
            Self::Avx2 => vec![Self::Plain, Self::Avx2],
            Self::Avx512 => vec![Self::Plain, Self::Avx2, Self::Avx512],
        }
        #[cfg(not(target_arch = "x86_64"))]
        vec![Self::Plain]
    }
}

/// Runs `work` on `isa`, which [`Isa::best`] found.
#[inline]
pub(crate) fn run_on<W: Work>(isa: Isa, work: W) -> W::Output {
    match isa {
        Isa::Plain => work.run::<Plain>(),
        // SAFETY: `Isa::best` found the features on this processor, and nothing else makes these
        // variants.
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code)]
        Isa::Avx2 => unsafe { avx2::run(work) },
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code)]
        Isa::Avx512 => unsafe { avx512::run(work) },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Every operation on some values, as bits.
    struct Everything<'a>(&'a [f32; LANES], &'a [f32; LANES]);

    impl Work for Everything<'_> {
        type Output = Vec<u32>;

        #[inline(always)]
        fn run<S: Lanes>(self) -> Vec<u32> {
            let (a, b) = (S::load(self.0), S::load(self.1));
            let reversed: [u32; LANES] = std::array::from_fn(|i| 15 - i as u32);
            let table: Vec<f32> = (0..40).map(|i| i as f32 * 0.5).collect();
            let at: [u32; LANES] = std::array::from_fn(|i| (i as u32 * 7) % 40);
            let integers = b.mul(S::splat(3.0)).round().max(S::splat(-126.0));
            let all = [
                a.add(b),
                a.sub(b),
                a.mul(b),
                a.div(b),
                a.mul_add(b, S::splat(0.1)),
                a.max(b),
                a.or_if_not_positive(b),
                a.zero_where_below(b, S::splat(0.25)),
                a.round(),
                integers.two_to_the(),
                a.permute(&reversed),
                a.swap::<1>(),
                a.swap::<2>(),
                a.swap::<4>(),
                a.swap::<8>(),
                a.first(5, b),
                a.first(16, b),
                S::gather(&table, &at, 11),
                a.leaky(S::splat(0.2)),
                S::splat(0.0).sub(a.mul(a)).exp_of_negative(),
                a.fold_add(1),
                a.fold_add(4),
                a.fold_add(16),
                a.fold_max(2),
                load_at(&table, 3),
            ];
            let mut part = vec![0.5; 9];
            a.store_first(&mut part[1..], 7);
            let all = all.iter().flat_map(|x| x.to_array()).chain(part);
            all.map(f32::to_bits).collect()
        }
    }

    #[test]
    fn instruction_sets_agree_to_the_bit() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 40) as f32 / 16_777_216.0 - 0.5) * 17.0
        };
        for _ in 0..200 {
            let a: [f32; LANES] = std::array::from_fn(|_| next());
            let b: [f32; LANES] = std::array::from_fn(|_| next());
            let plain = run_on(Isa::Plain, Everything(&a, &b));
            for isa in Isa::all() {
                assert_eq!(run_on(isa, Everything(&a, &b)), plain, "{isa:?}");
            }
        }
    }

    struct Exp([f32; LANES]);

    impl Work for Exp {
        type Output = [f32; LANES];

        #[inline(always)]
        fn run<S: Lanes>(self) -> [f32; LANES] {
            S::load(&self.0).exp_of_negative().to_array()
        }
    }

    #[test]
    fn the_exponential_is_within_two_ulp() {
        for step in 0..20_000 {
            let x = -(step as f32) * 0.004_4;
            let got = run_on(Isa::best(), Exp([x; LANES]))[0];
            let want = f64::from(x).exp();
            if x < -87.0 {
                assert_eq!(got, 0.0);
            } else {
                assert!((f64::from(got) - want).abs() <= want * 2.4e-7, "{x}: {got} {want}");
            }
        }
        let ends = [0.0, -87.0, -87.01, -1e30, f32::NEG_INFINITY, -0.0];
        let mut lanes = [0.0; LANES];
        lanes[..6].copy_from_slice(&ends);
        let got = run_on(Isa::best(), Exp(lanes));
        assert_eq!((got[0], got[2], got[3], got[4], got[5]), (1.0, 0.0, 0.0, 0.0, 1.0));
    }
}
