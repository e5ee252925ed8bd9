//! What is wrong with an expression, and where.

use std::fmt;
use std::ops::Range;

/// Why an expression is none. Nothing was evaluated.
///
/// Shown over several lines, with carets under the place:
///
/// ```text
/// `mttr > 300`: a duration needs its unit
///   mttr > 300
///          ^^^
///   write 300s, or another of ns, us, ms, s, min, h, d, ticks
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// The expression as it was given.
    pub text: String,
    /// Bytes of it that are wrong; empty at its end.
    pub at: Range<usize>,
    /// What is wrong there.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// What one step of parsing reports; [`ExprError`] without the text.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: Range<usize>,
    pub(super) what: String,
    pub(super) hint: String,
}

impl Wrong {
    pub(super) fn new(at: Range<usize>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { at, what: what.into(), hint: hint.into() }
    }

    pub(super) fn in_text(self, text: &str) -> ExprError {
        ExprError { text: text.to_owned(), at: self.at, what: self.what, hint: self.hint }
    }
}

impl std::error::Error for ExprError {}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each character one column: what a terminal could obey is not shown.
        let visible =
            |text: &str| -> String { text.chars().map(|c| if hidden(c) { '\u{FFFD}' } else { c }).collect() };
        let before = self.text.get(..self.at.start).map_or(0, |t| t.chars().count());
        let under = self.text.get(self.at.clone()).map_or(1, |t| t.chars().count().max(1));
        writeln!(f, "`{}`: {}", visible(&self.text), visible(&self.what))?;
        writeln!(f, "  {}", visible(&self.text))?;
        write!(f, "  {}{}", " ".repeat(before), "^".repeat(under))?;
        if !self.hint.is_empty() {
            write!(f, "\n  {}", visible(&self.hint))?;
        }
        Ok(())
    }
}

fn hidden(c: char) -> bool {
    crate::markdown::is_invisible(c)
}
