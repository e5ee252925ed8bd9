//! What every importer fills, and what writes the bundle.
//!
//! An importer pushes records with times since 1970 into the sets of a [`Collected`]; `settle`
//! puts each set into an order that does not depend on the order of the input, counting what is
//! repeated or contradicts itself; `write` subtracts the run's origin and writes the tables that
//! hold rows.

mod calls;
mod capacity;
mod events;
mod logs;
mod order;
mod spans;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infra_eventlog::bundle::BundleWriter;
use infra_eventlog::metadata::{
    EdgeInfo, Incident, Observation, Period, RunMetadata, ServiceInfo, SloSpec, TimeInfo,
};

use super::measurements::Measurements;
use super::tally::Tally;
use super::times::to_rfc3339;
use super::{ImportReport, services};
use crate::error::IngestError;

pub(super) use calls::{CallRecord, CallSet};
pub(super) use capacity::MAX_ROWS;
pub(super) use events::{EventRecord, EventSet};
pub(super) use logs::{LogRecord, LogSet};
pub(super) use order::ranks;
pub(super) use spans::{SpanRecord, SpanSet};

/// Everything that an import read. Times are nanoseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) run_name: String,
    pub(super) metrics: Measurements,
    pub(super) spans: SpanSet,
    pub(super) logs: LogSet,
    pub(super) calls: CallSet,
    pub(super) events: EventSet,
    /// Declared services by name; those with rows are added.
    pub(super) services: BTreeMap<String, ServiceInfo>,
    pub(super) edges: Vec<EdgeInfo>,
    pub(super) slos: Vec<SloSpec>,
    pub(super) periods: Vec<Period>,
    pub(super) incidents: Vec<Incident>,
}

impl Collected {
    /// Orders all rows and leaves one of each.
    pub(super) fn settle(&mut self, tally: &mut Tally) {
        self.metrics.settle(tally);
        self.spans.settle(tally);
        self.logs.settle(tally);
        self.calls.settle(tally);
        self.events.settle(tally);
    }

    /// Earliest start and latest end over all tables; `None` if they hold no rows.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        let spans =
            [self.metrics.span(), self.spans.span(), self.logs.span(), self.calls.span(), self.events.span()];
        spans.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Writes the settled rows as a bundle at `out`, which appears whole or not at all.
    ///
    /// # Errors
    /// [`IngestError::Import`] with all notes if there are no rows, [`IngestError::Run`] if the
    /// bundle cannot be written.
    pub(super) fn write(mut self, mut tally: Tally, out: &Path) -> Result<ImportReport, IngestError> {
        let Some((origin_ns, _)) = self.span() else {
            let mut problems = vec!["no row could be used".to_owned()];
            problems.extend(tally.into_notes());
            return Err(IngestError::Import(problems));
        };
        relative(&mut self.incidents, &mut self.periods, origin_ns);
        let declared = std::mem::take(&mut self.services);
        let services = services::all(declared, &self.services_with_rows(), &self.edges, &mut tally);
        self.metrics.relative_to(origin_ns);
        let metadata = RunMetadata {
            time: TimeInfo { origin: to_rfc3339(origin_ns), ..TimeInfo::default() },
            observation: Observation::Sampled,
            services,
            edges: std::mem::take(&mut self.edges),
            signals: self.metrics.signal_specs(),
            event_types: self.events.types(),
            slos: std::mem::take(&mut self.slos),
            periods: std::mem::take(&mut self.periods),
            incidents: std::mem::take(&mut self.incidents),
            notes: tally.into_notes(),
            ..RunMetadata::new(&self.run_name)
        };
        self.write_tables(&metadata, origin_ns, out)?;
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        Ok(ImportReport {
            services: metadata.services.len(),
            edges: metadata.edges.len(),
            incidents: metadata.incidents.len(),
            periods: metadata.periods.len(),
            rows_written: count(self.metrics.rows.len()),
            spans: count(self.spans.len()),
            logs: count(self.logs.len()),
            calls: count(self.calls.len()),
            events: count(self.events.len()),
            notes: metadata.notes,
        })
    }

    fn write_tables(&self, metadata: &RunMetadata, origin_ns: i64, out: &Path) -> Result<(), IngestError> {
        let bundle = BundleWriter::create(out)?;
        if !self.metrics.rows.is_empty() {
            let mut writer = bundle.metrics()?;
            self.metrics.write(&mut writer)?;
            writer.finish()?;
        }
        if !self.spans.is_empty() {
            let mut writer = bundle.spans()?;
            self.spans.write(origin_ns, &mut writer)?;
            writer.finish()?;
        }
        if !self.logs.is_empty() {
            let mut writer = bundle.logs()?;
            self.logs.write(origin_ns, &mut writer)?;
            writer.finish()?;
        }
        if !self.calls.is_empty() {
            let mut writer = bundle.calls()?;
            self.calls.write(origin_ns, &mut writer)?;
            writer.finish()?;
        }
        if !self.events.is_empty() {
            // Signals of metrics are no columns of events.
            let columns = RunMetadata { signals: Vec::new(), ..metadata.clone() };
            let mut writer = bundle.events(&columns)?;
            self.events.write(origin_ns, &mut writer)?;
            writer.finish()?;
        }
        Ok(bundle.finish(metadata)?)
    }

    fn services_with_rows(&self) -> BTreeSet<&str> {
        let mut services = self.metrics.services_with_rows();
        services.extend(self.spans.services());
        services.extend(self.logs.services());
        services.extend(self.calls.services());
        services.extend(self.events.services());
        services
    }
}

/// Times since 1970 to times since the run's origin.
fn relative(incidents: &mut [Incident], periods: &mut [Period], origin_ns: i64) {
    for incident in incidents {
        incident.start_ns = incident.start_ns.saturating_sub(origin_ns);
        incident.end_ns = incident.end_ns.saturating_sub(origin_ns);
        incident.lead_end_ns = incident.lead_end_ns.map(|t| t.saturating_sub(origin_ns));
        if let Some(symptom) = &mut incident.symptom {
            symptom.time_ns = symptom.time_ns.map(|t| t.saturating_sub(origin_ns));
        }
    }
    for period in periods {
        period.start_ns = period.start_ns.saturating_sub(origin_ns);
        period.end_ns = period.end_ns.saturating_sub(origin_ns);
    }
}
