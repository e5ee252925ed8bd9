//! Replays golden data: our values against recorded ones, at each world's stated tolerance.

mod check;
mod coordination;
mod flood;
mod mesh;
mod queue;
mod systems;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use check::Check;
pub use coordination::verify_world_coordination;
pub use flood::verify_world_flood;
pub use mesh::verify_world_mesh;
pub use queue::verify_world_queue;
pub(crate) use systems::verify_world_systems;
pub(crate) use table::Table;

use crate::scenario::WorldName;

/// Replays the golden data of `world` in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world(world: WorldName, dir: &Path) -> Result<VerifyReport, VerifyError> {
    (world.world().verify)(dir)
}

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
    #[error("{}: holds no golden data of this world (expected {expected})", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
        /// Names of the files.
        expected: &'static str,
    },
}

/// Files of a folder in name order.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, VerifyError> {
    let unreadable = |source| VerifyError::Unreadable { path: dir.to_owned(), source };
    let mut paths = fs::read_dir(dir)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

pub(crate) fn read(path: &Path) -> Result<String, VerifyError> {
    fs::read_to_string(path).map_err(|source| VerifyError::Unreadable { path: path.to_owned(), source })
}
