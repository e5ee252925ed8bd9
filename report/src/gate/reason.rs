//! Why an expression holds or not: sentences with the actual values and the rows they rest on.

use crate::cite::Cite;
use crate::text::Text;

/// Citations told in a sentence; the outcome has all of them.
const MOST_CITES: usize = 3;

/// One comparison that decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// `mttr = 7 min 30 s > 5 min`.
    pub what: Text,
    /// Rows that the value rests on.
    pub cites: Vec<Cite>,
    /// Whether it was unknown only because there was no incident.
    pub(super) idle: bool,
}

/// Reasons as one sentence with citations.
#[must_use]
pub(super) fn sentence(reasons: &[Reason]) -> Text {
    let mut text = Text::new();
    for (i, reason) in reasons.iter().enumerate() {
        text.say(if i > 0 { "; " } else { "" }).text(&reason.what);
        reason.cites.iter().take(MOST_CITES).for_each(|cite| {
            text.cite(cite);
        });
        if reason.cites.len() > MOST_CITES {
            text.say(format!(" and {} more", reason.cites.len() - MOST_CITES));
        }
    }
    text
}
