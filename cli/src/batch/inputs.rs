//! Which runs a batch is about: files, folders, patterns, or a list on standard input.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use infra_eventlog::RunError;
use infra_eventlog::run::Run;

use crate::exit::usage;

/// One run to analyse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    /// Where it is; need not exist.
    pub(crate) path: PathBuf,
    /// Its name in the index: its place in the folder it was found in, without `.parquet`.
    pub(crate) name: String,
    /// The stem of its report's files.
    pub(crate) stem: String,
    /// The incident that is told; the run's first one if none is named.
    pub(crate) incident: Option<String>,
}

/// Longest stem that is taken from a name \[characters\].
const MAX_STEM: usize = 100;

/// All runs that the arguments name, in their order, folders by name; each run once.
///
/// # Errors
/// A pattern that is none; a folder or list that cannot be read; nothing found at all. A run that
/// is missing or broken is no error here: it becomes a row of the index.
pub(crate) fn find(arguments: &[PathBuf], output: &Path, every_incident: bool) -> anyhow::Result<Vec<Input>> {
    let mut found = Found { output: fs::canonicalize(output).ok(), ..Found::default() };
    for argument in arguments {
        if argument.as_os_str() == "-" {
            for line in io::stdin().lock().lines() {
                let line =
                    line.map_err(|source| RunError::Unreadable { path: "standard input".into(), source })?;
                if !line.trim().is_empty() {
                    found.argument(Path::new(line.trim_end_matches('\r')))?;
                }
            }
        } else {
            found.argument(argument)?;
        }
    }
    if found.inputs.is_empty() {
        let names: Vec<String> = arguments.iter().map(|a| a.display().to_string()).collect();
        return Err(RunError::Unreadable {
            path: names.join(", ").into(),
            source: io::Error::new(
                io::ErrorKind::NotFound,
                "no run found (a .parquet file, or a folder with run.json)",
            ),
        }
        .into());
    }
    let mut inputs = found.inputs;
    name_apart(&mut inputs);
    if every_incident {
        inputs = inputs.into_iter().flat_map(by_incident).collect();
    }
    file_apart(&mut inputs);
    Ok(inputs)
}

/// The run once for each incident that it declares. A run that cannot be opened stays one.
fn by_incident(input: Input) -> Vec<Input> {
    let incidents = infra_eventlog::guard::decoding(&input.name, || Run::open(&input.path))
        .map_or_else(|_| Vec::new(), |run| run.metadata().incidents.clone());
    if incidents.len() < 2 {
        return vec![input];
    }
    incidents.into_iter().map(|i| Input { incident: Some(i.id), ..input.clone() }).collect()
}

#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    seen: BTreeSet<PathBuf>,
    /// The batch's own folder, which holds no input.
    output: Option<PathBuf>,
}

impl Found {
    fn argument(&mut self, path: &Path) -> anyhow::Result<()> {
        if path.is_dir() && !is_bundle(path) {
            return self.folder(path, "");
        }
        let text = path.to_string_lossy();
        if path.exists() || !text.contains(['*', '?', '[']) {
            self.add(path, stem_of(path));
            return Ok(());
        }
        let paths = glob::glob(&text).map_err(|e| usage(format!("{text}: no pattern: {e}")))?;
        for path in paths {
            let path = path.map_err(|e| {
                let at = e.path().to_owned();
                RunError::Unreadable { path: at, source: e.into() }
            })?;
            // Sidecars and reports stand beside runs: a pattern takes what a folder would.
            if path.is_dir() && !is_bundle(&path) {
                self.folder(&path, &format!("{}/", stem_of(&path)))?;
            } else if path.is_dir() || is_run_file(&path) {
                self.add(&path, stem_of(&path));
            }
        }
        Ok(())
    }

    /// Runs of a folder and of the folders in it, by name; hidden ones and linked folders are passed
    /// by.
    fn folder(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        if self.output.is_some() && fs::canonicalize(folder).ok() == self.output {
            return Ok(());
        }
        let unreadable = |source| RunError::Unreadable { path: folder.to_owned(), source };
        let mut entries: Vec<fs::DirEntry> =
            fs::read_dir(folder).and_then(Iterator::collect).map_err(unreadable)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                if is_bundle(&path) {
                    self.add(&path, format!("{prefix}{name}"));
                } else if !entry.file_type().is_ok_and(|t| t.is_symlink()) {
                    self.folder(&path, &format!("{prefix}{name}/"))?;
                }
            } else if is_run_file(&path) {
                self.add(&path, format!("{prefix}{}", stem_of(&path)));
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, name: String) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.seen.insert(real) {
            self.inputs.push(Input { path: path.to_owned(), name, stem: String::new(), incident: None });
        }
    }
}

fn is_bundle(folder: &Path) -> bool {
    folder.join("run.json").is_file()
}

fn is_run_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
}

fn stem_of(path: &Path) -> String {
    let name = if is_run_file(path) { path.file_stem() } else { path.file_name() };
    name.map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// Gives every run a name that no other one has.
fn name_apart(inputs: &mut [Input]) {
    let mut names = BTreeSet::new();
    for input in inputs {
        let name = input.name.clone();
        input.name = apart(&mut names, |n| if n == 1 { name.clone() } else { format!("{name} ({n})") });
    }
}

/// Gives every report a file stem that no other one has.
fn file_apart(inputs: &mut [Input]) {
    let mut stems = BTreeSet::new();
    for input in inputs {
        let stem = match &input.incident {
            Some(incident) => safe_stem(&format!("{}--{incident}", input.name)),
            None => safe_stem(&input.name),
        };
        // Some file systems take `A` and `a` for one name.
        let lower = stem.to_lowercase();
        let mut taken = apart(&mut stems, |n| if n == 1 { lower.clone() } else { format!("{lower}-{n}") });
        taken.replace_range(..stem.len(), &stem);
        input.stem = taken;
    }
}

/// The first variant that is not taken yet.
fn apart(taken: &mut BTreeSet<String>, variant: impl Fn(usize) -> String) -> String {
    let free = (1..).map(variant).find(|v| !taken.contains(v)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// A file stem of letters, digits, `.`, `_` and `-` that does not hide the file.
fn safe_stem(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let stem: String = name.replace('/', "__").chars().map(plain).take(MAX_STEM).collect();
    if stem.is_empty() || stem.starts_with('.') { format!("run{stem}") } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[PathBuf]) -> Vec<(String, String)> {
        let found = find(arguments, Path::new("/nowhere"), false).unwrap();
        found.into_iter().map(|i| (i.name, i.stem)).collect()
    }

    #[test]
    fn folders_patterns_and_files_give_each_run_once_with_a_name_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for folder in ["a/deep", "b", "bundle", "b/.hidden"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for file in ["a/x.parquet", "a/deep/x.parquet", "b/X.parquet", "b/.hidden/x.parquet"] {
            fs::write(at(file), "").unwrap();
        }
        for file in ["b/x.truth.json", "bundle/run.json", "bundle/events.parquet"] {
            fs::write(at(file), "").unwrap();
        }
        let pair = |name: &str, stem: &str| (name.to_owned(), stem.to_owned());
        assert_eq!(
            names(&[dir.path().to_owned()]),
            [
                pair("a/deep/x", "a__deep__x"),
                pair("a/x", "a__x"),
                pair("b/X", "b__X"),
                pair("bundle", "bundle")
            ]
        );
        assert_eq!(
            names(&[at("b/X.parquet"), at("*/x.parquet"), at("a"), at("gone")]),
            [pair("X", "X"), pair("x", "x-2"), pair("deep/x", "deep__x"), pair("gone", "gone")]
        );
    }

    #[test]
    fn nothing_found_and_no_pattern_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let gone = find(&[dir.path().to_owned()], Path::new("out"), true).unwrap_err().to_string();
        assert!(gone.contains("no run found"), "{gone}");
        assert!(find(&["a***b".into()], Path::new("out"), false).is_err());
    }

    #[test]
    fn stems_are_plain() {
        assert_eq!(safe_stem("../a b/<x>"), "run..__a-b__-x-");
        assert_eq!(safe_stem(&"é".repeat(500)).len(), MAX_STEM);
    }
}
