//! The counter-based random source: coordination specification, section 1.
//!
//! A draw is a function of (seed, stream, entity, k). Streams separate uses, entities separate
//! agents, k counts an agent's draws: nobody's numbers depend on when somebody else draws.

/// One step of the generator: a bijection on 64 bits (the finalizer of SplitMix64).
#[must_use]
pub const fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// 64 random bits of draw `k` of `entity` in `stream`.
#[must_use]
pub const fn draw(seed: u64, stream: u64, entity: u64, k: u64) -> u64 {
    mix(mix(mix(mix(seed) ^ stream) ^ entity) ^ k)
}

/// The random source of one seed.
///
/// ```
/// use infra_simulate::kernel::RandomSource;
///
/// let random = RandomSource::new(1);
/// assert_eq!(random.uniform(5, 1_000_003, 0), 0.7204760111703294);
/// assert_eq!(random.standard(5, 1_000_003, 0), -0.03965492891192677);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomSource {
    seed: u64,
}

impl RandomSource {
    /// The source of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 64 random bits.
    #[must_use]
    pub const fn bits(self, stream: u64, entity: u64, k: u64) -> u64 {
        draw(self.seed, stream, entity, k)
    }

    /// `u` of the specification: uniform on [0, 1), a multiple of 2^-53.
    #[must_use]
    pub const fn uniform(self, stream: u64, entity: u64, k: u64) -> f64 {
        (self.bits(stream, entity, k) >> 11) as f64 * f64::from_bits(0x3CA0_0000_0000_0000)
    }

    /// `z` of the specification: zero mean, unit variance, within ±2√3. It uses the uniform
    /// draws 4k to 4k + 3 and no transcendental function, hence is identical everywhere.
    #[must_use]
    pub const fn standard(self, stream: u64, entity: u64, k: u64) -> f64 {
        let first = k.wrapping_mul(4);
        let sum = self.uniform(stream, entity, first)
            + self.uniform(stream, entity, first.wrapping_add(1))
            + self.uniform(stream, entity, first.wrapping_add(2))
            + self.uniform(stream, entity, first.wrapping_add(3));
        (sum - 2.0) * 1.732_050_807_568_877_2
    }
}
