//! What can be wrong with a run, told with its place.

use std::fmt;
use std::path::PathBuf;

/// Where a problem sits: a file, and within it a table, column or row.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// Column, metadata field or row range inside it; empty for the whole file.
    pub inside: String,
}

impl Place {
    /// A place inside `file`.
    #[must_use]
    pub fn new(file: impl Into<String>, inside: impl Into<String>) -> Self {
        Self { file: file.into(), inside: inside.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.inside.is_empty() {
            f.write_str(&self.file)
        } else {
            write!(f, "{}: {}", self.file, self.inside)
        }
    }
}

/// One thing wrong with a run: what, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// What to do; empty if there is nothing to say.
    pub hint: String,
}

impl Problem {
    /// A problem without a hint.
    #[must_use]
    pub fn new(place: Place, what: impl Into<String>) -> Self {
        Self { place, what: what.into(), hint: String::new() }
    }

    /// The same problem with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if !self.hint.is_empty() {
            write!(f, " (hint: {})", self.hint)?;
        }
        Ok(())
    }
}

/// Why a run could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The path does not exist or cannot be opened. Nothing was read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The path holds something that is no run at all. Nothing was read.
    #[error("{}: not a run: {why}", path.display())]
    NotARun {
        /// The path as given.
        path: PathBuf,
        /// What was found instead and what would be accepted.
        why: String,
    },
    /// A Parquet file without the footer key `infra.run`; it may be mapped as a foreign table.
    #[error(
        "{}: a Parquet file without infra-run metadata (hint: map its columns, for example --map service=NAME --map time_ns=NAME)",
        path.display()
    )]
    Foreign {
        /// The path as given.
        path: PathBuf,
    },
    /// The run is written in a newer major version of the format. Nothing else was read.
    #[error(
        "{file}: written as `{found}`, this version reads `infra-run/1` (hint: use a newer infra-analyze)"
    )]
    NewerSchema {
        /// File that holds the metadata.
        file: String,
        /// The schema text found.
        found: String,
    },
    /// The run breaks the format. All problems found are listed; no output is touched.
    #[error("{}", list(.0))]
    Invalid(
        /// Every problem found before reading stopped.
        Vec<Problem>,
    ),
    /// A file is damaged inside: a decoder failed. Rows before it may already have been used.
    #[error("{file}: damaged: {why}")]
    Damaged {
        /// File that holds the damage.
        file: String,
        /// The decoder's reason.
        why: String,
    },
    /// A size in the file is beyond what a reader should be made to allocate.
    #[error("{file}: refused: {what} is {bytes} bytes, the cap is {cap} (hint: {hint})")]
    TooLarge {
        /// File that claims the size.
        file: String,
        /// Which part of it.
        what: String,
        /// Claimed size \[bytes\].
        bytes: u64,
        /// The cap \[bytes\].
        cap: u64,
        /// What to do.
        hint: &'static str,
    },
    /// An output could not be written; nothing that existed was changed.
    #[error("{}: cannot be written: {source}", path.display())]
    Unwritable {
        /// The output as given.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A writer was handed rows that break the format (a bug in the producer).
    #[error("the producer broke the run format: {0}")]
    Producer(
        /// What was handed over.
        String,
    ),
}

impl RunError {
    /// Whether the environment (a full disk, no permission) rather than the input is to blame.
    #[must_use]
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::Unwritable { .. })
    }
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [one] => one.to_string(),
        many => {
            let mut text = format!("{} problems", many.len());
            for problem in many {
                text.push_str("\n  - ");
                text.push_str(&problem.to_string());
            }
            text
        },
    }
}

/// The candidate nearest to `name` in edit distance, if one is near enough to be meant.
///
/// Used by every "unknown name" message. Time O(|name| * |candidate|) per candidate; names
/// longer than 64 characters are not compared.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    if name.len() > 64 {
        return None;
    }
    candidates
        .into_iter()
        .filter(|c| c.len() <= 256)
        .map(|c| {
            let other: Vec<char> = c.chars().flat_map(char::to_lowercase).collect();
            (edit_distance(&name, &other), c)
        })
        .filter(|(d, c)| *d <= 2.max(c.chars().count() / 3))
        .min()
        .map(|(_, c)| c)
}

fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_found_and_far_names_are_not() {
        assert_eq!(nearest("servce", ["service", "source"]), Some("service"));
        assert_eq!(nearest("Flod", ["flood", "queue"]), Some("flood"));
        assert_eq!(nearest("zzzzzz", ["flood", "queue"]), None);
    }

    #[test]
    fn several_problems_are_listed_together() {
        let problem = |what| Problem::new(Place::new("run.parquet", "column `seq`"), what);
        let text = RunError::Invalid(vec![problem("missing"), problem("twice")]).to_string();
        assert!(text.starts_with("2 problems\n"));
        assert!(text.contains("run.parquet: column `seq`: twice"));
    }
}
