//! Prose made of our words and of names that come from a log.
//!
//! Names stay apart from words until a renderer escapes them for its syntax: text from a log is
//! untrusted wherever it is shown.

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Our own words.
    Words(String),
    /// A name or line from the log.
    Untrusted(String),
}

/// A sentence or two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(Vec<Piece>);

impl Text {
    /// No text yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds our own words.
    pub fn say(&mut self, words: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// Adds a name from the log.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.0.push(Piece::Untrusted(name.to_owned()));
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

    /// The pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Plain text for JSON, where nothing needs escaping but what JSON escapes itself.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|p| match p {
                Piece::Words(w) | Piece::Untrusted(w) => w.as_str(),
            })
            .collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_enough() {
        for (value, text) in
            [(1.0 / 3.0, "0.3333"), (4.7, "4.7"), (12345.6, "12346"), (0.0, "0"), (1e-9, "1.000e-9"), (100.0, "100")]
        {
            assert_eq!(number(value), text);
        }
    }
}
