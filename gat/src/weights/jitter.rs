//! Copies of the analytic scheme with shaken constants: where they agree, a
//! ranking does not hang on the constants.

use super::draw::Draw;
use crate::error::{GatError, Result};

/// Keeps jitter's stream apart from that of random weights.
const PURPOSE: u64 = 0x6A69_7474_6572; // "jitter"

/// How far to shake the constants of the analytic scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JitterSpec {
    /// Standard deviation of ln(weight): a head's weight is
    /// exp(sigma · z), z standard normal. 0: all weights are 1.
    pub sigma: f64,
    /// Lowest temperature.
    pub tau_low: f64,
    /// Highest temperature; drawn uniformly from the lowest on.
    pub tau_high: f64,
}

/// One draw of a [`JitterSpec`].
#[derive(Clone, Debug, PartialEq)]
pub struct JitterSample {
    /// Factor of each head's weight, positive.
    pub weights: Vec<f64>,
    /// Temperature: log-terms are divided by it before the softmax.
    pub tau: f64,
}

impl Default for JitterSpec {
    /// Sigma 0.5, temperatures 0.3 to 0.8.
    fn default() -> Self {
        Self { sigma: 0.5, tau_low: 0.3, tau_high: 0.8 }
    }
}

impl JitterSpec {
    /// Draws `count` samples for `heads` heads.
    ///
    /// # Determinism
    /// A pure function of its arguments, on every machine (PCG and libm).
    /// Prefix-stable in both counts: more samples, or more heads, leave the
    /// others as they are.
    ///
    /// # Errors
    /// [`GatError::InvalidConfig`] unless 0 ≤ sigma ≤ 100 and 0 < `tau_low` ≤
    /// `tau_high`, all finite.
    pub fn samples(&self, heads: usize, count: usize, seed: u64) -> Result<Vec<JitterSample>> {
        self.check()?;
        let sample = |member| {
            let mut draw = Draw::new(member, PURPOSE);
            // Temperature first, so that another head does not shift it.
            let tau = draw.uniform(self.tau_low, self.tau_high);
            let weight = |_| libm::exp(self.sigma * draw.normal());
            JitterSample { weights: (0..heads).map(weight).collect(), tau }
        };
        Ok(super::ensemble(seed, count).map(sample).collect())
    }

    fn check(&self) -> Result<()> {
        let refuse = |option, value: f64, expected| {
            Err(GatError::InvalidConfig { option, value: value.to_string(), expected })
        };
        // Beyond 100 an ordinary draw leaves the range of f64.
        if !(0.0..=100.0).contains(&self.sigma) {
            return refuse("sigma", self.sigma, "0 to 100");
        }
        if !(self.tau_low.is_finite() && self.tau_low > 0.0) {
            return refuse("tau_low", self.tau_low, "a positive, finite number");
        }
        if !(self.tau_high.is_finite() && self.tau_high >= self.tau_low) {
            return refuse("tau_high", self.tau_high, "a finite number >= tau_low");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn samples_are_stable_prefixes_within_their_ranges() {
        let spec = JitterSpec::default();
        let small = spec.samples(2, 10, 5).unwrap();
        let large = spec.samples(3, 64, 5).unwrap();
        for (small, large) in small.iter().zip(&large) {
            assert_eq!(small.tau, large.tau);
            assert_eq!(small.weights, large.weights[..2]);
        }
        assert!(large.iter().all(|s| (0.3..0.8).contains(&s.tau)));
        assert!(large.iter().flat_map(|s| &s.weights).all(|&w| w > 0.0));
        assert_ne!(spec.samples(2, 10, 6).unwrap(), small);
    }

    #[test]
    fn log_weights_have_the_spread_asked_for() {
        let spec = JitterSpec::default();
        let samples = spec.samples(1, 20_000, 1).unwrap();
        let n = samples.len() as f64;
        let squares: f64 = samples.iter().map(|s| s.weights[0].ln().powi(2)).sum();
        let sigma = (squares / n).sqrt();
        assert!((sigma - 0.5).abs() < 0.02, "{sigma}");
    }

    #[test]
    fn without_spread_every_copy_is_the_original() {
        let spec = JitterSpec { sigma: 0.0, tau_low: 0.5, tau_high: 0.5 };
        let samples = spec.samples(2, 3, 9).unwrap();
        let original = JitterSample { weights: vec![1.0, 1.0], tau: 0.5 };
        assert_eq!(samples, vec![original; 3]);
    }

    #[test]
    fn bad_ranges_are_refused() {
        let spec = JitterSpec { sigma: -1.0, ..JitterSpec::default() };
        assert!(spec.samples(1, 1, 0).is_err());
        let spec = JitterSpec { tau_low: 0.0, ..JitterSpec::default() };
        assert!(spec.samples(1, 1, 0).is_err());
        let spec = JitterSpec { tau_high: 0.1, ..JitterSpec::default() };
        let message = spec.samples(1, 1, 0).unwrap_err().to_string();
        assert_eq!(message, "tau_high = 0.1: expected a finite number >= tau_low");
    }
}
