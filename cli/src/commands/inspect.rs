//! `inspect`: what is in a run, or the rows that a report cites.

use infra_analysis::report::clock_in;
use infra_eventlog::metadata::RunMetadata;
use infra_report::{Clock, Zone};

use crate::args::{InspectArgs, InspectFormat};
use crate::exit::Exit;
use crate::inspect::overview::Overview;
use crate::inspect::{overview_text, ranges, rows, rows_text, statistics, status_box};
use crate::output;
use crate::session::{note_zone, open_run, reading};

pub(crate) fn run(args: &InspectArgs, redacted: bool) -> anyhow::Result<Exit> {
    match &args.rows {
        Some(text) => show_rows(args, text, redacted),
        None if args.statistics => show_statistics(args),
        None => show_overview(args, redacted),
    }
}

/// The run's clock, in the zone that was asked for.
fn clock(args: &InspectArgs, metadata: &RunMetadata) -> Clock {
    let zone = args.time.tz.as_ref();
    note_zone(zone, metadata);
    clock_in(metadata, zone.map(Zone::name))
}

fn show_rows(args: &InspectArgs, text: &str, redacted: bool) -> anyhow::Result<Exit> {
    let ranges = ranges::parse(text)?;
    let log = open_run(&args.run, &args.map)?;
    let sets = reading(log.run().name(), || rows::read(&log, &ranges, redacted))??;
    let text = match args.format {
        InspectFormat::Table => rows_text::to_table(&sets, &clock(args, log.run().metadata())),
        InspectFormat::Json => format!("{}\n", serde_json::to_string_pretty(&rows_text::to_json(&sets))?),
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}

fn show_statistics(args: &InspectArgs) -> anyhow::Result<Exit> {
    let log = open_run(&args.run, &args.map)?;
    let found = reading(log.run().name(), || statistics::take(log.run(), args.memory))??;
    let text = match args.format {
        InspectFormat::Table => statistics::to_text(&found, &clock(args, log.run().metadata())),
        InspectFormat::Json => format!("{}\n", serde_json::to_string_pretty(&statistics::to_json(&found))?),
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}

fn show_overview(args: &InspectArgs, redacted: bool) -> anyhow::Result<Exit> {
    let log = open_run(&args.run, &args.map)?;
    let overview = reading(log.run().name(), || Overview::new(log.run(), redacted))??;
    let text = match args.format {
        InspectFormat::Table => {
            let status = reading(log.run().name(), || status_box::text(log.run()))??;
            let clock = clock(args, &overview.metadata);
            format!("{}{status}", overview_text::to_text(&overview, &clock))
        },
        InspectFormat::Json => format!("{}\n", serde_json::to_string_pretty(&overview)?),
    };
    output::stdout(&text)?;
    Ok(if overview.problems.is_empty() { Exit::Success } else { Exit::Input })
}
