//! What the readers of telemetry fill, and how an import ends.

use std::path::Path;

use super::points::Points;
use super::versions::Versions;
use super::{TelemetryFormat, TelemetryOptions, emit};
use crate::error::IngestError;
use crate::import::ImportReport;
use crate::import::collect::{Collected, SpanRecord};
use crate::import::edges::add_calls_of;
use crate::import::service_rule::{self, ServiceRule};
use crate::import::tally::{Kind, Tally};

/// The service of telemetry that names none, as OpenTelemetry says.
pub(super) const UNKNOWN_SERVICE: &str = "unknown_service";

/// An import under way.
#[derive(Debug)]
pub(super) struct Intake<'o> {
    pub(super) options: &'o TelemetryOptions,
    pub(super) collected: Collected,
    pub(super) points: Points,
    pub(super) versions: Versions,
    pub(super) tally: Tally,
}

impl<'o> Intake<'o> {
    pub(super) fn new(format: TelemetryFormat, options: &'o TelemetryOptions) -> Self {
        let collected = Collected { run_name: format.name().to_owned(), ..Collected::default() };
        Self {
            options,
            collected,
            points: Points::default(),
            versions: Versions::default(),
            tally: Tally::default(),
        }
    }

    /// Counts a record that cannot be read; with `strict` the import ends here.
    pub(super) fn damaged(&mut self, place: &str, why: &str) -> Result<(), IngestError> {
        if self.options.strict {
            return Err(IngestError::Import(vec![format!(
                "{place}: {why} (--strict refuses damaged records)"
            )]));
        }
        self.tally.add(Kind::Damaged, || format!("{place}: {why}"));
        Ok(())
    }

    /// The service's name, without a replica's part if that is asked for. A missing name is counted.
    pub(super) fn service(&mut self, name: Option<&str>, place: &str) -> String {
        let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
            self.tally.add(Kind::UnnamedService, || place.to_owned());
            return UNKNOWN_SERVICE.to_owned();
        };
        if self.options.strip_replicas {
            return service_rule::apply(&[ServiceRule::Replicas], name).to_string();
        }
        name.to_owned()
    }

    /// Adds a span. With `strict` a span that cannot be kept ends the import.
    pub(super) fn span(&mut self, span: SpanRecord<'_>, place: &str) -> Result<(), IngestError> {
        if self.options.strict && span.duration_ns < 0 {
            return self.damaged(place, "a span ends before it starts");
        }
        self.collected.spans.push(span, &mut self.tally, || place.to_owned())
    }

    /// Settles everything and writes the bundle.
    pub(super) fn finish(mut self, out: &Path) -> Result<ImportReport, IngestError> {
        emit::emit(&self.points, self.options, &mut self.collected.metrics, &mut self.tally)?;
        self.versions.emit(&mut self.collected.events, &mut self.tally)?;
        self.collected.settle(&mut self.tally);
        self.add_edges_of_spans();
        self.collected.write(self.tally, out)
    }

    /// A service whose span has a child of another service depends on it.
    fn add_edges_of_spans(&mut self) {
        let edges = &mut self.collected.edges;
        add_calls_of(&self.collected.spans, edges);
        edges.dedup_by(|a, b| a.from == b.from && a.to == b.to);
    }
}
