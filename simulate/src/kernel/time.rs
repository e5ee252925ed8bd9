//! Times as the event queue sees them, and exact seconds.

use std::cmp::Ordering;

/// A time that an [`EventQueue`](super::EventQueue) can sort into buckets: it has a place on a
/// line of 64 bits.
pub trait Instant: Copy + Ord {
    /// Its place. Later times have greater places, and no two times share one.
    fn place(self) -> u64;
    /// The time at a place that [`Instant::place`] gave.
    fn at_place(place: u64) -> Self;
}

/// The bit that tells negative numbers.
const SIGN: u64 = 1 << 63;

impl Instant for u64 {
    fn place(self) -> u64 {
        self
    }

    fn at_place(place: u64) -> Self {
        place
    }
}

impl Instant for i64 {
    fn place(self) -> u64 {
        self.cast_unsigned() ^ SIGN
    }

    fn at_place(place: u64) -> Self {
        (place ^ SIGN).cast_signed()
    }
}

impl Instant for i32 {
    fn place(self) -> u64 {
        i64::from(self).place()
    }

    fn at_place(place: u64) -> Self {
        i64::at_place(place) as Self
    }
}

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

impl Instant for Seconds {
    /// The bits of a positive number ascend with it, those of a negative one descend.
    fn place(self) -> u64 {
        let bits = self.0.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    }

    fn at_place(place: u64) -> Self {
        Self(f64::from_bits(if place & SIGN == 0 { !place } else { place ^ SIGN }))
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

    #[test]
    fn places_keep_order_and_value() {
        fn check<T: Instant + std::fmt::Debug>(ascending: &[T]) {
            for pair in ascending.windows(2) {
                assert!(pair[0].place() < pair[1].place(), "{pair:?}");
            }
            for time in ascending {
                assert_eq!(T::at_place(time.place()), *time);
            }
        }
        check(&[i64::MIN, -5, -1, 0, 1, 77, i64::MAX]);
        check(&[i32::MIN, -1, 0, 1, i32::MAX]);
        check(&[0, 1, u64::MAX]);
        let seconds = [f64::MIN, -2.5, -1e-300, 0.0, 1e-300, 0.1, 0.5, 3600.0, f64::MAX];
        check(&seconds.map(|s| Seconds::new(s).unwrap()));
    }
}
