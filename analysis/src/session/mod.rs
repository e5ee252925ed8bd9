//! A run opened, summarised and analysed: what the command line and the Python package share.
//!
//! Options come as a user gives them, texts and names; both callers get the same refusals, the same
//! provenance and the same numbers. [`focus`] reads times in the run's own unit, [`redact`] takes
//! messages and values out.

pub mod focus;
pub mod redact;

use std::path::Path;

use candle_core::Device;
use infra_eventlog::RunError;
use infra_eventlog::digest::input_digest;
use infra_eventlog::error::nearest;
use infra_eventlog::guard;
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, Summary, summarise_within};
use infra_report::ReportModel;
use infra_report::model::{Provenance, Terms};

use crate::analyse::{Analysis, AnalysisOptions, analyse};
use crate::constants::Constants;
use crate::error::AnalysisError;
use crate::report::build;
use crate::terms;

pub use focus::FocusText;

/// Causes and paths told in full unless the user says otherwise.
pub const DEFAULT_TOP: usize = 5;

/// What a user may choose, as given.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Incident, baseline and symptom.
    pub focus: FocusText,
    /// Causes and paths told in full, the seed of the ensembles, the device.
    pub analysis: AnalysisOptions,
    /// Constants to set, by name.
    pub constants: Vec<(String, String)>,
    /// Memory to keep to \[bytes\].
    pub memory: Option<u64>,
    /// Columns of a foreign Parquet file: ours, theirs.
    pub map: Vec<(String, String)>,
    /// Whether messages and attribute values are replaced.
    pub redacted: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            focus: FocusText::default(),
            analysis: AnalysisOptions { top: DEFAULT_TOP, device: Device::Cpu, ..AnalysisOptions::default() },
            constants: Vec::new(),
            memory: None,
            map: Vec::new(),
            redacted: false,
        }
    }
}

impl SessionOptions {
    /// Options that change the result, in a fixed order, as reports print them.
    fn given(&self) -> Vec<String> {
        let focus = &self.focus;
        let single = [
            ("incident", &focus.incident),
            ("incident-window", &focus.incident_window),
            ("baseline", &focus.baseline),
            ("symptom", &focus.symptom),
        ];
        let mut given: Vec<String> = single
            .iter()
            .filter_map(|(flag, value)| value.as_ref().map(|v| format!("--{flag} {v}")))
            .collect();
        given.push(format!("--top {}", self.analysis.top));
        given.extend(self.memory.map(|bytes| format!("--memory {bytes}")));
        given.extend(self.constants.iter().map(|(name, value)| format!("--constant {name}={value}")));
        given.extend(self.map.iter().map(|(ours, theirs)| format!("--map {ours}={theirs}")));
        given.extend(self.analysis.zone.as_ref().map(|zone| format!("--tz {zone}")));
        if self.redacted {
            given.push("--redact".to_owned());
        }
        given
    }
}

/// A run of which nothing but footers and bytes were read, and what is to be done with it.
#[derive(Debug)]
pub struct Opened {
    /// The run.
    pub log: RunLog,
    options: SessionOptions,
    constants: Constants,
    focus: FocusOptions,
    digest: String,
}

impl Opened {
    /// Opens the run at `path`.
    ///
    /// # Errors
    /// Whatever is wrong with options or run, in this order.
    pub fn open(path: &Path, options: SessionOptions) -> Result<Self, AnalysisError> {
        let constants = constants(&options.constants)?;
        let log = open_run(path, &options.map)?;
        let focus = focus::options(&options.focus, log.run().metadata())?;
        let digest = input_digest(log.run())?;
        Ok(Self { log, options, constants, focus, digest })
    }

    /// Where the results will come from.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        provenance(&self.log, &self.options, &self.digest, self.options.analysis.seed)
    }

    /// Reads the run.
    ///
    /// # Errors
    /// Whatever is wrong with the run, or a symptom that it does not have.
    pub fn read(self) -> Result<Session, AnalysisError> {
        let Self { log, options, constants, focus, digest } = self;
        let name = log.run().name();
        let mut summary = reading(name, || summarise_within(log.run(), &focus, options.memory))??;
        if let Some(symptom) = &focus.symptom {
            require_service(&summary, &symptom.service)?;
        }
        if options.redacted {
            redact::summary(&mut summary)?;
        }
        Ok(Session { log, summary, constants, options, digest })
    }
}

fn provenance(log: &RunLog, options: &SessionOptions, digest: &str, seed: u64) -> Provenance {
    let run = log.run();
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        run: run.name().to_owned(),
        run_id: run.metadata().run_id.clone(),
        digest: digest.to_owned(),
        options: options.given(),
        device: options.analysis.device_name.to_owned(),
        weight_scheme: "analytic".to_owned(),
        seed,
    }
}

/// A run, its frames, and the options in force.
#[derive(Debug)]
pub struct Session {
    /// The run.
    pub log: RunLog,
    summary: Summary,
    constants: Constants,
    options: SessionOptions,
    digest: String,
}

impl Session {
    /// Opens and summarises a run.
    ///
    /// # Errors
    /// Whatever is wrong with options or run, in this order.
    pub fn open(path: &Path, options: SessionOptions) -> Result<Self, AnalysisError> {
        Opened::open(path, options)?.read()
    }

    /// The run's frames.
    #[must_use]
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The options in force.
    #[must_use]
    pub const fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// Analyses the run.
    ///
    /// # Errors
    /// As for [`analyse()`].
    pub fn analyse(&self) -> Result<Analysis<'_>, AnalysisError> {
        self.analyse_from(self.options.analysis.seed)
    }

    /// The same with another seed of the ensembles.
    ///
    /// # Errors
    /// As for [`analyse()`].
    pub fn analyse_from(&self, seed: u64) -> Result<Analysis<'_>, AnalysisError> {
        let options = AnalysisOptions { seed, ..self.options.analysis.clone() };
        analyse(self.log.run().metadata(), &self.summary, &self.constants, options)
    }

    /// Figures in the terms of a simulated world; none of a redacted run, whose payloads are values
    /// that must not be shown.
    ///
    /// # Errors
    /// What the run's tables refuse.
    pub fn world(&self) -> Result<Option<Terms>, AnalysisError> {
        if self.options.redacted {
            return Ok(None);
        }
        let zone = self.options.analysis.zone.as_deref();
        Ok(reading(self.log.run().name(), || terms::read_in(self.log.run(), zone))??)
    }

    /// The report of an analysis of this run.
    ///
    /// # Errors
    /// What the run's tables refuse.
    pub fn report(&self, analysis: &Analysis<'_>) -> Result<ReportModel, AnalysisError> {
        Ok(build(analysis, self.world()?, self.provenance_from(analysis.options.seed)))
    }

    /// Where the results come from.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.provenance_from(self.options.analysis.seed)
    }

    /// The same with another seed of the ensembles.
    #[must_use]
    pub fn provenance_from(&self, seed: u64) -> Provenance {
        provenance(&self.log, &self.options, &self.digest, seed)
    }
}

/// Opens a run; pairs of ours and theirs apply to a foreign Parquet file.
///
/// # Errors
/// [`infra_ingest::IngestError`] naming the file and everything wrong with it.
pub fn open_run(path: &Path, map: &[(String, String)]) -> Result<RunLog, AnalysisError> {
    let options = OpenOptions { map: map.iter().cloned().collect() };
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok(reading(&name, || RunLog::open(path, &options))??)
}

/// Runs a step that reads somebody's file: a panic in a library becomes an error of that file.
///
/// # Errors
/// [`infra_eventlog::RunError::Damaged`] if the step panicked.
pub fn reading<T>(file: &str, step: impl FnOnce() -> T) -> Result<T, RunError> {
    guard::decoding(file, || Ok(step()))
}

/// The constants in force, from names and values as given.
///
/// # Errors
/// [`AnalysisError::Constant`], [`AnalysisError::Option`]; both name the constant.
pub fn constants(given: &[(String, String)]) -> Result<Constants, AnalysisError> {
    let mut constants = Constants::default();
    for (name, text) in given {
        let value = text
            .trim()
            .parse()
            .map_err(|_| AnalysisError::Option(format!("--constant {name}={text}: `{text}` is no number")))?;
        constants.set(name, value)?;
    }
    Ok(constants)
}

/// A symptom that was asked for must be a service of the run; one that the run declares need not.
fn require_service(summary: &Summary, name: &str) -> Result<(), AnalysisError> {
    let observed = summary.services.rows().iter().map(|s| s.service.as_str());
    let declared = summary.edges.iter().flat_map(|e| [e.from.as_str(), e.to.as_str()]);
    let names: Vec<&str> = observed.chain(declared).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let nearest = nearest(name, names).map(str::to_owned);
    Err(AnalysisError::UnknownService { name: name.to_owned(), nearest })
}
