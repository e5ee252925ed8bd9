//! `import`: telemetry turned into a run.

use std::path::Path;

use anyhow::Context as _;
use infra_ingest::IngestError;
use infra_ingest::import::{
    ImportReport, Recognition, TableInputs, TableMap, TelemetryFormat, TelemetryOptions, builtin_maps,
    import_tables, import_telemetry,
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
    output::refuse_special(&args.output)?;
    let (map, mut inputs) = match &args.dir {
        Some(dir) => from_folder(dir, args.config.as_deref())?,
        None => {
            let config = args.config.as_deref().context("no map given (hint: --config MAP.toml)")?;
            (map(config)?, named_files(args))
        },
    };
    inputs.filters.clone_from(&args.filters);
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
    let path = output.display().to_string();
    crate::output::stdout(&format!("{}: {}\n", summary(made), terminal::safe(&path)))?;
    Ok(Exit::Success)
}

/// The map, and what the files of the folder are by it.
fn from_folder(dir: &Path, config: Option<&Path>) -> anyhow::Result<(TableMap, TableInputs)> {
    let recognised = reading("the folder", || -> anyhow::Result<(TableMap, Recognition)> {
        match config {
            None => Ok(TableMap::builtin_for(dir)?),
            Some(config) => {
                let map = map(config)?;
                let found = map.recognise(dir)?;
                Ok((map, found))
            },
        }
    })?;
    let (map, found) = recognised?;
    found.require()?;
    for file in found.files.iter().filter(|file| file.section.is_none()) {
        terminal::note(&format!("{}: not imported: {}", file.name.escape_debug(), file.reason));
    }
    Ok((map, found.inputs))
}

/// A map file, or the built-in map of that name.
fn map(config: &Path) -> anyhow::Result<TableMap> {
    let name = config.to_str().filter(|_| !config.exists());
    if let Some(map) = name.and_then(TableMap::builtin) {
        return Ok(map?);
    }
    let is_name = name.is_some_and(|name| !name.contains(['/', '.']));
    if is_name {
        let names: Vec<&str> = builtin_maps().iter().map(|(name, _)| *name).collect();
        let asked = terminal::safe(&config.display().to_string()).into_owned();
        let known = names.join(", ");
        let what = format!("no map file `{asked}` and no built-in map of that name (built in: {known})");
        return Err(IngestError::Import(vec![what]).into());
    }
    Ok(TableMap::load(config)?)
}

fn named_files(args: &TablesArgs) -> TableInputs {
    TableInputs {
        metrics: args.metrics.clone(),
        spans: args.spans.clone(),
        logs: args.logs.clone(),
        calls: args.calls.clone(),
        events: args.events.clone(),
        edges: args.edges.clone(),
        services: args.services.clone(),
        incidents: args.incidents.clone(),
        excluded: args.excluded.clone(),
        filters: Vec::new(),
    }
}

/// `10 services, 26 dependencies, 24 incidents, 157170 metric rows, 846632 spans`.
fn summary(made: &ImportReport) -> String {
    let mut words = format!(
        "{} services, {} dependencies, {} incidents, {} rows",
        made.services, made.edges, made.incidents, made.rows_written
    );
    let others = [
        (made.spans, "spans"),
        (made.logs, "log lines"),
        (made.calls, "rows of calls"),
        (made.events, "events"),
    ];
    for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
        words.push_str(&format!(", {count} {what}"));
    }
    words
}
