//! A run as OTLP/JSON, as the OpenTelemetry Collector's file exporter writes it: one request a
//! line, `metrics.json`, `logs.json` and `traces.json`. `import otlp` reads it back.
//!
//! Reading order: `clock` (times), `json` (typed values, resources), then one file a signal of
//! OTLP: `metrics`, `logs`, `traces`. Rows of the run are read batch by batch; memory is bounded
//! by a line of [`LINE_RECORDS`] records.
//!
//! What an operator could not have seen, rows of mechanism events, is left out.

mod clock;
mod json;
mod logs;
mod metrics;
mod traces;

use std::collections::BTreeSet;
use std::io::Write;

use infra_eventlog::atomic::AtomicFile;
use infra_eventlog::metadata::Visibility;
use infra_eventlog::{RunMetadata, TableKind};
use infra_ingest::RunLog;

use super::folder::Folder;
use clock::Clock;

/// Records in a line, and so in memory.
const LINE_RECORDS: usize = 8_192;

/// What the export does not say as the run does.
#[derive(Debug, Default)]
pub(crate) struct Notes(pub(crate) Vec<String>);

/// Writes the files that the run has something for.
///
/// # Errors
/// [`infra_eventlog::RunError`] if the run cannot be decoded or a file not written.
pub(crate) fn write(log: &RunLog, redacted: bool, folder: &mut Folder) -> anyhow::Result<Notes> {
    let run = log.run();
    let mut notes = Notes::default();
    let clock = Clock::of(run.metadata(), &mut notes);
    if !run.metadata().edges.is_empty() {
        let what = "OTLP has no place for declared dependencies, thresholds and periods: they are left out";
        notes.0.push(what.to_owned());
    }
    let has = |kinds: &[TableKind]| kinds.iter().any(|kind| run.table(*kind).is_some());
    if has(&[TableKind::Events, TableKind::Metrics]) {
        folder.stream("metrics.json", |file| metrics::write(run, clock, &mut Lines::new(file)))?;
    }
    if has(&[TableKind::Events, TableKind::Logs]) {
        folder.stream("logs.json", |file| logs::write(run, clock, redacted, &mut Lines::new(file)))?;
    }
    if let Some(table) = run.table(TableKind::Spans) {
        let strange = folder
            .stream("traces.json", |file| traces::write(table, clock, redacted, &mut Lines::new(file)))?;
        if strange > 0 {
            notes.0.push(format!(
                "{strange} spans were left out: their ids are no hex numbers that OTLP can hold"
            ));
        }
    }
    Ok(notes)
}

/// Types of events that nobody could have seen.
fn mechanisms(metadata: &RunMetadata) -> BTreeSet<&str> {
    let hidden = metadata.event_types.iter().filter(|t| t.visibility == Visibility::Mechanism);
    hidden.map(|t| t.name.as_str()).collect()
}

/// A file of requests, one a line.
struct Lines<'f> {
    file: &'f mut AtomicFile,
}

impl<'f> Lines<'f> {
    const fn new(file: &'f mut AtomicFile) -> Self {
        Self { file }
    }

    fn push(&mut self, request: &serde_json::Value) -> std::io::Result<()> {
        serde_json::to_writer(&mut *self.file, request)?;
        self.file.write_all(b"\n")
    }
}
