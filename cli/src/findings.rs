//! What was found in a run, a report, or each of a folder of them. One run is in memory at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use infra_analysis::report::{findings, time_scale};
use infra_eventlog::RunError;
use infra_report::Findings;
use infra_report::compare::read::{ReadError, from_json};
use infra_report::compare::{Input, Side};

use crate::args::FocusArgs;
use crate::batch::work::REPORTS;
use crate::exit::CliError;
use crate::session::{Method, Opened};
use crate::terminal;

/// Larger reports are refused \[bytes\].
const MAX_REPORT: u64 = 256 << 20;

/// How runs are analysed; reports are taken as they are.
pub(crate) struct Reading<'a> {
    pub(crate) focus: &'a FocusArgs,
    pub(crate) method: Method,
}

impl Reading<'_> {
    /// A run, a report, or a folder of either.
    ///
    /// # Errors
    /// Whatever is wrong with the first one that cannot be read.
    pub(crate) fn side(&self, path: &Path) -> anyhow::Result<Side> {
        if is_folder(path) {
            return Ok(Side::Folder(self.folder(path)?));
        }
        let findings = self.one(path)?;
        Ok(Side::Run(Box::new(Input { name: stem(path), findings })))
    }

    /// All runs and reports of a folder, by name.
    ///
    /// # Errors
    /// Whatever is wrong with the first one that cannot be read; a folder without any; two of one
    /// name.
    pub(crate) fn folder(&self, dir: &Path) -> anyhow::Result<Vec<Input>> {
        let mut inputs = Vec::new();
        // A batch keeps its reports in a folder of its own.
        let reports = dir.join(REPORTS);
        let dir = if dir.join("index.json").is_file() && reports.is_dir() { &reports } else { dir };
        for (name, path) in listed(dir)? {
            match self.one(&path) {
                Ok(findings) => inputs.push(Input { name, findings }),
                Err(error) if is_other_json(&error) => {
                    terminal::note(&format!("{}: left out: no report", path.display()));
                },
                Err(error) => return Err(error),
            }
        }
        if inputs.is_empty() {
            return Err(CliError::Input(format!(
                "{}: no runs in it (expected Parquet files, bundles with run.json, or reports in JSON)",
                dir.display()
            ))
            .into());
        }
        Ok(inputs)
    }

    fn one(&self, path: &Path) -> anyhow::Result<Findings> {
        if is_json(path) { report(path) } else { self.run(path) }
    }

    fn run(&self, path: &Path) -> anyhow::Result<Findings> {
        let session = Opened::open(&self.method, path, self.focus)?.read()?;
        let run = session.log.run();
        for warning in run.warnings() {
            terminal::warn(&format!("{}: {warning}", run.name()));
        }
        let analysis = session.analyse()?;
        Ok(findings(&analysis, &time_scale(run.metadata()), session.provenance()))
    }
}

/// Runs and reports of a folder under their names. A run comes before a report of the same name,
/// which is most likely its own.
fn listed(dir: &Path) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let unreadable = |source| RunError::Unreadable { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.retain(|path| is_input(path));
    paths.sort();
    let runs: BTreeSet<String> = paths.iter().filter(|p| !is_json(p)).map(|p| stem(p)).collect();
    let mut listed = BTreeMap::new();
    for path in paths {
        let name = stem(&path);
        if is_json(&path) && runs.contains(&name) {
            terminal::step(|| format!("{}: left out: the run of that name is there", path.display()));
            continue;
        }
        if let Some(other) = listed.insert(name.clone(), path.clone()) {
            let [a, b] = [&other, &path].map(|p| file_name(p));
            return Err(CliError::Input(format!(
                "{}: `{a}` and `{b}` have one name, `{name}` (keep one of them)",
                dir.display()
            ))
            .into());
        }
    }
    Ok(listed)
}

/// What in a folder is a run or may be a report; what begins with a dot is not, nor is a truth.
fn is_input(path: &Path) -> bool {
    let name = file_name(path);
    if name.starts_with('.') || name.ends_with(".truth.json") {
        return false;
    }
    if path.is_dir() { is_bundle(path) } else { is_json(path) || has_extension(path, "parquet") }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() && !is_bundle(path)
}

fn is_bundle(dir: &Path) -> bool {
    dir.join("run.json").is_file()
}

fn is_json(path: &Path) -> bool {
    !path.is_dir() && has_extension(path, "json")
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension))
}

/// The name by which folders are paired: a bundle's own, a file's without its extension.
fn stem(path: &Path) -> String {
    let stem = if path.is_dir() { None } else { path.file_stem() };
    stem.map_or_else(|| file_name(path), |stem| stem.to_string_lossy().into_owned())
}

/// The last part of a path, as it is shown.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn report(path: &Path) -> anyhow::Result<Findings> {
    terminal::step(|| format!("reading {}", path.display()));
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    if bytes > MAX_REPORT {
        return Err(RunError::TooLarge {
            file: file_name(path),
            what: "a report".to_owned(),
            bytes,
            cap: MAX_REPORT,
            hint: "compare the run itself",
        }
        .into());
    }
    let mut text = String::new();
    file.take(MAX_REPORT).read_to_string(&mut text).map_err(unreadable)?;
    Ok(from_json(&text).map_err(|source| Unread { path: path.to_owned(), source })?)
}

/// A JSON file that is no report.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub(crate) struct Unread {
    path: PathBuf,
    source: ReadError,
}

/// Other programs' JSON may stand in a folder of runs.
fn is_other_json(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Unread>().is_some_and(|e| matches!(e.source, ReadError::Schema { .. }))
}
