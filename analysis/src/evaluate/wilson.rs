//! Intervals of a share that was counted (Wilson 1927).

use serde::Serialize;

/// Quantile of the standard normal that leaves 2.5 % on either side.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
    /// `hits / of`, 0..1; 0 of nothing.
    pub share: f64,
    /// Lower end of the interval, 0..1.
    pub low: f64,
    /// Upper end of the interval, 0..1.
    pub high: f64,
}

impl Share {
    /// `hits` of `of`; of nothing, the interval is everything.
    #[must_use]
    pub fn new(hits: usize, of: usize) -> Self {
        if of == 0 {
            return Self { hits, of, share: 0.0, low: 0.0, high: 1.0 };
        }
        let n = of as f64;
        let p = hits as f64 / n;
        let z2 = Z * Z;
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let (low, high) = ((middle - half).max(0.0), (middle + half).min(1.0));
        // At the ends rounding must not cut off the share itself.
        Self { hits, of, share: p, low: low.min(p), high: high.max(p) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_textbook() {
        // R: prop.test(15, 20, correct = FALSE)$conf.int
        let share = Share::new(15, 20);
        assert!((share.low - 0.531_299_2).abs() < 1e-6 && (share.high - 0.888_138_2).abs() < 1e-6);
        // All of 10: z^2 / (n + z^2) is left out.
        let all = Share::new(10, 10);
        assert!((all.low - 0.722_467).abs() < 1e-6 && all.high == 1.0);
        assert_eq!(Share::new(0, 0).share, 0.0);
    }
}
