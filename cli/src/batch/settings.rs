//! What a batch is told to do: arguments first, then the configuration file, then defaults.

use std::num::NonZero;
use std::path::PathBuf;

use infra_report::gate::Gate;

use super::summary;
use crate::args::{BatchArgs, ReportFormat};
use crate::{config, gates};

/// Settings in force, all checked.
pub(crate) struct Settings {
    pub(crate) gates: Vec<Gate>,
    pub(crate) jobs: usize,
    /// Each once, JSON among them.
    pub(crate) formats: Vec<ReportFormat>,
    pub(crate) against: Option<PathBuf>,
    pub(crate) junit: Option<PathBuf>,
    pub(crate) sarif: Option<PathBuf>,
    pub(crate) summary: Option<PathBuf>,
}

impl Settings {
    /// Joins arguments and configuration.
    ///
    /// # Errors
    /// Everything that is wrong with the expressions, or with the configuration file.
    pub(crate) fn new(args: &BatchArgs) -> anyhow::Result<Self> {
        let own = gates::parse(&args.fail_on, &args.warn_on)?;
        let file = config::find(args.config.as_deref())?;
        let batch = &file.config.batch;
        let jobs = args.jobs.map(|n| n as usize).or(batch.jobs);
        let path = |given: &Option<PathBuf>, named: &Option<String>| {
            given.clone().or_else(|| named.as_ref().map(|path| file.folder.join(path)))
        };
        Ok(Self {
            gates: gates::joined(own, &file.config.gates),
            jobs: jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get)),
            formats: formats(args, batch.formats.as_deref()),
            against: path(&args.against, &batch.baseline),
            junit: path(&args.junit, &batch.junit),
            sarif: path(&args.sarif, &batch.sarif),
            summary: path(&args.summary, &batch.summary).or_else(summary::shared),
        })
    }
}

fn formats(args: &BatchArgs, named: Option<&[&str]>) -> Vec<ReportFormat> {
    let all = [ReportFormat::Md, ReportFormat::Html, ReportFormat::Json];
    let mut formats = args.format.clone();
    if formats.is_empty() {
        let named = named.unwrap_or(&["md", "html"]);
        formats = all.into_iter().filter(|f| named.contains(&f.extension())).collect();
    }
    formats.push(ReportFormat::Json);
    formats.sort_unstable();
    formats.dedup();
    formats
}
