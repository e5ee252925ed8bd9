//! Exact seconds as a queue time.

use std::cmp::Ordering;

/// Seconds since the start of a run, never NaN, with a total order. For worlds that compute in
/// exact seconds; worlds in ticks use integers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seconds(f64);

impl Seconds {
    /// A finite time; `None` for NaN and infinities. Negative zero becomes zero.
    #[must_use]
    pub fn new(seconds: f64) -> Option<Self> {
        seconds.is_finite().then_some(Self(seconds + 0.0))
    }

    /// The exact value \[s\].
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Nearest nanosecond; `None` beyond what an `i64` holds (about 292 years).
    #[must_use]
    pub fn to_ns(self) -> Option<i64> {
        let ns = (self.0 * 1e9).round();
        // 2^63 is exact in f64; the largest i64 is not, so the upper bound is strict.
        let limit = 9_223_372_036_854_775_808.0;
        (ns >= -limit && ns < limit).then_some(ns as i64)
    }
}

impl Eq for Seconds {}

impl PartialOrd for Seconds {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Seconds {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_projection() {
        let at = |s| Seconds::new(s).unwrap();
        assert!(at(0.1) < at(0.1 + 0.2));
        assert_eq!(at(-0.0), at(0.0));
        assert_eq!(at(0.02).to_ns(), Some(20_000_000));
        assert_eq!(at(1e300).to_ns(), None);
        assert_eq!((Seconds::new(f64::NAN), Seconds::new(f64::INFINITY)), (None, None));
    }
}
