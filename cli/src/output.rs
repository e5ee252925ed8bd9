//! Where results go: standard output, or a file that appears whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::atomic;

use crate::exit::{CliError, usage};

/// Writes a result to `path`, or to standard output without one (or for `-`). It ends with a
/// line break.
pub(crate) fn emit(path: Option<&Path>, mut text: String) -> anyhow::Result<()> {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    match path {
        Some(path) if path.as_os_str() != "-" => to_file(path, &text),
        _ => stdout(&text),
    }
}

/// Writes a result to standard output. A reader that went away is no error.
pub(crate) fn stdout(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(e).into()),
        _ => Ok(()),
    }
}

fn to_file(path: &Path, text: &str) -> anyhow::Result<()> {
    if is_special(path) {
        // A device or a pipe takes the text itself; a rename would put a file in its place.
        let unwritable = |source| RunError::Unwritable { path: path.to_owned(), source };
        let mut file = std::fs::OpenOptions::new().write(true).open(path).map_err(unwritable)?;
        return match file.write_all(text.as_bytes()) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(e).into()),
            _ => Ok(()),
        };
    }
    Ok(atomic::write_file(path, text.as_bytes())?)
}

/// Refuses an output that would replace the command's own input.
///
/// # Errors
/// A usage error that names both.
pub(crate) fn refuse_input(output: Option<&Path>, input: &Path) -> anyhow::Result<()> {
    let Some(output) = output else { return Ok(()) };
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(output).is_some_and(|o| Some(o) == real(input)) {
        return Err(usage(format!("-o {}: is the input; choose another name", output.display())));
    }
    Ok(())
}

/// Refuses to replace a device, a pipe or a socket by a file.
///
/// # Errors
/// [`RunError::Unwritable`] if something of that sort stands at `path`.
pub(crate) fn refuse_special(path: &Path) -> Result<(), RunError> {
    if is_special(path) {
        let source = io::Error::other("something stands there that is neither a file nor a folder");
        return Err(RunError::Unwritable { path: path.to_owned(), source });
    }
    Ok(())
}

fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}
