//! `inspect`: what is in a run, or the rows that a report cites.

use infra_analysis::report::clock_in;

use crate::args::{InspectArgs, InspectFormat};
use crate::exit::Exit;
use crate::inspect::overview::Overview;
use crate::inspect::{overview_text, ranges, rows, rows_text, statistics, status_box};
use crate::output;
use crate::session::{open_run, reading, shown_in};

pub(crate) fn run(args: &InspectArgs, redacted: bool) -> anyhow::Result<Exit> {
    match &args.rows {
        Some(text) => show_rows(args, text, redacted),
        None if args.statistics => show_statistics(args),
        None => show_overview(args, redacted),
    }
}

fn show_rows(args: &InspectArgs, text: &str, redacted: bool) -> anyhow::Result<Exit> {
    let ranges = ranges::parse(text)?;
    let log = open_run(&args.run, &args.map)?;
    let sets = reading(log.run().name(), || rows::read(&log, &ranges, redacted))??;
    let text = match args.format {
        InspectFormat::Table => {
            let metadata = log.run().metadata();
            rows_text::to_table(
                &sets,
                &clock_in(metadata, shown_in(args.time.tz.as_ref(), metadata).as_deref()),
            )
        },
        InspectFormat::Json => format!("{}\n", serde_json::to_string_pretty(&rows_text::to_json(&sets))?),
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}

fn show_statistics(args: &InspectArgs) -> anyhow::Result<Exit> {
    let log = open_run(&args.run, &args.map)?;
    let found = reading(log.run().name(), || statistics::take(log.run(), args.memory))??;
    let text = match args.format {
        InspectFormat::Table => {
            let zone = shown_in(args.time.tz.as_ref(), &found.metadata);
            statistics::to_text(&found, &clock_in(&found.metadata, zone.as_deref()))
        },
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
            let zone = shown_in(args.time.tz.as_ref(), &overview.metadata);
            let clock = clock_in(&overview.metadata, zone.as_deref());
            format!("{}{status}", overview_text::to_text(&overview, &clock))
        },
        InspectFormat::Json => format!("{}\n", serde_json::to_string_pretty(&overview)?),
    };
    output::stdout(&text)?;
    Ok(if overview.problems.is_empty() { Exit::Success } else { Exit::Input })
}
