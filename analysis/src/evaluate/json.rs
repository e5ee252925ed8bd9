//! Small JSON files of records.

use std::path::Path;

use infra_eventlog::RunError;
use serde::de::DeserializeOwned;

/// Larger files are refused \[bytes\].
const MAX_BYTES: u64 = 64 << 20;

/// Why a file could not be read.
pub(super) enum Failure {
    /// Not at all.
    Run(RunError),
    /// It is not what was expected.
    Content(String),
}

/// Name of a file, for messages.
pub(super) fn label(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// Reads a file whole.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let unreadable = |source| Failure::Run(RunError::Unreadable { path: path.to_owned(), source });
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_BYTES {
        return Err(Failure::Run(RunError::TooLarge {
            file: label(path),
            what: "the JSON text".to_owned(),
            bytes,
            cap: MAX_BYTES,
            hint: "split the folder",
        }));
    }
    let text = std::fs::read(path).map_err(unreadable)?;
    serde_json::from_slice(&text).map_err(|e| Failure::Content(format!("broken JSON: {e}")))
}
