//! What can be wrong with a scenario.

use std::fmt::Write as _;
use std::path::PathBuf;

use infra_eventlog::error::Problem;

/// Why a scenario cannot be used. Nothing was simulated or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The text is larger than a scenario may be.
    #[error("{file}: refused: the scenario has {bytes} bytes, the cap is {cap}")]
    TooLarge {
        /// The file, as the user named it.
        file: String,
        /// Size found \[bytes\].
        bytes: u64,
        /// The cap \[bytes\].
        cap: u64,
    },
    /// The text is not TOML or JSON at all.
    #[error("{file}: line {line}, column {column}: {why}")]
    Syntax {
        /// The file, as the user named it.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The parser's reason.
        why: String,
    },
    /// The scenario contradicts its format. Every problem found is listed.
    #[error("{}", list(.0))]
    Invalid(
        /// In the order of the text.
        Vec<Problem>,
    ),
    /// No such world.
    #[error("no world `{world}`{hint}")]
    UnknownWorld {
        /// The name given.
        world: String,
        /// The nearest world, worded.
        hint: String,
    },
    /// No such built-in scenario.
    #[error("world `{world}` has no built-in scenario `{name}`{hint}")]
    UnknownName {
        /// The world asked.
        world: String,
        /// The name given.
        name: String,
        /// The nearest scenario, worded.
        hint: String,
    },
    /// An override (`--set PATH=VALUE`) cannot be applied; the scenario is as before.
    #[error("--set {path}: {why}")]
    BadOverride {
        /// The dotted path as given.
        path: String,
        /// What is wrong and what would be right.
        why: String,
    },
}

impl ScenarioError {
    /// Whether the command line (a name, an override) rather than a scenario file is to blame.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::UnknownWorld { .. } | Self::UnknownName { .. } | Self::BadOverride { .. })
    }
}

/// How many problems a message spells out.
const LISTED: usize = 50;

fn list(problems: &[Problem]) -> String {
    if let [one] = problems {
        return one.to_string();
    }
    let mut text = format!("{} problems", problems.len());
    for problem in problems.iter().take(LISTED) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  - {problem}");
    }
    if problems.len() > LISTED {
        let _ = write!(text, "\n  - and {} more", problems.len() - LISTED);
    }
    text
}
