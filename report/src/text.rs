//! Prose made of our words and of names that come from a log.
//!
//! Text from a log is untrusted wherever it is shown, so words and names stay apart until a
//! renderer escapes the names for its syntax. Our words travel between two private-use marks;
//! whatever stands outside them is escaped, so a forgotten mark makes text ugly, never unsafe.

use serde::{Serialize, Serializer};

use crate::cite::Cite;

/// Opens a stretch of our own words.
const OPEN: char = '\u{E000}';
/// Closes it.
const CLOSE: char = '\u{E001}';

/// A sentence or two, in marked form.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

/// A piece of a marked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Our own words.
    Words(&'a str),
    /// A name or line from the log.
    Untrusted(&'a str),
}

impl Text {
    /// No text yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// Our own words.
    #[must_use]
    pub fn words(words: impl AsRef<str>) -> Self {
        let mut text = Self::new();
        text.say(words);
        text
    }

    /// A name from the log.
    #[must_use]
    pub fn untrusted(name: &str) -> Self {
        let mut text = Self::new();
        text.name(name);
        text
    }

    /// Adds our own words.
    pub fn say(&mut self, words: impl AsRef<str>) -> &mut Self {
        self.0.push(OPEN);
        self.0.extend(words.as_ref().chars().filter(|c| *c != OPEN && *c != CLOSE));
        self.0.push(CLOSE);
        self
    }

    /// Adds a name from the log.
    pub fn name(&mut self, name: &str) -> &mut Self {
        // A name cannot smuggle marks in.
        self.0.extend(name.chars().filter(|c| *c != OPEN && *c != CLOSE));
        // Two names in a row stay two pieces.
        self.0.push(OPEN);
        self.0.push(CLOSE);
        self
    }

    /// Adds another text.
    pub fn text(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds a citation, with a space before it.
    pub fn cite(&mut self, cite: &Cite) -> &mut Self {
        self.say(format!(" {cite}"))
    }

    /// Adds a citation if there is one.
    pub fn cite_some(&mut self, cite: Option<&Cite>) -> &mut Self {
        if let Some(cite) = cite {
            self.cite(cite);
        }
        self
    }

    /// Adds a list of names: `a, b and 3 more`.
    pub fn names<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, most: usize) -> &mut Self {
        let names: Vec<&str> = names.into_iter().collect();
        for (i, name) in names.iter().take(most).enumerate() {
            if i > 0 {
                self.say(", ");
            }
            self.name(name);
        }
        if names.len() > most {
            self.say(format!(" and {} more", names.len() - most));
        }
        self
    }

    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plain().is_empty()
    }

    /// The marked form, for renderers that escape names for their syntax (see [`pieces`]).
    #[must_use]
    pub fn marked(&self) -> &str {
        &self.0
    }

    /// Plain text, for formats that escape by themselves.
    #[must_use]
    pub fn plain(&self) -> String {
        unmarked(&self.0)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The pieces of a marked text; text without marks is one untrusted piece.
pub fn pieces(marked: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = marked;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            if let Some(inside) = rest.strip_prefix(OPEN) {
                let end = inside.find(CLOSE).unwrap_or(inside.len());
                rest = inside.get(end + CLOSE.len_utf8()..).unwrap_or("");
                if end > 0 {
                    return Some(Piece::Words(&inside[..end]));
                }
            } else {
                let end = rest.find(OPEN).unwrap_or(rest.len());
                let (piece, after) = rest.split_at(end);
                rest = after;
                return Some(Piece::Untrusted(piece));
            }
        }
    })
}

/// A marked text without its marks.
#[must_use]
pub fn unmarked(marked: &str) -> String {
    marked.chars().filter(|c| *c != OPEN && *c != CLOSE).collect()
}

/// A number for people: at most four significant digits, no trailing zeros.
#[must_use]
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.3e}");
    }
    let digits = (3 - libm::floor(libm::log10(size)) as i32).clamp(0, 8);
    let text = format!("{value:.*}", usize::try_from(digits).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `1 service`, `2 services`.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_enough() {
        for (value, text) in [
            (1.0 / 3.0, "0.3333"),
            (4.7, "4.7"),
            (12345.6, "12346"),
            (0.0, "0"),
            (1e-9, "1.000e-9"),
            (100.0, "100"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn names_cannot_pass_for_words() {
        let mut text = Text::words("before ");
        text.name("\u{E000}# fake\u{E001}").name("b").say(" after");
        let found: Vec<_> = pieces(&text.0).collect();
        assert_eq!(
            found,
            [
                Piece::Words("before "),
                Piece::Untrusted("# fake"),
                Piece::Untrusted("b"),
                Piece::Words(" after")
            ]
        );
        assert_eq!(text.plain(), "before # fakeb after");
    }
}
