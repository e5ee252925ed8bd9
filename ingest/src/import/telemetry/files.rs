//! Input files: named ones, and those of folders.

use std::path::{Path, PathBuf};

use infra_eventlog::RunError;

use crate::error::IngestError;
use crate::import::packed::{self, Cap};

/// One file's unpacked content is held in memory as a whole \[bytes\].
const CAP: Cap = Cap {
    bytes: 4 << 30,
    what: "the telemetry",
    hint: "split the file at its lines: several inputs make one run",
};

/// A file to read.
#[derive(Debug)]
pub(super) struct Input {
    path: PathBuf,
    /// How messages name it.
    pub(super) label: String,
    /// Named by the user, not found in a folder.
    pub(super) is_named: bool,
}

/// Named files, and the files of named folders (not of their folders) in the order of names.
pub(super) fn listed(inputs: &[PathBuf]) -> Result<Vec<Input>, IngestError> {
    let mut files = Vec::new();
    for path in inputs {
        if !path.is_dir() {
            files.push(Input { path: path.clone(), label: label(path), is_named: true });
            continue;
        }
        let unreadable = |source| RunError::Unreadable { path: path.clone(), source };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_file() {
                found.push(path);
            }
        }
        found.sort();
        files.extend(found.into_iter().map(|path| Input { label: label(&path), path, is_named: false }));
    }
    Ok(files)
}

/// All that a file holds, unpacked.
pub(super) fn read(input: &Input) -> Result<Vec<u8>, IngestError> {
    Ok(packed::read(&input.path, &input.label, CAP)?)
}

/// The file's own name, for messages.
fn label(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    name.unwrap_or_else(|| path.display().to_string()).escape_debug().to_string()
}
