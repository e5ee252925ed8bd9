//! Reading whole files, and writing them so that a reader never sees half.

use std::fs;
use std::path::Path;

use crate::error::{GatError, Result};

pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|source| io_error(file, "read", source))
}

/// Writes a hidden file beside the target and renames it.
pub(crate) fn write_atomic(file: &Path, bytes: &[u8]) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // The process id keeps two processes apart that write the same target.
    let temporary = file.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, file));
    written.map_err(|source| {
        // Best effort: the error that matters is the one being reported.
        let _ = fs::remove_file(&temporary);
        io_error(file, "write", source)
    })
}

pub(crate) fn io_error(file: &Path, action: &'static str, source: std::io::Error) -> GatError {
    GatError::Io { file: file.to_path_buf(), action, source }
}
