//! A run opened, summarised and analysed: what `report`, `rank` and `export` share.

use std::path::Path;

use infra_analysis::report::{build, exhibits};
use infra_analysis::{Analysis, AnalysisError, AnalysisOptions, Constants, analyse, terms};
use infra_eventlog::RunError;
use infra_eventlog::digest::input_digest;
use infra_eventlog::error::nearest;
use infra_eventlog::guard;
use infra_eventlog::metadata::RunMetadata;
use infra_gat::DeviceChoice;
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, Summary, summarise_within};
use infra_report::cite::citations;
use infra_report::model::Provenance;
use infra_report::{Exhibits, ReportModel, Zone};

use crate::args::{AnalysisArgs, Device, FocusArgs, MethodArgs};
use crate::exit::usage;
use crate::inspect::cited;
use crate::{focus, redact, terminal};

/// How runs are analysed: arguments checked, the device opened.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    constants: Constants,
    options: AnalysisOptions,
    args: MethodArgs,
    redacted: bool,
}

impl Method {
    /// Checks the arguments and opens the device.
    ///
    /// # Errors
    /// A usage error that names the constant.
    pub(crate) fn new(args: &MethodArgs, redacted: bool) -> anyhow::Result<Self> {
        let constants = constants(&args.constants)?;
        let (device, device_name) = device(args.device);
        let top = usize::try_from(args.top).unwrap_or(usize::MAX);
        let zone = args.time.tz.as_ref().filter(|zone| !zone.is_utc()).map(|zone| zone.name().to_owned());
        let options = AnalysisOptions { top, seed: args.seed, device, device_name, zone };
        Ok(Self { constants, options, args: args.clone(), redacted })
    }
}

/// A run of which nothing but footers and bytes were read, and what is to be done with it.
pub(crate) struct Opened {
    log: RunLog,
    method: Method,
    digest: String,
    /// Options that change the result, as given.
    given: Vec<String>,
    focus: FocusOptions,
}

impl Opened {
    /// Opens the run at `path`.
    ///
    /// # Errors
    /// Whatever is wrong with the focus or the run, in this order.
    pub(crate) fn open(method: &Method, path: &Path, focus: &FocusArgs) -> anyhow::Result<Self> {
        let log = open_run(path, &method.args.map)?;
        let given = given(method, focus);
        let focus = focus::options(focus, log.run().metadata())?;
        let digest = input_digest(log.run())?;
        Ok(Self { log, method: method.clone(), digest, given, focus })
    }

    /// Where the results will come from.
    pub(crate) fn provenance(&self) -> Provenance {
        let run = self.log.run();
        Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run: run.name().to_owned(),
            run_id: run.metadata().run_id.clone(),
            digest: self.digest.clone(),
            options: self.given.clone(),
            device: self.method.options.device_name.to_owned(),
            weight_scheme: "analytic".to_owned(),
            seed: self.method.options.seed,
        }
    }

    /// Reads the run.
    ///
    /// # Errors
    /// Whatever is wrong with the run, or a symptom that it does not have.
    pub(crate) fn read(self) -> anyhow::Result<Session> {
        let run = self.log.run();
        terminal::step(|| format!("reading {}", run.name()));
        let mut summary =
            reading(run.name(), || summarise_within(run, &self.focus, self.method.args.memory))??;
        if let Some(symptom) = &self.focus.symptom {
            require_service(&summary, &symptom.service)?;
        }
        if self.method.redacted {
            redact::summary(&mut summary)?;
        }
        let provenance = self.provenance();
        Ok(Session { log: self.log, summary, method: self.method, provenance })
    }
}

/// A run, its frames, and the options in force.
pub(crate) struct Session {
    pub(crate) log: RunLog,
    summary: Summary,
    method: Method,
    provenance: Provenance,
}

impl Session {
    /// Opens and reads the run that the arguments name.
    ///
    /// # Errors
    /// Whatever is wrong with arguments, device or run, in this order.
    pub(crate) fn open(args: &AnalysisArgs, redacted: bool) -> anyhow::Result<Self> {
        let method = Method::new(&args.method, redacted)?;
        let opened = Opened::open(&method, &args.run, &args.focus)?;
        note_zone(args.method.time.tz.as_ref(), opened.log.run().metadata());
        opened.read()
    }

    /// The run's frames.
    pub(crate) const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Analyses the run.
    ///
    /// # Errors
    /// As for [`analyse()`].
    pub(crate) fn analyse(&self) -> anyhow::Result<Analysis<'_>> {
        let options = self.method.options.clone();
        terminal::step(|| {
            format!("analysing {} services on {}", self.summary.services.rows().len(), options.device_name)
        });
        Ok(analyse(self.log.run().metadata(), &self.summary, &self.method.constants, options)?)
    }

    /// Where the results come from.
    pub(crate) fn provenance(&self) -> Provenance {
        self.provenance.clone()
    }

    /// The report of an analysis of this run.
    ///
    /// # Errors
    /// [`RunError`] if the events table is damaged.
    pub(crate) fn report(&self, analysis: &Analysis<'_>) -> anyhow::Result<ReportModel> {
        // Payloads are values that a redacted report must not show.
        let world = if self.method.redacted {
            None
        } else {
            reading(self.log.run().name(), || {
                terms::read_in(self.log.run(), self.method.options.zone.as_deref())
            })??
        };
        Ok(build(analysis, world, self.provenance()))
    }

    /// What the report's pictures are drawn from, with the cited rows if they are shown.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub(crate) fn exhibits(
        &self,
        analysis: &Analysis<'_>,
        model: &ReportModel,
        with_rows: bool,
    ) -> anyhow::Result<Exhibits> {
        let mut shown = exhibits(analysis);
        if with_rows {
            let run = self.log.run();
            let redacted = self.method.redacted;
            reading(run.name(), || cited::add(run, &citations(model), redacted, &mut shown))??;
        }
        Ok(shown)
    }
}

/// Tells where a zone changes nothing.
pub(crate) fn note_zone(zone: Option<&Zone>, metadata: &RunMetadata) {
    if let Some(zone) = zone.filter(|_| !infra_analysis::report::clock(metadata).is_dated()) {
        terminal::note(&format!("--tz {zone}: the run has no dates, its own times are shown"));
    }
}

/// Opens a run; pairs of `--map` apply to a foreign Parquet file.
///
/// # Errors
/// [`infra_ingest::IngestError`] naming the file and everything wrong with it.
pub(crate) fn open_run(path: &Path, map: &[(String, String)]) -> anyhow::Result<RunLog> {
    let options = OpenOptions { map: map.iter().cloned().collect() };
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok(reading(&name, || RunLog::open(path, &options))??)
}

/// Runs a step that reads somebody's file: a panic in a library becomes an error of that file.
///
/// # Errors
/// [`RunError::Damaged`] if the step panicked.
pub(crate) fn reading<T>(file: &str, step: impl FnOnce() -> T) -> Result<T, RunError> {
    guard::decoding(file, || Ok(step()))
}

/// The device of the network, and its name: the CPU, with a warning that says why, if another one
/// cannot be had.
pub(crate) fn device(choice: Device) -> (infra_gat::candle_core::Device, &'static str) {
    let choice = match choice {
        Device::Cpu => DeviceChoice::Cpu,
        Device::Cuda => DeviceChoice::Cuda,
    };
    match choice.open_or_cpu() {
        (device, None) => (device, choice.name()),
        (device, Some(why)) => {
            terminal::warn(&why);
            (device, DeviceChoice::Cpu.name())
        },
    }
}

/// The constants in force, from pairs of `--constant`.
///
/// # Errors
/// A usage error that names the constant.
pub(crate) fn constants(given: &[(String, String)]) -> anyhow::Result<Constants> {
    let mut constants = Constants::default();
    for (name, text) in given {
        let value = text
            .trim()
            .parse()
            .map_err(|_| usage(format!("--constant {name}={text}: `{text}` is no number")))?;
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

/// Options that change the result, in a fixed order; outputs and formats are none.
fn given(method: &Method, focus: &FocusArgs) -> Vec<String> {
    let single = [
        ("incident", &focus.incident),
        ("incident-window", &focus.incident_window),
        ("baseline", &focus.baseline),
        ("symptom", &focus.symptom),
    ];
    let mut given: Vec<String> =
        single.iter().filter_map(|(flag, value)| value.as_ref().map(|v| format!("--{flag} {v}"))).collect();
    given.push(format!("--top {}", method.args.top));
    given.extend(method.args.memory.map(|bytes| format!("--memory {bytes}")));
    given.extend(method.args.constants.iter().map(|(name, value)| format!("--constant {name}={value}")));
    given.extend(method.args.map.iter().map(|(ours, theirs)| format!("--map {ours}={theirs}")));
    given.extend(method.options.zone.as_ref().map(|zone| format!("--tz {zone}")));
    if method.redacted {
        given.push("--redact".to_owned());
    }
    given
}
