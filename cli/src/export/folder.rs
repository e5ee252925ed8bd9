//! The folder of an export: all files appear, or none; what else is in it stays.

use std::io::Write;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_eventlog::atomic::AtomicFile;

use crate::output;

/// Files under construction in one folder.
pub(crate) struct Folder {
    path: PathBuf,
    /// Whether the folder is ours to remove if nothing comes of it.
    is_new: bool,
    complete: Vec<AtomicFile>,
}

impl Folder {
    /// Starts an export into `path`, which is made if need be.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] if something else stands there.
    pub(crate) fn create(path: &Path) -> Result<Self, RunError> {
        let unwritable = |source| RunError::Unwritable { path: path.to_owned(), source };
        output::refuse_special(path)?;
        let is_new = !path.exists();
        std::fs::create_dir_all(path).map_err(unwritable)?;
        Ok(Self { path: path.to_owned(), is_new, complete: Vec::new() })
    }

    /// Writes one file, which appears on [`Folder::commit`].
    ///
    /// # Errors
    /// Those of `write`, with the file's path; [`RunError::Unwritable`].
    pub(crate) fn write(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut AtomicFile) -> std::io::Result<()>,
    ) -> Result<(), RunError> {
        let path = self.path.join(name);
        output::refuse_special(&path)?;
        let mut file = AtomicFile::create(&path)?;
        write(&mut file)
            .and_then(|()| file.flush())
            .map_err(|source| RunError::Unwritable { path, source })?;
        self.complete.push(file);
        Ok(())
    }

    /// As [`Folder::write`] for a writer that may also fail on what it reads.
    ///
    /// # Errors
    /// Those of `write`; the disk's with the file's path.
    pub(crate) fn stream<T>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut AtomicFile) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let path = self.path.join(name);
        output::refuse_special(&path)?;
        let mut file = AtomicFile::create(&path)?;
        let unwritable = |source| RunError::Unwritable { path: path.clone(), source };
        let made = write(&mut file).map_err(|error| match error.downcast::<std::io::Error>() {
            Ok(source) => unwritable(source).into(),
            Err(other) => other,
        })?;
        file.flush().map_err(unwritable)?;
        self.complete.push(file);
        Ok(made)
    }

    /// Puts all files in place and returns how many there are.
    ///
    /// # Errors
    /// [`RunError::Unwritable`].
    pub(crate) fn commit(mut self) -> Result<usize, RunError> {
        let count = self.complete.len();
        for file in self.complete.drain(..) {
            file.commit()?;
        }
        self.is_new = false;
        Ok(count)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.complete.clear();
        if self.is_new {
            // Fails, as it should, if somebody put something there meanwhile.
            let _ = std::fs::remove_dir(&self.path);
        }
    }
}
