//! A run opened, summarised and analysed, with what a terminal is told on the way: what `report`,
//! `rank` and `export` share.

use std::ops::Deref;
use std::path::Path;

use infra_analysis::session::{self, FocusText};
use infra_analysis::{Analysis, AnalysisOptions, Constants, SessionOptions};
use infra_gat::DeviceChoice;
use infra_ingest::RunLog;

use crate::args::{AnalysisArgs, Device};
use crate::terminal;

pub(crate) use infra_analysis::session::reading;

/// A run, its frames, and the options in force.
pub(crate) struct Session(infra_analysis::Session);

impl Session {
    /// Opens and summarises the run that the arguments name.
    ///
    /// # Errors
    /// Whatever is wrong with arguments, device or run, in this order.
    pub(crate) fn open(args: &AnalysisArgs, redacted: bool) -> anyhow::Result<Self> {
        constants(&args.constants)?;
        let options = options(args, redacted);
        terminal::step(|| format!("reading {}", args.run.display()));
        Ok(Self(infra_analysis::Session::open(&args.run, options)?))
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
}

impl Deref for Session {
    type Target = infra_analysis::Session;

    fn deref(&self) -> &Self::Target {
        &self.0
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

fn options(args: &AnalysisArgs, redacted: bool) -> SessionOptions {
    let (device, device_name) = device(args.device);
    let top = usize::try_from(args.top).unwrap_or(usize::MAX);
    SessionOptions {
        focus: FocusText {
            incident: args.focus.incident.clone(),
            incident_window: args.focus.incident_window.clone(),
            baseline: args.focus.baseline.clone(),
            symptom: args.focus.symptom.clone(),
        },
        analysis: AnalysisOptions { top, seed: args.seed, device, device_name },
        constants: args.constants.clone(),
        memory: args.memory,
        map: args.map.clone(),
        redacted,
    }
}
