//! Telemetry as tools write it: OTLP, Jaeger, Zipkin, Prometheus.
//!
//! Each format has a module that turns documents into records of [`super::collect`]. What they
//! share: files ([`files`]), JSON documents and lines ([`documents`]), series of metric points
//! ([`points`]), which metric means what ([`known`]) and units ([`units`]).
//!
//! A record that cannot be read is counted with its file and line and left out; the import fails
//! if a named file is not of the format at all, or if nothing usable is left.

mod documents;
mod emit;
mod exponential;
mod fields;
mod files;
mod intake;
mod jaeger;
mod known;
mod otlp;
mod points;
mod prometheus;
mod quantile;
mod units;
mod versions;
mod zipkin;

use std::path::{Path, PathBuf};

use super::ImportReport;
use crate::error::IngestError;
use intake::Intake;

/// Who wrote the telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TelemetryFormat {
    /// The OpenTelemetry Collector's file exporter: JSON lines, or length-prefixed protobuf.
    Otlp,
    /// Jaeger's query API.
    Jaeger,
    /// Zipkin's v2 API.
    Zipkin,
    /// Prometheus' query API, or OpenMetrics text with timestamps.
    Prometheus,
}

impl TelemetryFormat {
    /// Name in messages and of the run.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Otlp => "otlp",
            Self::Jaeger => "jaeger",
            Self::Zipkin => "zipkin",
            Self::Prometheus => "prometheus",
        }
    }
}

/// What a metric becomes, against the built-in table.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalChoice {
    /// Metric as the telemetry names it.
    pub metric: String,
    /// Our signal.
    pub signal: String,
    /// Statistic instead of the one that the metric's kind gives.
    pub statistic: Option<String>,
    /// Factor on the values.
    pub scale: f64,
}

/// How telemetry is imported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TelemetryOptions {
    /// Refuse the import on the first damaged record.
    pub strict: bool,
    /// A replica's own part of a pod name is no part of the service's name.
    pub strip_replicas: bool,
    /// Label that names the service (Prometheus); `None`: the first of a fixed list.
    pub service_label: Option<String>,
    /// Metrics that become other signals than the built-in table says.
    pub signals: Vec<SignalChoice>,
}

/// Imports files or folders of telemetry into a bundle at `out`, which appears whole or not at all.
///
/// # Errors
/// [`IngestError::Import`] if an input is not of the format, if nothing usable was found, or (with
/// `strict`) at the first damaged record; [`IngestError::Run`] for a file that cannot be read or
/// unpacked, and for an output that cannot be written.
pub fn import_telemetry(
    format: TelemetryFormat,
    inputs: &[PathBuf],
    options: &TelemetryOptions,
    out: &Path,
) -> Result<ImportReport, IngestError> {
    let mut intake = Intake::new(format, options);
    for input in files::listed(inputs)? {
        let bytes = files::read(&input)?;
        let known = match format {
            TelemetryFormat::Otlp => otlp::read(&bytes, &input.label, &mut intake)?,
            TelemetryFormat::Jaeger => jaeger::read(&bytes, &input.label, &mut intake)?,
            TelemetryFormat::Zipkin => zipkin::read(&bytes, &input.label, &mut intake)?,
            TelemetryFormat::Prometheus => prometheus::read(&bytes, &input.label, &mut intake)?,
        };
        match known {
            Ok(()) => {},
            Err(why) if input.is_named => {
                return Err(IngestError::Import(vec![format!("{}: {why}", input.label)]));
            },
            Err(why) => intake.tally.note(format!("{}: left out: {why}", input.label)),
        }
    }
    intake.finish(out)
}
