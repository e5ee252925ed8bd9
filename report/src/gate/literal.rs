//! Values as an expression holds them, and how they are spelled.

use std::fmt;

use super::span::Span;
use crate::verdict::{Level, Verdict};

/// A value that a field is compared with; of the field's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A plain number, finite.
    Number(f64),
    /// A part of a whole, finite; `0.9` is 90 %.
    Share(f64),
    /// A length of time.
    Span(Span),
    /// Text or a name.
    Text(String),
    /// A verdict.
    Verdict(Verdict),
    /// A confidence.
    Level(Level),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Share(value) => f.write_str(&share(*value)),
            Self::Span(span) => span.fmt(f),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Verdict(verdict) => f.write_str(verdict.id()),
            Self::Level(level) => f.write_str(level.words()),
        }
    }
}

/// `90%` where that reads back as the same value and is as short, else the plain number.
pub(super) fn share(value: f64) -> String {
    let plain = value.to_string();
    let percent = format!("{}%", libm::round(value * 1e8) / 1e6);
    let same =
        percent.strip_suffix('%').and_then(|p| p.parse::<f64>().ok()).is_some_and(|p| p / 100.0 == value);
    if same && percent.len() <= plain.len() + 1 && value != 0.0 { percent } else { plain }
}

/// Text in single quotes, with backslashes before quotes and backslashes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
