//! Random numbers that are the same on every machine.
//!
//! The generator is PCG XSL RR 128/64, by name. State and distributions are
//! derived here: `rand` may change how it maps seeds and ranges between
//! versions, and candle's initialisers cannot be seeded on the CPU at all.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

/// A stream of random numbers.
pub(crate) struct Draw(Pcg64);

impl Draw {
    /// The stream of a seed. Streams of different `purpose` are independent.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        let mut words = SplitMix64(seed);
        let state = words.next_u128();
        let mut words = SplitMix64(purpose ^ words.next_u64());
        Self(Pcg64::new(state, words.next_u128()))
    }

    /// Uniform in [0, 1): the upper 53 bits.
    pub(crate) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// Uniform in [low, high).
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Standard normal, by Box and Muller's cosine; two numbers are consumed
    /// and the sine is dropped, so each call consumes the same amount.
    pub(super) fn normal(&mut self) -> f64 {
        // 1 - u lies in (0, 1], whose logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): spreads a seed's bits.
#[derive(Clone, Debug)]
pub(super) struct SplitMix64(pub(super) u64);

impl SplitMix64 {
    pub(super) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn next_u128(&mut self) -> u128 {
        u128::from(self.next_u64()) << 64 | u128::from(self.next_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_stream() {
        // First outputs for seed 1234567, as in Rosetta Code's
        // "Pseudo-random numbers/Splitmix64".
        let mut words = SplitMix64(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| words.next_u64()).collect();
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, expected);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        const N: u32 = 40_000;
        let mut draw = Draw::new(3, 0);
        let (mut sum, mut squares, mut units) = (0.0, 0.0, 0.0);
        for _ in 0..N {
            let z = draw.normal();
            sum += z;
            squares += z * z;
            let unit = draw.unit();
            assert!((0.0..1.0).contains(&unit));
            units += unit;
        }
        // Five standard errors: 1/sqrt(N), sqrt(2/N), sqrt(1/(12 N)).
        let n = f64::from(N);
        assert!((sum / n).abs() < 5.0 / n.sqrt());
        assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
        assert!((units / n - 0.5).abs() < 5.0 / (12.0 * n).sqrt());
    }

    #[test]
    fn seed_and_purpose_both_select_the_stream() {
        let first = |seed, purpose| Draw::new(seed, purpose).unit().to_bits();
        assert_eq!(first(1, 1), first(1, 1));
        assert_ne!(first(1, 1), first(2, 1));
        assert_ne!(first(1, 1), first(1, 2));
    }
}
