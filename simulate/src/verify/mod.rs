//! Replays golden data of the flood world: exact equality of every value.
//!
//! A directory holds, per scenario NAME, the files `NAME.scenario.json`, `NAME.metrics.csv`,
//! `NAME.trace.csv`, `NAME.intents.csv` and `NAME.final.json`, and any number of `*.jsonl` files
//! with one object per line: `scenario`, `metrics`, `intents`, `final`.

mod compare;
mod golden;
mod played;

use std::fs;
use std::path::{Path, PathBuf};

use compare::Tally;

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerifyReport {
    /// Scenarios replayed.
    pub cases: usize,
    /// Values compared.
    pub values: u64,
    /// Largest absolute difference of two numbers.
    pub max_error: f64,
    /// What differs; the first few of each table.
    pub failures: Vec<String>,
}

impl VerifyReport {
    /// Whether everything was equal, and something was compared.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.values > 0
    }
}

/// Why golden data cannot be replayed at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A file or the folder cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is not in its format.
    #[error("{}: not golden data: {why}", path.display())]
    Malformed {
        /// Which one.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The folder holds no golden data.
    #[error("{}: holds neither *.scenario.json nor *.jsonl", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// Replays every golden flood scenario in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world_flood(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut tally = Tally::default();
    let mut found = false;
    for path in files(dir)? {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        if let Some(stem) = name.strip_suffix(".scenario.json") {
            found = true;
            let case = golden::Case::from_files(dir, stem)?;
            tally.case(stem, &case);
        } else if name.ends_with(".jsonl") {
            found = true;
            let text = read(&path)?;
            for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let malformed = |why: String| VerifyError::Malformed {
                    path: path.clone(),
                    why: format!("line {}: {why}", i + 1),
                };
                let case = golden::Case::from_json_line(line).map_err(malformed)?;
                tally.case(&format!("{name} line {}", i + 1), &case);
            }
        }
    }
    if found { Ok(tally.report) } else { Err(VerifyError::Empty { path: dir.to_owned() }) }
}

/// Files of a folder in name order.
fn files(dir: &Path) -> Result<Vec<PathBuf>, VerifyError> {
    let unreadable = |source| VerifyError::Unreadable { path: dir.to_owned(), source };
    let mut paths = fs::read_dir(dir)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, VerifyError> {
    fs::read_to_string(path).map_err(|source| VerifyError::Unreadable { path: path.to_owned(), source })
}
