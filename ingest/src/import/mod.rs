//! Importers: telemetry in other shapes, turned into a bundle.
//!
//! [`import_tables`] reads tables of metrics (long or wide), spans, logs, calls and dependencies
//! and records of events and incidents as a [`TableMap`] says, and writes a bundle.
//! [`TableMap::recognise`] tells which file of a folder is which, [`TableMap::builtin_for`] which
//! of the maps that come with the program fits it. Names and values of the input are data and
//! pass through as they are.
//!
//! What stops an import is told all at once: wrong keys of the map with their lines, missing
//! columns with what was found instead. What does not stop it (a text among numbers, a repeated
//! row) is counted and told in the report and in the metadata's notes.
//!
//! # Time
//! A measurement's time is the end of its interval. The run's origin is the earliest start of
//! anything imported. An incident reaches from the start of its first interval to the end of its last.
//!
//! # Determinism
//! Rows are sorted by time, service, signal and statistic; the order of input rows matters only
//! where two of them contradict each other (the first one counts) and for the row that a note
//! gives as its example.

mod assemble;
mod attributes;
mod calls;
mod cells;
mod collect;
mod csv;
mod duration;
mod edges;
mod events;
mod excluded;
mod filters;
mod incidents;
mod intake;
mod intervals;
mod logs;
mod map;
mod measurements;
mod metrics;
mod packed;
mod periods;
mod recognise;
mod records;
mod scrapes;
mod series;
mod service_names;
mod service_rule;
mod services;
mod sheet;
mod spans;
mod tally;
mod telemetry;
mod times;
mod unused;
mod wrapping;

use std::path::{Path, PathBuf};

use crate::error::IngestError;

pub use map::{MAP_SCHEMA, TableMap, builtin_maps};
pub use recognise::{RecognisedFile, Recognition};
pub use telemetry::{SignalChoice, TelemetryFormat, TelemetryOptions, import_telemetry};

/// The tables of one import.
#[derive(Clone, Debug, Default)]
pub struct TableInputs {
    /// Metric tables; at least one.
    pub metrics: Vec<PathBuf>,
    /// Span tables.
    pub spans: Vec<PathBuf>,
    /// Tables of log lines.
    pub logs: Vec<PathBuf>,
    /// Tables of calls between services.
    pub calls: Vec<PathBuf>,
    /// Records of deploys, configuration changes and alerts: JSON arrays of objects, or tables.
    pub events: Vec<PathBuf>,
    /// Dependency tables.
    pub edges: Vec<PathBuf>,
    /// Service tables.
    pub services: Vec<PathBuf>,
    /// Incident records: JSON arrays of objects, or tables.
    pub incidents: Vec<PathBuf>,
    /// Times not to be taken for normal: JSON arrays of times or objects, or tables.
    pub excluded: Vec<PathBuf>,
    /// Column and value: rows of inputs with that column must have that value. Several values of
    /// one column: any of them.
    pub filters: Vec<(String, String)>,
}

/// What an import made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Services of the run.
    pub services: usize,
    /// Dependencies.
    pub edges: usize,
    /// Incidents.
    pub incidents: usize,
    /// Periods.
    pub periods: usize,
    /// Rows of the metrics table.
    pub rows_written: u64,
    /// Rows of the spans table.
    pub spans: u64,
    /// Rows of the logs table.
    pub logs: u64,
    /// Rows of the calls table.
    pub calls: u64,
    /// Rows of the events table.
    pub events: u64,
    /// What was inferred, left out or counted.
    pub notes: Vec<String>,
}

/// Imports tables into a bundle at `out`, which appears whole or not at all.
///
/// # Errors
/// [`IngestError::Import`] with every problem of map and inputs found; [`IngestError::Run`] for a
/// file that cannot be read or written. What stood at `out` is then unchanged.
pub fn import_tables(inputs: &TableInputs, map: &TableMap, out: &Path) -> Result<ImportReport, IngestError> {
    let (collected, tally) = assemble::assemble(inputs, map)?;
    collected.write(tally, out)
}
