//! `round(x, n)` of the specification: the nearest decimal, decided on the exact binary value,
//! ties to even.

use std::io::{Cursor, Write};

/// Room for the largest real number with a few places.
const ROOM: usize = 352;

/// `value` rounded to `places` decimal places, without allocation.
pub(crate) fn rounded(value: f64, places: usize) -> f64 {
    let mut text = Cursor::new([0_u8; ROOM]);
    if write!(text, "{value:.places$}").is_err() {
        return value;
    }
    let length = text.position() as usize;
    let digits = text.get_ref().get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_binary_value_decides_and_ties_go_to_even() {
        assert_eq!(rounded(2.675, 2), 2.67);
        assert_eq!((rounded(0.125, 2), rounded(0.375, 2)), (0.12, 0.38));
        assert_eq!((rounded(0.0625, 3), rounded(0.1875, 3)), (0.062, 0.188));
        assert_eq!(rounded(-0.00004, 4).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(rounded(f64::MAX, 4), f64::MAX);
        assert!(rounded(f64::NAN, 4).is_nan());
        assert_eq!(rounded(f64::INFINITY, 1), f64::INFINITY);
    }
}
