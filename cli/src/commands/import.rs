//! `import`: telemetry turned into a run.

use std::path::Path;

use anyhow::Context as _;
use infra_ingest::import::{ImportReport, Recognition, TableInputs, TableMap, builtin_maps, import_tables};

use crate::args::{ImportArgs, ImportKind, TablesArgs};
use crate::exit::Exit;
use crate::session::reading;
use crate::{output, terminal};

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    match &args.kind {
        ImportKind::Tables(args) => tables(args),
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
    for note in &made.notes {
        terminal::note(note);
    }
    let path = args.output.display().to_string();
    output::stdout(&format!("{}: {}\n", summary(&made), terminal::safe(&path)))?;
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
    let builtin = config.to_str().filter(|_| !config.exists()).and_then(TableMap::builtin);
    if let Some(map) = builtin {
        return Ok(map?);
    }
    let names: Vec<&str> = builtin_maps().iter().map(|(name, _)| *name).collect();
    Ok(TableMap::load(config).with_context(|| format!("built-in maps: {}", names.join(", ")))?)
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
