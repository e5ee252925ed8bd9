//! A run opened, summarised and analysed: what `report`, `rank` and `export` share.

use std::path::Path;

use infra_analysis::{Analysis, AnalysisError, AnalysisOptions, Constants, analyse};
use infra_eventlog::RunError;
use infra_eventlog::digest::input_digest;
use infra_eventlog::error::nearest;
use infra_eventlog::guard;
use infra_eventlog::metadata::RunMetadata;
use infra_gat::DeviceChoice;
use infra_ingest::{OpenOptions, RunLog, Summary, summarise_within};
use infra_report::Zone;
use infra_report::model::Provenance;

use crate::args::{AnalysisArgs, Device};
use crate::exit::usage;
use crate::{focus, redact, terminal};

/// A run, its frames, and the options in force.
pub(crate) struct Session {
    pub(crate) log: RunLog,
    summary: Summary,
    constants: Constants,
    options: AnalysisOptions,
    digest: String,
    /// Options that change the result, as given.
    given: Vec<String>,
}

impl Session {
    /// Opens and summarises the run that the arguments name.
    ///
    /// # Errors
    /// Whatever is wrong with arguments, device or run, in this order.
    pub(crate) fn open(args: &AnalysisArgs, redacted: bool) -> anyhow::Result<Self> {
        let constants = constants(&args.constants)?;
        let options = options(args)?;
        let log = open_run(&args.run, &args.map)?;
        let focus = focus::options(&args.focus, log.run().metadata())?;
        terminal::step(|| format!("reading {}", log.run().name()));
        let mut summary = reading(log.run().name(), || summarise_within(log.run(), &focus, args.memory))??;
        if let Some(symptom) = &focus.symptom {
            require_service(&summary, &symptom.service)?;
        }
        if redacted {
            redact::summary(&mut summary)?;
        }
        let digest = input_digest(log.run())?;
        Ok(Self { log, summary, constants, options, digest, given: given(args, redacted) })
    }

    /// The same with instants in a zone.
    pub(crate) fn in_zone(mut self, zone: Option<&Zone>) -> Self {
        self.options.zone = shown_in(zone, self.log.run().metadata());
        self.given.extend(self.options.zone.as_ref().map(|name| format!("--tz {name}")));
        self
    }

    /// Zone that instants are shown in; UTC if none is named.
    pub(crate) fn zone(&self) -> Option<&str> {
        self.options.zone.as_deref()
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
        terminal::step(|| {
            format!(
                "analysing {} services on {}",
                self.summary.services.rows().len(),
                self.options.device_name
            )
        });
        let metadata = self.log.run().metadata();
        Ok(analyse(metadata, &self.summary, &self.constants, self.options.clone())?)
    }

    /// Where the results come from.
    pub(crate) fn provenance(&self) -> Provenance {
        let run = self.log.run();
        Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run: run.name().to_owned(),
            run_id: run.metadata().run_id.clone(),
            digest: self.digest.clone(),
            options: self.given.clone(),
            device: self.options.device_name.to_owned(),
            weight_scheme: "analytic".to_owned(),
            seed: self.options.seed,
        }
    }
}

/// The name of a zone that was asked for, unless it is the one that times are shown in anyway; a
/// note if the run has no dates to show.
pub(crate) fn shown_in(zone: Option<&Zone>, metadata: &RunMetadata) -> Option<String> {
    let zone = zone.filter(|zone| !zone.is_utc())?;
    if !infra_analysis::report::clock(metadata).is_dated() {
        terminal::note(&format!("--tz {zone}: the run has no dates, its own times are shown"));
    }
    Some(zone.name().to_owned())
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

fn options(args: &AnalysisArgs) -> anyhow::Result<AnalysisOptions> {
    let (device, device_name) = device(args.device);
    let top = usize::try_from(args.top).unwrap_or(usize::MAX);
    Ok(AnalysisOptions { top, seed: args.seed, device, device_name, zone: None })
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
fn given(args: &AnalysisArgs, redacted: bool) -> Vec<String> {
    let focus = &args.focus;
    let single = [
        ("incident", &focus.incident),
        ("incident-window", &focus.incident_window),
        ("baseline", &focus.baseline),
        ("symptom", &focus.symptom),
    ];
    let mut given: Vec<String> =
        single.iter().filter_map(|(flag, value)| value.as_ref().map(|v| format!("--{flag} {v}"))).collect();
    given.push(format!("--top {}", args.top));
    given.extend(args.memory.map(|bytes| format!("--memory {bytes}")));
    given.extend(args.constants.iter().map(|(name, value)| format!("--constant {name}={value}")));
    given.extend(args.map.iter().map(|(ours, theirs)| format!("--map {ours}={theirs}")));
    if redacted {
        given.push("--redact".to_owned());
    }
    given
}
