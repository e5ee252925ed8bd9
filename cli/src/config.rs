//! `infra-analyze.toml`: named, or found in the working folder or one above it.

use std::fs;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_report::gate::config::{CONFIG_FILE, Config};

use crate::exit::usage;
use crate::terminal;

/// A configuration and the folder that its paths start from.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) config: Config,
    pub(crate) folder: PathBuf,
}

/// The configuration at `named`, or the nearest one; an empty one if there is none.
///
/// # Errors
/// Everything that is wrong with the file; a named one must exist.
pub(crate) fn find(named: Option<&Path>) -> anyhow::Result<Found> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => match nearest() {
            Some(path) => path,
            None => return Ok(Found::default()),
        },
    };
    let text =
        fs::read_to_string(&path).map_err(|source| RunError::Unreadable { path: path.clone(), source })?;
    let config = Config::parse(&text).map_err(|e| usage(e.in_file(&path.display().to_string())))?;
    terminal::step(|| format!("configuration: {}", path.display()));
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Found { config, folder })
}

/// Upwards from the working folder.
fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(CONFIG_FILE)).find(|path| path.is_file())
}
