//! `import`: telemetry turned into a run.

use std::path::Path;

use infra_ingest::import::{
    ImportReport, TableInputs, TableMap, TelemetryFormat, TelemetryOptions, import_tables, import_telemetry,
};

use crate::args::{ImportArgs, ImportKind, SignalArgs, TablesArgs, TelemetryArgs};
use crate::exit::Exit;
use crate::session::reading;
use crate::{output, terminal};

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    match &args.kind {
        ImportKind::Tables(args) => tables(args),
        ImportKind::Otlp(args) => {
            telemetry(TelemetryFormat::Otlp, &args.telemetry, Some(&args.signals), None)
        },
        ImportKind::Jaeger(args) => telemetry(TelemetryFormat::Jaeger, &args.telemetry, None, None),
        ImportKind::Zipkin(args) => telemetry(TelemetryFormat::Zipkin, &args.telemetry, None, None),
        ImportKind::Prometheus(args) => {
            let label = args.service_label.clone();
            telemetry(TelemetryFormat::Prometheus, &args.telemetry, Some(&args.signals), label)
        },
    }
}

fn tables(args: &TablesArgs) -> anyhow::Result<Exit> {
    let map = TableMap::load(&args.config)?;
    output::refuse_special(&args.output)?;
    let inputs = TableInputs {
        metrics: args.metrics.clone(),
        edges: args.edges.clone(),
        services: args.services.clone(),
        incidents: args.incidents.clone(),
        filters: args.filters.clone(),
    };
    let made = reading("the input tables", || import_tables(&inputs, &map, &args.output))??;
    told(&made, &args.output)
}

fn telemetry(
    format: TelemetryFormat,
    args: &TelemetryArgs,
    signals: Option<&SignalArgs>,
    service_label: Option<String>,
) -> anyhow::Result<Exit> {
    output::refuse_special(&args.output)?;
    let options = TelemetryOptions {
        strict: args.strict,
        strip_replicas: args.strip_replicas,
        service_label,
        signals: signals.map(|s| s.signals.clone()).unwrap_or_default(),
    };
    let made = reading("the telemetry", || import_telemetry(format, &args.inputs, &options, &args.output))??;
    told(&made, &args.output)
}

/// Notes to standard error, one line of what was made to standard output.
fn told(made: &ImportReport, output: &Path) -> anyhow::Result<Exit> {
    for note in &made.notes {
        terminal::note(note);
    }
    let mut parts = vec![
        format!("{} services", made.services),
        format!("{} dependencies", made.edges),
        format!("{} incidents", made.incidents),
    ];
    let tables = [
        ("rows", made.rows_written),
        ("spans", made.spans),
        ("log lines", made.logs),
        ("rows of calls", made.calls),
        ("events", made.events),
    ];
    parts.extend(tables.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{n} {name}")));
    let path = output.display().to_string();
    crate::output::stdout(&format!("{}: {}\n", parts.join(", "), terminal::safe(&path)))?;
    Ok(Exit::Success)
}
