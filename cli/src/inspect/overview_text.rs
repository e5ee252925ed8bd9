//! An overview for people.

use std::fmt::Display;

use infra_eventlog::metadata::{EventTypeSpec, RunMetadata, SignalSpec, TimeUnit, Visibility};
use infra_report::Clock;

use super::overview::{Overview, TableOverview};
use crate::terminal::safe;

/// Entries of one kind told; `--format json` has them all.
const TOLD: usize = 20;

/// The overview as indented lines.
pub(crate) fn to_text(overview: &Overview, clock: &Clock) -> String {
    let metadata = &overview.metadata;
    let mut text = Lines(String::new());
    let shape = if overview.bundle { "bundle" } else { "single file" };
    text.line(format_args!("{}: {}, {shape}", safe(&overview.run), safe(&metadata.schema)));
    header(&mut text, metadata);
    if let Some((first, last)) = overview.time_range_ns {
        text.line(format_args!(
            "  from {} to {} ({})",
            clock.at(first),
            clock.at(last),
            clock.span(last.saturating_sub(first))
        ));
    }
    text.list("tables", overview.tables.iter().map(table));
    let rows = |n: Option<i64>| n.map_or_else(String::new, |n| format!(", {n} rows"));
    let services = overview.services.iter();
    text.list(
        "services",
        services.map(|s| format!("{}{}{}", safe(&s.id), bracket(s.kind.as_deref()), rows(s.rows))),
    );
    let edges = overview.edges.iter();
    text.list(
        "dependencies",
        edges.map(|(from, to, kind)| format!("{} -> {}{}", safe(from), safe(to), bracket(kind.as_deref()))),
    );
    text.list("signals", metadata.signals.iter().map(signal));
    text.list(
        "statuses",
        metadata.statuses.iter().map(|s| format!("{} (severity {})", safe(&s.name), s.severity)),
    );
    text.list("event types", metadata.event_types.iter().map(event_type));
    let periods = metadata.periods.iter();
    text.list(
        "periods",
        periods.map(|p| {
            format!("{:?} {} to {}", p.kind, clock.at(p.start_ns), clock.at(p.end_ns)).to_lowercase()
        }),
    );
    text.list(
        "incidents",
        metadata.incidents.iter().map(|i| {
            let symptom = i.symptom.as_ref().map(|s| format!(", noticed at {}", safe(&s.service)));
            format!(
                "{}: {} to {}{}",
                safe(&i.id),
                clock.at(i.start_ns),
                clock.at(i.end_ns),
                symptom.unwrap_or_default()
            )
        }),
    );
    text.list("notes", overview.notes.iter().map(|n| safe(n).into_owned()));
    text.list("problems", overview.problems.iter().map(|p| safe(p).into_owned()));
    if !overview.read_through {
        text.line(format_args!("rows were not read; `validate` checks them all"));
    }
    text.0
}

fn header(text: &mut Lines, metadata: &RunMetadata) {
    let scenario = &metadata.scenario;
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            text.line(format_args!("  {name} {}", safe(value)));
        }
    };
    field("run id", &metadata.run_id);
    field("producer", &metadata.producer);
    field("world", &metadata.world);
    field("scenario", &scenario.name);
    field("  ", &scenario.description);
    field("seed", &metadata.seed.map_or_else(String::new, |seed| seed.to_string()));
    match metadata.time.unit {
        TimeUnit::Tick => field("time", &format!("ticks of {} ns", metadata.time.tick_ns)),
        TimeUnit::Ns => field("origin", metadata.time.origin.as_deref().unwrap_or("not known")),
    }
    field("observation", &format!("{:?}", metadata.observation).to_lowercase());
}

fn table(table: &TableOverview) -> String {
    let parts = if table.parts == 1 { "1 part".to_owned() } else { format!("{} parts", table.parts) };
    let signals: Vec<_> = table.signals.iter().take(TOLD).map(|s| safe(s)).collect();
    let signals =
        if signals.is_empty() { String::new() } else { format!(", signals {}", signals.join(", ")) };
    format!("{}: {} rows, {parts}{signals}", table.name, table.rows)
}

fn signal(signal: &SignalSpec) -> String {
    let mut text = safe(&signal.name).into_owned();
    if !signal.unit.is_empty() {
        text.push_str(&format!(" [{}]", safe(&signal.unit)));
    }
    text.push_str(&format!(", worse {:?}", signal.worse).to_lowercase());
    let bounds = [("baseline", signal.baseline), ("warning", signal.warning), ("critical", signal.critical)];
    for (name, value) in bounds {
        if let Some(value) = value {
            text.push_str(&format!(", {name} {value}"));
        }
    }
    text
}

fn event_type(event_type: &EventTypeSpec) -> String {
    let mechanism = if event_type.visibility == Visibility::Mechanism { ", mechanism" } else { "" };
    format!("{} ({}{mechanism})", safe(&event_type.name), format!("{:?}", event_type.role).to_lowercase())
}

fn bracket(kind: Option<&str>) -> String {
    kind.map_or_else(String::new, |kind| format!(" ({})", safe(kind)))
}

/// Text under construction.
struct Lines(String);

impl Lines {
    fn line(&mut self, content: impl Display) {
        self.0.push_str(content.to_string().trim_end());
        self.0.push('\n');
    }

    /// A heading with its number of entries, and the first of them.
    fn list(&mut self, heading: &str, entries: impl ExactSizeIterator<Item = String>) {
        let count = entries.len();
        if count == 0 {
            return;
        }
        self.line(format_args!("{heading} ({count})"));
        for entry in entries.take(TOLD) {
            self.line(format_args!("  {entry}"));
        }
        if count > TOLD {
            self.line(format_args!("  ... and {} more", count - TOLD));
        }
    }
}
