//! Units that people read off an axis.

use super::scale::round_step;
use crate::exhibits::{Point, SignalExhibit};
use crate::text::number;

/// What a value is divided by, and the unit that it then has.
#[must_use]
pub fn unit_of(signal: &SignalExhibit) -> (f64, &str) {
    let largest = signal.points.iter().map(|p| p.max.abs().max(p.min.abs())).fold(0.0, f64::max);
    match signal.unit.as_str() {
        "s" if largest > 0.0 && largest < 1e-3 => (1e-6, "µs"),
        "s" if largest > 0.0 && largest < 1.0 => (1e-3, "ms"),
        "By" | "bytes" | "B" => match largest {
            0.0..1024.0 => (1.0, "B"),
            1024.0..1_048_576.0 => (1024.0, "KiB"),
            1_048_576.0..1_073_741_824.0 => (1024.0 * 1024.0, "MiB"),
            _ => (1024.0 * 1024.0 * 1024.0, "GiB"),
        },
        "1" => (1.0, ""),
        unit => (1.0, unit),
    }
}

/// A value with the unit that fits it: `14.3 ms`.
pub(super) fn told(value: f64, unit: &str) -> String {
    let alone = SignalExhibit {
        unit: unit.to_owned(),
        points: vec![Point { min: value, max: value, ..Point::default() }],
        ..SignalExhibit::default()
    };
    let (factor, unit) = unit_of(&alone);
    format!("{}{}{unit}", number(value / factor), if unit.is_empty() { "" } else { " " })
}

/// A value as an axis with such steps writes it: `0.5`, `1.5k`, `20M`.
pub(super) fn brief(value: f64, step: f64) -> String {
    let (divisor, suffix) = match value.abs().max(step.abs()) {
        s if s >= 1e9 => (1e9, "G"),
        s if s >= 1e6 => (1e6, "M"),
        s if s >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    if value == 0.0 {
        return "0".to_owned();
    }
    let shown = value / divisor;
    let step = round_step(step.abs() / divisor);
    if !(1e-6..1e12).contains(&shown.abs()) {
        return format!("{value:.1e}");
    }
    let digits = (-libm::floor(libm::log10(step))).clamp(0.0, 7.0) as usize;
    let text = format!("{shown:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_bytes_get_the_prefix_that_fits() {
        let signal = |unit: &str, max: f64| SignalExhibit {
            unit: unit.into(),
            points: vec![Point { max, ..Point::default() }],
            ..SignalExhibit::default()
        };
        for (unit, max, shown) in [
            ("s", 0.2, "ms"),
            ("s", 2.0, "s"),
            ("s", 1e-5, "µs"),
            ("By", 5e7, "MiB"),
            ("1", 0.5, ""),
            ("ops", 1.0, "ops"),
        ] {
            assert_eq!(unit_of(&signal(unit, max)).1, shown);
        }
    }

    #[test]
    fn marks_are_short() {
        assert_eq!([told(0.0143, "s"), told(0.5, "1"), told(3e6, "By")], ["14.3 ms", "0.5", "2.861 MiB"]);
        let found =
            [(0.5, 0.5), (1500.0, 500.0), (20_000.0, 5_000.0), (2.5e9, 5e8), (0.0, 1.0), (0.015, 0.005)];
        let found = found.map(|(v, s)| brief(v, s));
        assert_eq!(found, ["0.5", "1500", "20k", "2.5G", "0", "0.015"]);
        assert_eq!(brief(1e300, 1e299), "1.0e300");
    }
}
