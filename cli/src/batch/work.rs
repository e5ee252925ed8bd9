//! One run of a batch: analysed, or taken from an earlier batch with the same input and options.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use infra_eventlog::atomic;
use infra_report::{Findings, to_html, to_json};

use super::inputs::Input;
use crate::args::{FocusArgs, ReportFormat};
use crate::markdown;
use crate::session::{Method, Opened, reading};

/// Folder of the reports inside a batch's folder.
pub(crate) const REPORTS: &str = "runs";

/// What is done with every run.
pub(crate) struct Plan {
    /// How runs are analysed.
    pub(crate) method: Method,
    /// Formats of the reports, beside the JSON that every run gets.
    pub(crate) formats: Vec<ReportFormat>,
    /// The batch's folder.
    pub(crate) folder: PathBuf,
    /// Whether to analyse again what was analysed before.
    pub(crate) force: bool,
}

/// What became of one run.
pub(crate) struct Done {
    /// What was found.
    pub(crate) findings: Findings,
    /// Whether it was found by an earlier batch.
    pub(crate) reused: bool,
}

/// Where a run's report of a format is, within the batch's folder.
pub(crate) fn report_path(stem: &str, format: ReportFormat) -> PathBuf {
    Path::new(REPORTS).join(format!("{stem}.{}", format.extension()))
}

impl Plan {
    /// Analyses one run and writes its reports; nothing is done again for the same bytes, options
    /// and version.
    ///
    /// # Errors
    /// What is wrong with the run, or with the output folder.
    pub(crate) fn analyse(&self, input: &Input) -> anyhow::Result<Done> {
        let name = input.name.clone();
        reading(&name, || self.analyse_guarded(input))?
    }

    fn analyse_guarded(&self, input: &Input) -> anyhow::Result<Done> {
        let focus = FocusArgs { incident: input.incident.clone(), ..FocusArgs::default() };
        let opened = Opened::open(&self.method, &input.path, &focus)?;
        let record = self.folder.join(report_path(&input.stem, ReportFormat::Json));
        if !self.force && self.is_complete(input) {
            let kept = kept(&record).filter(|kept| kept.provenance == opened.provenance());
            if let Some(findings) = kept {
                return Ok(Done { findings, reused: true });
            }
        }
        let session = opened.read()?;
        let analysis = session.analyse()?;
        let model = session.report(&analysis)?;
        // The record stands for the whole: it goes first when a run is done again, and comes last.
        match fs::remove_file(&record) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("{}: cannot be replaced", record.display()));
            },
            _ => {},
        }
        for format in &self.formats {
            let path = self.folder.join(report_path(&input.stem, *format));
            let text = match format {
                ReportFormat::Md => markdown::render(&model, None, Some(&path), None)?,
                ReportFormat::Html => to_html(&model, &session.exhibits(&analysis, &model, true)?)?,
                ReportFormat::Json => continue,
            };
            atomic::write_file(&path, text.as_bytes())?;
        }
        let json = to_json(&model)?;
        atomic::write_file(&record, json.as_bytes())?;
        // Read back, so that a kept run and a fresh one go on with the same figures.
        let findings = parse(&json).context("the record cannot be read back")?;
        Ok(Done { findings, reused: false })
    }

    /// Whether an earlier batch wrote every report that is asked for.
    fn is_complete(&self, input: &Input) -> bool {
        let exists = |format: &ReportFormat| self.folder.join(report_path(&input.stem, *format)).is_file();
        self.formats.iter().all(exists)
    }
}

/// The findings of a report in JSON; `None` if it is none, or one of another version.
pub(crate) fn kept(record: &Path) -> Option<Findings> {
    parse(&fs::read_to_string(record).ok()?).ok()
}

fn parse(json: &str) -> serde_json::Result<Findings> {
    #[derive(serde::Deserialize)]
    struct Record {
        findings: Findings,
    }
    serde_json::from_str::<Record>(json).map(|record| record.findings)
}
