//! Flags of the importers of telemetry.

use std::path::PathBuf;

use clap::Args;
use infra_ingest::import::SignalChoice;

/// Import OpenTelemetry data as the Collector's file exporter writes it: traces, metrics, logs
#[derive(Debug, Args)]
#[command(after_help = "\
JSON lines, one JSON document, or length-prefixed protobuf; gzip and Zstandard are told by content.

Example:
  infra-analyze import otlp traces.jsonl metrics.jsonl logs.jsonl.gz -o shop
  infra-analyze import otlp collected/ --strip-replicas -o shop")]
pub(crate) struct OtlpArgs {
    #[command(flatten)]
    pub(crate) telemetry: TelemetryArgs,
    #[command(flatten)]
    pub(crate) signals: SignalArgs,
}

/// Import traces and dependencies as Jaeger's query API answers
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  curl -s 'http://jaeger:16686/api/traces?service=shop&limit=1000' > traces.json
  infra-analyze import jaeger traces.json -o shop")]
pub(crate) struct JaegerArgs {
    #[command(flatten)]
    pub(crate) telemetry: TelemetryArgs,
}

/// Import traces as Zipkin's v2 API answers
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  curl -s 'http://zipkin:9411/api/v2/traces?limit=1000' > traces.json
  infra-analyze import zipkin traces.json -o shop")]
pub(crate) struct ZipkinArgs {
    #[command(flatten)]
    pub(crate) telemetry: TelemetryArgs,
}

/// Import answers of Prometheus' query_range, or OpenMetrics text with times
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze import prometheus requests.json cpu.json -o shop
  infra-analyze import prometheus *.json --service-label app --signal jobs_waiting=queue_depth -o shop")]
pub(crate) struct PrometheusArgs {
    #[command(flatten)]
    pub(crate) telemetry: TelemetryArgs,
    #[command(flatten)]
    pub(crate) signals: SignalArgs,
    /// Label that names the service [default: the first of service, service_name, job, app, ...]
    #[arg(long, value_name = "LABEL")]
    pub(crate) service_label: Option<String>,
}

/// Flags of every importer of telemetry.
#[derive(Debug, Args)]
pub(crate) struct TelemetryArgs {
    /// Files, or folders of files; all of them make one run
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Refuse the import at the first damaged record
    #[arg(long)]
    pub(crate) strict: bool,
    /// Drop a replica's own part of Kubernetes pod names (`web-5f6585d649-fnmft` is `web`)
    #[arg(long)]
    pub(crate) strip_replicas: bool,
    /// The bundle to write
    #[arg(short, long, value_name = "BUNDLE")]
    pub(crate) output: PathBuf,
}

/// Flags of importers that read metrics.
#[derive(Debug, Args)]
pub(crate) struct SignalArgs {
    /// What a metric becomes: signal, statistic, factor; may be repeated
    #[arg(long = "signal", value_name = "METRIC=SIGNAL[:STATISTIC[:SCALE]]", value_parser = choice)]
    pub(crate) signals: Vec<SignalChoice>,
}

fn choice(text: &str) -> Result<SignalChoice, String> {
    let expected = "expected METRIC=SIGNAL, METRIC=SIGNAL:STATISTIC or METRIC=SIGNAL:STATISTIC:SCALE";
    let (metric, ours) = text.split_once('=').ok_or(expected)?;
    let mut parts = ours.split(':');
    let signal = parts.next().filter(|s| !s.is_empty()).ok_or(expected)?;
    let statistic = parts.next().filter(|s| !s.is_empty());
    if let Some(unknown) = statistic.filter(|s| !STATISTICS.contains(s)) {
        return Err(format!("no statistic `{unknown}` (there are {})", STATISTICS.join(", ")));
    }
    let scale = parts.next().map_or(Ok(1.0), |s| s.parse().map_err(|_| format!("`{s}` is no number")))?;
    if metric.is_empty() || parts.next().is_some() || !f64::is_finite(scale) {
        return Err(expected.to_owned());
    }
    Ok(SignalChoice {
        metric: metric.to_owned(),
        signal: signal.to_owned(),
        statistic: statistic.map(str::to_owned),
        scale,
    })
}

/// Statistics of the metrics table.
const STATISTICS: &[&str] = &["mean", "p50", "p90", "p95", "p99", "sum", "max", "last"];
