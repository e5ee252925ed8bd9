//! `import`: telemetry turned into a run.

use infra_ingest::import::{TableInputs, TableMap, import_tables};

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
    for note in &made.notes {
        terminal::note(note);
    }
    let path = args.output.display().to_string();
    output::stdout(&format!(
        "{} services, {} dependencies, {} incidents, {} rows: {}\n",
        made.services,
        made.edges,
        made.incidents,
        made.rows_written,
        terminal::safe(&path)
    ))?;
    Ok(Exit::Success)
}
