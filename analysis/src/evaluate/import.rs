//! Tables of a data set turned into a bundle.

use std::path::Path;

use infra_ingest::import::{TableMap, import_tables};

use super::error::EvaluateError;

/// Imports the tables of `dir` into a bundle at `out`; what is what is told by their columns.
/// `config` is a map file or the name of a built-in map; without it, the built-in map that knows
/// most of the files is taken. Returns what was inferred, left out or counted.
pub(super) fn tables(dir: &Path, config: Option<&Path>, out: &Path) -> Result<Vec<String>, EvaluateError> {
    let (map, found) = match config {
        None => TableMap::builtin_for(dir)?,
        Some(config) => {
            let builtin = config.to_str().filter(|_| !config.exists()).and_then(TableMap::builtin);
            let map = builtin.unwrap_or_else(|| TableMap::load(config))?;
            let found = map.recognise(dir)?;
            (map, found)
        },
    };
    found.require()?;
    let unknown = found.files.iter().filter(|file| file.section.is_none());
    let mut notes: Vec<String> =
        unknown.map(|file| format!("{}: not imported: {}", file.name.escape_debug(), file.reason)).collect();
    notes.extend(import_tables(&found.inputs, &map, out)?.notes);
    Ok(notes)
}
