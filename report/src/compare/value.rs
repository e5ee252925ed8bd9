//! What a figure of one run says, and how far two of them lie apart.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a figure says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A number, in the unit of its measure; finite.
    Number(f64),
    /// One of a closed list, or one name; untrusted.
    Label(String),
    /// Names in order: the services of a path, its origin first; untrusted.
    Names(Vec<String>),
    /// A set of services (one name each) or of paths; untrusted.
    Set(BTreeSet<Vec<String>>),
    /// Whether it is so.
    Flag(bool),
    /// Nothing, and why.
    Absent(Absent),
}

/// Why a figure says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// No incident was found, so there is nothing to measure: better than any value.
    NoIncident,
    /// The service was not affected: better than any time.
    NotAffected,
    /// It did not happen as long as the run was recorded: worse than any time.
    Never,
    /// The log does not tell.
    NotMeasured,
    /// It is not among what the analysis tells in full.
    NotTold,
}

/// Numbers this close, as a share of the larger one, are the same: they were added in another order.
const SAME: f64 = 1e-9;

impl Value {
    /// A number, or why there is none. What is not finite was not measured.
    #[must_use]
    pub fn number(value: Option<f64>, otherwise: Absent) -> Self {
        match value {
            Some(value) if value.is_finite() => Self::Number(value),
            Some(_) => Self::Absent(Absent::NotMeasured),
            None => Self::Absent(otherwise),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// Whether both say the same; two that say nothing do.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => same_number(*a, *b),
            (Self::Absent(_), Self::Absent(_)) => true,
            _ => self == other,
        }
    }

    /// From one to the other: the difference of numbers, the share of members that two sets do not
    /// have in common (Jaccard distance, 0..1); `None` for what has no size.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Some(b - a),
            (Self::Set(a), Self::Set(b)) => {
                let all = a.union(b).count();
                let common = a.intersection(b).count();
                Some(if all == 0 { 0.0 } else { 1.0 - common as f64 / all as f64 })
            },
            _ => None,
        }
    }
}

/// Whether two numbers are the same but for the order in which they were added up.
pub(super) fn same_number(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> Value {
        Value::Set(names.iter().map(|n| vec![(*n).to_owned()]).collect())
    }

    #[test]
    fn differences_have_sizes() {
        assert_eq!(Value::Number(2.0).difference(&Value::Number(5.0)), Some(3.0));
        assert_eq!(set(&["a", "b", "c"]).difference(&set(&["b", "c", "d"])), Some(0.5));
        assert_eq!(set(&[]).difference(&set(&[])), Some(0.0));
        assert_eq!(Value::Flag(true).difference(&Value::Flag(false)), None);
    }

    #[test]
    fn the_last_digit_is_no_difference() {
        assert!(Value::Number(0.1 + 0.2).same(&Value::Number(0.3)));
        assert!(!Value::Number(0.3).same(&Value::Number(0.300_001)));
        assert!(Value::Absent(Absent::Never).same(&Value::Absent(Absent::NotMeasured)));
        assert!(!Value::Absent(Absent::Never).same(&Value::Number(0.0)));
        assert_eq!(Value::number(Some(f64::NAN), Absent::Never), Value::Absent(Absent::NotMeasured));
    }
}
