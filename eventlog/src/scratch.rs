//! Folders for what is needed for a while only: they go when done with, and on an interrupt.

use std::path::Path;

use tempfile::TempDir;

use crate::atomic::{register, unregister};
use crate::error::RunError;

/// A folder in the system's temporary place, readable by this user only; removed when dropped.
#[derive(Debug)]
pub struct ScratchDir {
    dir: TempDir,
}

impl ScratchDir {
    /// Makes an empty folder.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub fn create() -> Result<Self, RunError> {
        let unwritable = |source| RunError::Unwritable { path: std::env::temp_dir(), source };
        let dir = tempfile::Builder::new().prefix("infra-analyze-").tempdir().map_err(unwritable)?;
        register(dir.path());
        Ok(Self { dir })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        unregister(self.dir.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_with_what_is_in_it() {
        let scratch = ScratchDir::create().unwrap();
        let path = scratch.path().to_owned();
        std::fs::write(path.join("x"), "y").unwrap();
        drop(scratch);
        assert!(!path.exists());
    }
}
