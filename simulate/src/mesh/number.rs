//! Numbers as texts: what `Display` writes, without its machinery.

use std::fmt::Write as _;

/// Room for the longest number that is written here.
const ROOM: usize = 32;
/// Integers of a smaller magnitude are exact, and `Display` writes them without a point.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// 2^25.
const PLACES: f64 = 33_554_432.0;
/// Texts of up to 15 digits with their point are the only shortest ones.
const SURE: usize = 16;

/// Appends a real number as `Display` writes it: the shortest text that is read back as the same
/// number, never with an exponent.
pub(super) fn push_real(text: &mut String, value: f64) {
    // Beyond an `i64` this is the nearest one, and NaN becomes 0: neither is equal.
    let integer = value as i64;
    if value.abs() < EXACT && integer as f64 == value && (integer != 0 || value.is_sign_positive()) {
        push_integer(text, integer);
        return;
    }
    if !push_short(text, value) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{value}");
    }
}

/// Appends an integer.
pub(super) fn push_integer(text: &mut String, value: i64) {
    if let Some(digit) = u32::try_from(value).ok().and_then(|digit| char::from_digit(digit, 10)) {
        text.push(digit);
        return;
    }
    let mut digits = [0; ROOM];
    let (mut left, mut at) = (value.unsigned_abs(), ROOM);
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    text.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// JSON's text of a number is the same as `Display`'s, unless it has an exponent, the number is
/// none, or two shortest texts are equally near. The latter have at least 16 digits and lie
/// between two numbers of 17 or 18, which takes fewer than 26 binary places, as 5^26 has 19
/// digits. False if nothing was appended.
fn push_short(text: &mut String, value: f64) -> bool {
    let mut room = [0; ROOM];
    let mut left = &mut room[..];
    if !value.is_finite() || serde_json::to_writer(&mut left, &value).is_err() {
        return false;
    }
    let length = ROOM - left.len();
    let Ok(number) = std::str::from_utf8(&room[..length]) else { return false };
    let has_few_places = || (value * PLACES).fract() == 0.0;
    if number.contains('e') || (number.len() > SURE && has_few_places()) {
        return false;
    }
    text.push_str(number.strip_suffix(".0").unwrap_or(number));
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn real(value: f64) -> String {
        let mut text = String::new();
        push_real(&mut text, value);
        text
    }

    #[test]
    fn odd_numbers_are_written_as_display_does() {
        let odd =
            [0.0, -0.0, 1.0, -1.0, 0.1, 0.30000000000000004, 1e-5, 1e-6, 1e-7, 5e-324, 1e15, 1e16, 1e17];
        let large = [EXACT, EXACT - 1.0, EXACT + 2.0, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, 123456.75];
        for value in odd.into_iter().chain(large) {
            assert_eq!(real(value), value.to_string());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn every_number_is_written_as_display_does(bits in any::<u64>(), near in -1e6_f64..1e6, n in any::<i64>()) {
            let few_places = (n >> (bits % 64)) as f64 / (1_u64 << ((bits >> 32) % 40)) as f64;
            let values = [f64::from_bits(bits), near, near.trunc(), near / 1e9, n as f64, n as f64 / 1e3];
            for value in values.into_iter().chain([few_places]) {
                prop_assert_eq!(real(value), value.to_string());
            }
            let mut text = String::new();
            push_integer(&mut text, n);
            prop_assert_eq!(text, n.to_string());
        }
    }
}
