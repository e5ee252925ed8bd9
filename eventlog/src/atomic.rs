//! Outputs appear whole or not at all.
//!
//! A file is written under a temporary name beside its destination and renamed when it is
//! complete. A failed or interrupted run removes the temporary; what stood at the destination
//! before stays as it was.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::RunError;

/// Temporaries that are being written, for [`remove_unfinished`]. Locked while a folder takes the
/// place of another, so that an interrupt finds either the old one or the new one there.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// How often a folder is removed into which another thread is still writing.
const ATTEMPTS: usize = 20;

/// Removes every temporary that is still being written; for a handler of interrupts, which ends
/// the process afterwards. What the handler holds stops threads that begin or finish an output.
///
/// Hold the returned guard until the process ends.
#[must_use = "without it another thread may begin a new temporary"]
pub fn remove_unfinished() -> impl Sized {
    let unfinished = unfinished();
    for path in unfinished.iter() {
        for _ in 0..ATTEMPTS {
            remove_any(path);
            if !path.exists() {
                break;
            }
        }
    }
    unfinished
}

/// A file that appears at its destination when it is committed.
#[derive(Debug)]
pub struct AtomicFile {
    destination: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl AtomicFile {
    /// Starts a file for `destination`; missing parent folders are made.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] if the folder cannot be written or the destination is a folder.
    pub fn create(destination: &Path) -> Result<Self, RunError> {
        let unwritable = |source| RunError::Unwritable { path: destination.to_owned(), source };
        if destination.is_dir() {
            return Err(unwritable(io::Error::other("a folder of that name is in the way")));
        }
        let temporary = temporary_for(destination).map_err(unwritable)?;
        register(&temporary);
        let file = File::create(&temporary).inspect_err(|_| unregister(&temporary)).map_err(unwritable)?;
        Ok(Self { destination: destination.to_owned(), temporary, writer: Some(BufWriter::new(file)) })
    }

    /// Where the file will appear.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Flushes, syncs and renames the file to its destination.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub fn commit(mut self) -> Result<(), RunError> {
        let result = self.flush_and_rename();
        if result.is_ok() {
            unregister(&self.temporary);
        }
        result.map_err(|source| RunError::Unwritable { path: self.destination.clone(), source })
    }

    fn flush_and_rename(&mut self) -> io::Result<()> {
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        fs::rename(&self.temporary, &self.destination)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(buf),
            None => Err(io::Error::other("the file is already committed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if self.writer.is_some() || self.temporary.exists() {
            // The buffer must not be flushed into a file that is about to go.
            if let Some(writer) = self.writer.take() {
                let _ = writer.into_parts();
            }
            unregister(&self.temporary);
            remove_any(&self.temporary);
        }
    }
}

/// Writes `bytes` to `destination` atomically.
///
/// # Errors
/// [`RunError::Unwritable`]; the destination is then unchanged.
pub fn write_file(destination: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let mut file = AtomicFile::create(destination)?;
    file.write_all(bytes).map_err(|source| RunError::Unwritable { path: destination.to_owned(), source })?;
    file.commit()
}

/// A folder that appears at its destination when it is committed.
#[derive(Debug)]
pub struct AtomicDir {
    destination: PathBuf,
    temporary: PathBuf,
    committed: bool,
}

impl AtomicDir {
    /// Starts a folder for `destination`.
    ///
    /// An existing folder is replaced on commit only if it is empty or `replaceable` accepts it.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] if something else stands there or the parent cannot be written.
    pub fn create(destination: &Path, replaceable: impl Fn(&Path) -> bool) -> Result<Self, RunError> {
        let unwritable = |source| RunError::Unwritable { path: destination.to_owned(), source };
        if destination.exists() {
            if !destination.is_dir() {
                return Err(unwritable(io::Error::other("a file of that name is in the way")));
            }
            let mut entries = fs::read_dir(destination).map_err(unwritable)?;
            if entries.next().is_some() && !replaceable(destination) {
                return Err(unwritable(io::Error::other(
                    "the folder exists and holds other things; choose another name or empty it",
                )));
            }
        }
        let temporary = temporary_for(destination).map_err(unwritable)?;
        remove_any(&temporary);
        register(&temporary);
        fs::create_dir(&temporary).inspect_err(|_| unregister(&temporary)).map_err(unwritable)?;
        Ok(Self { destination: destination.to_owned(), temporary, committed: false })
    }

    /// The temporary folder to write into.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Puts the folder in place; an older one is removed only after the new one stands there.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub fn commit(mut self) -> Result<(), RunError> {
        let unwritable = |source| RunError::Unwritable { path: self.destination.clone(), source };
        if self.destination.exists() {
            let aside = self.temporary.with_extension("old");
            let mut unfinished = unfinished();
            fs::rename(&self.destination, &aside).map_err(unwritable)?;
            if let Err(source) = fs::rename(&self.temporary, &self.destination) {
                // Put the old one back before reporting.
                let _ = fs::rename(&aside, &self.destination);
                return Err(unwritable(source));
            }
            unfinished.remove(&self.temporary);
            unfinished.insert(aside.clone());
            drop(unfinished);
            remove_any(&aside);
            unregister(&aside);
        } else {
            fs::rename(&self.temporary, &self.destination).map_err(unwritable)?;
            unregister(&self.temporary);
        }
        self.committed = true;
        Ok(())
    }
}

impl Drop for AtomicDir {
    fn drop(&mut self) {
        if !self.committed {
            unregister(&self.temporary);
            remove_any(&self.temporary);
        }
    }
}

fn temporary_for(destination: &Path) -> io::Result<PathBuf> {
    let name = destination
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
    let parent = match destination.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".tmp-{}", std::process::id()));
    Ok(parent.join(hidden))
}

pub(crate) fn register(path: &Path) {
    unfinished().insert(path.to_owned());
}

pub(crate) fn unregister(path: &Path) {
    unfinished().remove(path);
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove_any(path: &Path) {
    // Best effort: the temporary may be gone already, and a failure here must not hide the cause.
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_file_leaves_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/out.txt");
        write_file(&path, b"old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_replaces_only_what_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundle");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("mine.txt"), "precious").unwrap();
        assert!(AtomicDir::create(&path, |_| false).is_err());
        let new = AtomicDir::create(&path, |_| true).unwrap();
        fs::write(new.path().join("run.json"), "{}").unwrap();
        new.commit().unwrap();
        assert!(path.join("run.json").exists() && !path.join("mine.txt").exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
