//! What the runs of a batch are compared with: the records of an earlier batch.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_report::Findings;

use super::work::{REPORTS, kept};

/// Records of an earlier batch, read one by one as they are asked for.
pub(crate) struct Baseline {
    /// Records by their stem.
    by_stem: BTreeMap<String, PathBuf>,
    /// Records by what was simulated: the same run may have another name tonight.
    by_origin: BTreeMap<Origin, PathBuf>,
}

type Origin = (String, String, Option<u64>, String);

fn origin(f: &Findings) -> Option<Origin> {
    (!f.scenario.is_empty()).then(|| (f.world.clone(), f.scenario.clone(), f.run_seed, f.incident.clone()))
}

impl Baseline {
    /// Finds the records in a batch's folder, or in a folder of reports in JSON.
    ///
    /// # Errors
    /// [`RunError::Unreadable`] if there is no record.
    pub(crate) fn open(folder: &Path) -> Result<Self, RunError> {
        let unreadable = |source| RunError::Unreadable { path: folder.to_owned(), source };
        let inner = folder.join(REPORTS);
        let place = if inner.is_dir() { inner } else { folder.to_owned() };
        let mut baseline = Self { by_stem: BTreeMap::new(), by_origin: BTreeMap::new() };
        let entries = fs::read_dir(&place).map_err(unreadable)?;
        let mut paths: Vec<PathBuf> =
            entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>().map_err(unreadable)?;
        paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
        paths.sort();
        for path in paths {
            let Some(findings) = kept(&path) else { continue };
            if let Some(stem) = path.file_stem() {
                baseline.by_stem.insert(stem.to_string_lossy().into_owned(), path.clone());
            }
            if let Some(origin) = origin(&findings) {
                baseline.by_origin.entry(origin).or_insert(path);
            }
        }
        if baseline.by_stem.is_empty() {
            return Err(unreadable(std::io::Error::other(
                "no record of an earlier batch (runs/NAME.json, infra-report/1)",
            )));
        }
        Ok(baseline)
    }

    /// The record of the same run: of the same name, else of the same scenario and seed.
    pub(crate) fn of(&self, stem: &str, findings: &Findings) -> Option<Findings> {
        let path = self.by_stem.get(stem).or_else(|| self.by_origin.get(&origin(findings)?))?;
        kept(path)
    }
}
