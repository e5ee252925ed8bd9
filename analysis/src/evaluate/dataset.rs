//! A folder as cases to be ranked. Labels are not seen here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use infra_eventlog::digest::{combined_digest, input_digest};
use infra_eventlog::guard::decoding;
use infra_eventlog::scratch::ScratchDir;
use infra_ingest::{OpenOptions, RunLog};
use serde_json::Value;

use super::error::EvaluateError;
use super::json::{self, Failure, label};
use super::{import, traces};

/// The list of cases in a folder of tables.
const CASES: &str = "cases.json";

/// A folder of tables with `cases.json`, imported into one bundle, or a folder of runs.
#[derive(Debug)]
pub struct Dataset {
    /// The folder's name.
    pub name: String,
    /// Digest of its run or runs.
    pub digest: String,
    /// What the import inferred, left out or counted.
    pub notes: Vec<String>,
    pub(super) source: Source,
    pub(super) cases: Vec<CaseSource>,
}

/// Where the cases of a data set are.
#[derive(Debug)]
pub(super) enum Source {
    /// Incidents of one bundle, which goes with the data set.
    Bundle {
        /// The bundle.
        log: Box<RunLog>,
        /// The folder that it is in.
        _scratch: ScratchDir,
    },
    /// Each its own run.
    Runs,
}

/// One case to be ranked.
#[derive(Clone, Debug)]
pub(super) struct CaseSource {
    /// Its name: of the incident, or of the run.
    pub(super) id: String,
    /// The system that it comes from.
    pub(super) system: String,
    /// The run, if each case has its own.
    pub(super) run: Option<PathBuf>,
    /// Why there is nothing to rank.
    pub(super) missing: Option<String>,
    /// Whether spans were recorded after the trigger.
    pub(super) has_spans: bool,
}

impl Dataset {
    /// Opens a folder: of tables if it holds `cases.json`, else of runs. `config` is the map of
    /// the tables: a file, or the name of a built-in one.
    ///
    /// # Errors
    /// [`EvaluateError`] naming the folder or file and what is wrong with it.
    pub fn open(dir: &Path, config: Option<&Path>) -> Result<Self, EvaluateError> {
        if dir.join(CASES).is_file() {
            return Self::tables(dir, config);
        }
        Self::runs(dir)
    }

    /// Number of cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is nothing to rank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    fn tables(dir: &Path, config: Option<&Path>) -> Result<Self, EvaluateError> {
        let name = folder_name(dir);
        let scratch = ScratchDir::create()?;
        let bundle = scratch.path().join("run");
        let notes = decoding(&name, || Ok(import::tables(dir, config, &bundle)))??;
        let log = decoding(&name, || Ok(RunLog::open(&bundle, &OpenOptions::default())))??;
        let run = log.run();
        let digest = input_digest(run)?;
        let mut listed = systems(&dir.join(CASES))?;
        let with_spans = traces::incidents_with_spans(run)?;
        let mut cases: Vec<CaseSource> = run
            .metadata()
            .incidents
            .iter()
            .zip(with_spans)
            .map(|(incident, has_spans)| CaseSource {
                id: incident.id.clone(),
                system: listed.remove(&incident.id).flatten().unwrap_or_else(|| name.clone()),
                run: None,
                missing: None,
                has_spans,
            })
            .collect();
        // What cases.json lists and the import left out still has to be answered for.
        cases.extend(listed.into_iter().map(|(id, system)| CaseSource {
            id,
            system: system.unwrap_or_else(|| name.clone()),
            run: None,
            missing: Some("the import made no incident of it (see its notes)".to_owned()),
            has_spans: false,
        }));
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let source = Source::Bundle { log: Box::new(log), _scratch: scratch };
        Ok(Self { name, digest, notes, source, cases })
    }

    fn runs(dir: &Path) -> Result<Self, EvaluateError> {
        let name = folder_name(dir);
        let unreadable = |source| infra_eventlog::RunError::Unreadable { path: dir.to_owned(), source };
        let mut cases = Vec::new();
        let mut digests = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if !is_run(&path) {
                continue;
            }
            let id = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let mut case = CaseSource {
                id,
                system: name.clone(),
                run: Some(path.clone()),
                missing: None,
                has_spans: false,
            };
            match look(&path) {
                Ok(seen) => {
                    case.system = seen.world.unwrap_or(case.system);
                    case.has_spans = seen.has_spans;
                    digests.push((case.id.clone(), seen.digest));
                },
                Err(error) => case.missing = Some(error.to_string()),
            }
            cases.push(case);
        }
        if cases.is_empty() {
            let what = format!(
                "neither `{CASES}` with tables nor runs (NAME.parquet or bundles, with NAME.truth.json beside them)"
            );
            return Err(EvaluateError::Folder { dir: dir.to_owned(), what });
        }
        cases.sort_by(|a, b| (&a.id, &a.run).cmp(&(&b.id, &b.run)));
        digests.sort();
        let digest = combined_digest(digests.iter().map(|(_, d)| d.as_str()));
        Ok(Self { name, digest, notes: Vec::new(), source: Source::Runs, cases })
    }
}

/// Whether an entry of a folder is a run, by its name; hidden ones are not.
fn is_run(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let is_parquet = path.is_file() && path.extension().is_some_and(|e| e == "parquet");
    !hidden && (is_parquet || path.join("run.json").is_file())
}

/// What is noted of a run before it is ranked.
struct Seen {
    digest: String,
    world: Option<String>,
    has_spans: bool,
}

fn look(path: &Path) -> Result<Seen, EvaluateError> {
    decoding(&label(path), || {
        let see = || -> Result<Seen, EvaluateError> {
            let log = RunLog::open(path, &OpenOptions::default())?;
            let run = log.run();
            let world = Some(run.metadata().world.clone()).filter(|w| !w.is_empty());
            Ok(Seen { digest: input_digest(run)?, world, has_spans: traces::has_spans(run) })
        };
        Ok(see())
    })?
}

/// The cases that the list names, with the system of each: `system`, else `scenario`.
fn systems(path: &Path) -> Result<BTreeMap<String, Option<String>>, EvaluateError> {
    let records: Vec<Value> = json::read(path).map_err(|failure| match failure {
        Failure::Run(error) => error.into(),
        Failure::Content(what) => EvaluateError::Folder {
            dir: path.to_owned(),
            what: format!("expected an array of cases: {what}"),
        },
    })?;
    let text = |record: &Value, key: &str| record.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(records
        .iter()
        .filter_map(|r| Some((text(r, "case")?, text(r, "system").or_else(|| text(r, "scenario")))))
        .collect())
}

/// The folder's own name, also of `.` and `..`.
fn folder_name(dir: &Path) -> String {
    let full = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    label(&full)
}
