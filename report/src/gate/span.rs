//! Lengths of time as a gate spells them: `300s`, `7min30s`, `2.5h`, `3ticks`.

use std::fmt;

use crate::time::{Clock, TimeScale, TimeUnit};

/// Units, longest first, with their nanoseconds.
const UNITS: [(&str, i64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Nanoseconds.
    Ns(i64),
    /// Ticks of a run that counts them.
    Ticks(f64),
}

impl Span {
    /// The length in nanoseconds; `None` for ticks where the run counts none.
    #[must_use]
    pub fn ns(self, scale: &TimeScale) -> Option<f64> {
        match self {
            Self::Ns(ns) => Some(ns as f64),
            Self::Ticks(ticks) if scale.unit == TimeUnit::Tick => Some(ticks * scale.tick_ns.max(1) as f64),
            Self::Ticks(_) => None,
        }
    }

    /// As a report of this run says it: `5 min`, `3 ticks`.
    #[must_use]
    pub fn words(self, clock: &Clock) -> String {
        match self {
            Self::Ns(ns) => clock.span(ns),
            Self::Ticks(ticks) => format!("{} ticks", crate::text::number(ticks)),
        }
    }
}

/// Nanoseconds of a unit; `µs` is another spelling of `us`, `m` of nothing (it could be a month).
pub(super) fn unit_ns(unit: &str) -> Option<i64> {
    let unit = if unit == "µs" || unit == "μs" { "us" } else { unit };
    UNITS.iter().find(|(u, _)| *u == unit).map(|(_, ns)| *ns)
}

/// Whether a word counts ticks.
pub(super) fn is_ticks(unit: &str) -> bool {
    unit == "tick" || unit == "ticks"
}

/// A decimal number of units as whole nanoseconds, rounded; `None` beyond 292 years.
pub(super) fn to_ns(number: &str, unit_ns: i64) -> Option<i64> {
    // Exact for whole numbers, which a product of floats would not be.
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(unit_ns);
    }
    let value = libm::round(number.parse::<f64>().ok()? * unit_ns as f64);
    // 2^63 itself does not fit.
    (value.abs() < 9.223_372_036_854_775e18).then_some(value as i64)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Ticks(ticks) => write!(f, "{ticks}ticks"),
            Self::Ns(0) => f.write_str("0s"),
            Self::Ns(ns) => {
                // The two longest units if they are exact, else the longest one that is.
                let fits = |unit: i64| ns.unsigned_abs() % unit.unsigned_abs() == 0;
                let (unit, one) = UNITS.into_iter().find(|(_, one)| fits(*one)).unwrap_or(("ns", 1));
                write!(f, "{}{unit}", ns / one)
            },
        }
    }
}
