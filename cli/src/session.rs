//! A run opened, summarised and analysed, with what a terminal is told on the way: what `report`,
//! `rank`, `export`, `batch` and `compare` share.

use std::ops::Deref;
use std::path::Path;

use infra_analysis::report::exhibits;
use infra_analysis::session::{self, FocusText};
use infra_analysis::{Analysis, AnalysisOptions, Constants, SessionOptions};
use infra_eventlog::metadata::RunMetadata;
use infra_gat::DeviceChoice;
use infra_ingest::RunLog;
use infra_report::cite::citations;
use infra_report::{Exhibits, ReportModel, Zone};

use crate::args::{AnalysisArgs, Device, FocusArgs, MethodArgs};
use crate::inspect::cited;
use crate::terminal;

pub(crate) use infra_analysis::session::{Opened, reading};

/// How runs are analysed: arguments checked, the device opened.
#[derive(Clone, Debug)]
pub(crate) struct Method(SessionOptions);

impl Method {
    /// Checks the arguments and opens the device.
    ///
    /// # Errors
    /// A usage error that names the constant.
    pub(crate) fn new(args: &MethodArgs, redacted: bool) -> anyhow::Result<Self> {
        constants(&args.constants)?;
        let (device, device_name) = device(args.device);
        let top = usize::try_from(args.top).unwrap_or(usize::MAX);
        let zone = args.time.tz.as_ref().filter(|zone| !zone.is_utc()).map(|zone| zone.name().to_owned());
        Ok(Self(SessionOptions {
            focus: FocusText::default(),
            analysis: AnalysisOptions { top, seed: args.seed, device, device_name, zone },
            constants: args.constants.clone(),
            memory: args.memory,
            map: args.map.clone(),
            redacted,
        }))
    }

    /// Opens the run at `path`.
    ///
    /// # Errors
    /// Whatever is wrong with the focus or the run, in this order.
    pub(crate) fn open(&self, path: &Path, focus: &FocusArgs) -> anyhow::Result<Opened> {
        let focus = FocusText {
            incident: focus.incident.clone(),
            incident_window: focus.incident_window.clone(),
            baseline: focus.baseline.clone(),
            symptom: focus.symptom.clone(),
        };
        Ok(Opened::open(path, SessionOptions { focus, ..self.0.clone() })?)
    }
}

/// A run, its frames, and the options in force.
pub(crate) struct Session(infra_analysis::Session);

impl Session {
    /// Opens and reads the run that the arguments name.
    ///
    /// # Errors
    /// Whatever is wrong with arguments, device or run, in this order.
    pub(crate) fn open(args: &AnalysisArgs, redacted: bool) -> anyhow::Result<Self> {
        let opened = Method::new(&args.method, redacted)?.open(&args.run, &args.focus)?;
        note_zone(args.method.time.tz.as_ref(), opened.log.run().metadata());
        Self::read(opened)
    }

    /// Reads a run.
    ///
    /// # Errors
    /// Whatever is wrong with the run, or a symptom that it does not have.
    pub(crate) fn read(opened: Opened) -> anyhow::Result<Self> {
        terminal::step(|| format!("reading {}", opened.log.run().name()));
        Ok(Self(opened.read()?))
    }

    /// Analyses the run.
    ///
    /// # Errors
    /// As for [`infra_analysis::analyse()`].
    pub(crate) fn analyse(&self) -> anyhow::Result<Analysis<'_>> {
        let device = self.options().analysis.device_name;
        terminal::step(|| format!("analysing {} services on {device}", self.summary().services.rows().len()));
        Ok(self.0.analyse()?)
    }

    /// What the report's pictures are drawn from, with the cited rows if they are shown.
    ///
    /// # Errors
    /// [`infra_eventlog::RunError`] if a table is damaged.
    pub(crate) fn exhibits(
        &self,
        analysis: &Analysis<'_>,
        model: &ReportModel,
        with_rows: bool,
    ) -> anyhow::Result<Exhibits> {
        let mut shown = exhibits(analysis);
        if with_rows {
            let run = self.log.run();
            let redacted = self.options().redacted;
            reading(run.name(), || cited::add(run, &citations(model), redacted, &mut shown))??;
        }
        Ok(shown)
    }
}

impl Deref for Session {
    type Target = infra_analysis::Session;

    fn deref(&self) -> &Self::Target {
        &self.0
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
    Ok(session::open_run(path, map)?)
}

/// The constants in force, from pairs of `--constant`.
///
/// # Errors
/// A usage error that names the constant.
pub(crate) fn constants(given: &[(String, String)]) -> anyhow::Result<Constants> {
    Ok(session::constants(given)?)
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
