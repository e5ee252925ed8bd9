//! Durations as people write them in a map: `300s`, `5m`, `250ms`.

/// Units, and what each is in nanoseconds.
const UNITS: &[(&str, i64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// What [`parse`] accepts, for messages.
pub(super) const EXPECTED: &str = "a duration such as \"300s\", \"5m\" or \"250ms\"";

/// Reads a whole number with a unit \[ns\]; `None` if it is anything else.
pub(super) fn parse(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    number.parse::<i64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_a_unit_and_must_fit() {
        assert_eq!(parse("300s"), Some(300_000_000_000));
        assert_eq!(parse("5 min"), parse("5m"));
        for wrong in ["300", "s", "", "1.5s", "-1s", "9999999999d", "1 fortnight"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
