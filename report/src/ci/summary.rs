//! A batch as a job summary: Markdown that never exceeds a budget of bytes.
//!
//! Three lengths, and the longest that fits is taken: every run in the table; only runs that failed,
//! warned or could not be read; the totals with as many of those runs as fit. What is left out is
//! said. A row is there whole or not at all, so no cut falls into markup.

use super::model::{Batch, BatchRun};
use super::plain;
use crate::gate::{GateOutcome, Status};
use crate::markdown::escape_marked;
use crate::text::{Text, count};
use crate::time::Clock;

/// What GitHub takes for one step \[bytes\].
pub const SUMMARY_BYTES: usize = 1 << 20;

/// Longer names and messages are cut \[characters\].
const MAX_CHARS: usize = 240;
const HEAD: &str = "| run | verdict | root cause | blast radius | recovery | gates |\n\
                    | --- | --- | --- | --- | --- | --- |\n";

/// The batch as Markdown of at most `budget` bytes.
#[must_use]
pub fn to_summary(batch: &Batch, budget: usize) -> String {
    let totals = totals(batch);
    let all: Vec<&BatchRun> = batch.runs.iter().collect();
    let troubled: Vec<&BatchRun> = batch.runs.iter().filter(|run| is_troubled(run)).collect();
    let full = page(&totals, &all, &troubled, "");
    if full.len() <= budget {
        return full;
    }
    let quiet = all.len() - troubled.len();
    let note = format!("{} without trouble not listed, to keep this short.\n", count(quiet, "run", "runs"));
    let short = page(&totals, &troubled, &troubled, &note);
    if short.len() <= budget {
        return short;
    }
    first_rows(&totals, &troubled, quiet, budget)
}

/// The totals, and as many rows of troubled runs as fit.
fn first_rows(totals: &str, troubled: &[&BatchRun], quiet: usize, budget: usize) -> String {
    let note = |shown: usize| {
        let hidden = count(troubled.len() - shown, "failed run", "failed runs");
        format!(
            "{hidden} and {} without trouble not listed, to keep this short.\n",
            count(quiet, "run", "runs")
        )
    };
    let least = format!("{totals}\n{}", note(0));
    if least.len() > budget {
        return if totals.len() <= budget { totals.to_owned() } else { String::new() };
    }
    // The note is longest where nothing is shown.
    let room = budget - least.len();
    let mut rows = String::new();
    let mut shown = 0;
    for run in troubled {
        let row = row(run);
        if HEAD.len() + 1 + rows.len() + row.len() > room {
            break;
        }
        rows.push_str(&row);
        shown += 1;
    }
    if shown == 0 { least } else { format!("{totals}\n{HEAD}{rows}\n{}", note(shown)) }
}

fn page(totals: &str, rows: &[&BatchRun], troubled: &[&BatchRun], note: &str) -> String {
    let mut page = totals.to_owned();
    if !rows.is_empty() {
        page.push('\n');
        page.push_str(HEAD);
        rows.iter().for_each(|run| page.push_str(&row(run)));
    }
    if !troubled.is_empty() {
        page.push_str("\n### Why\n\n");
        troubled.iter().for_each(|run| page.push_str(&why(run)));
    }
    if !note.is_empty() {
        page.push('\n');
        page.push_str(note);
    }
    page
}

fn totals(batch: &Batch) -> String {
    let totals = batch.totals();
    let mut parts = vec![count(totals.runs, "run", "runs"), count(totals.incidents, "incident", "incidents")];
    if !batch.gates.is_empty() {
        parts.push(format!("{} failed at {}", totals.failed_runs, count(batch.gates.len(), "gate", "gates")));
    }
    for (n, what) in [(totals.broken, "not read"), (totals.warned, "warned"), (totals.undecided, "undecided")]
    {
        if n > 0 {
            parts.push(format!("{n} {what}"));
        }
    }
    let state = if batch.fails() || batch.is_broken() { "failed" } else { "passed" };
    format!("## infra-analyze: {state}\n\n{}\n", parts.join(", "))
}

/// Whether a run is worth more than a row: broken, or a gate tripped.
fn is_troubled(run: &BatchRun) -> bool {
    run.found.is_err() || run.gates.iter().any(|g| g.status == Status::Tripped)
}

fn row(run: &BatchRun) -> String {
    let dash = || "–".to_owned();
    let cells = match run.findings() {
        None => [name(run), "**not read**".to_owned(), dash(), dash(), dash(), gates(run)],
        Some(found) => {
            let clock = Clock::new(&found.time);
            let cause = found.root_cause().map_or_else(dash, |c| untrusted(&c.service));
            let recovery = match (found.impact.mttr_ns, found.impact.onset_ns) {
                (Some(ns), _) => clock.span(ns),
                (None, Some(_)) => "not in the record".to_owned(),
                (None, None) => dash(),
            };
            let radius = format!("{} of {}", found.blast_radius(), found.observed);
            [name(run), found.verdict.words().to_owned(), cause, radius, recovery, gates(run)]
        },
    };
    format!("| {} |\n", cells.join(" | "))
}

fn name(run: &BatchRun) -> String {
    untrusted(&run.title())
}

fn gates(run: &BatchRun) -> String {
    if run.gates.is_empty() {
        return "–".to_owned();
    }
    let of = |status| run.gates.iter().filter(|g| g.status == status).count();
    let told = [
        (of(Status::Tripped), "**", "tripped", "**"),
        (of(Status::Undecided), "", "undecided", ""),
        (of(Status::Passed), "", "passed", ""),
    ];
    let told: Vec<String> = told
        .iter()
        .filter(|t| t.0 > 0)
        .map(|(n, open, what, close)| format!("{open}{n} {what}{close}"))
        .collect();
    told.join(", ")
}

/// A run's tripped gates, or why it could not be read.
fn why(run: &BatchRun) -> String {
    let mut text = String::new();
    if let Err(broken) = &run.found {
        text.push_str(&format!("- {}: not read: {}\n", name(run), untrusted(&broken.message)));
    }
    for gate in run.gates.iter().filter(|g| g.status == Status::Tripped) {
        text.push_str(&format!("- {}: {}\n", name(run), reason(gate)));
    }
    text
}

fn reason(gate: &GateOutcome) -> String {
    let sign = if gate.fails() { "" } else { " (warning)" };
    format!("{}{sign}: {}", untrusted(&gate.gate), escape_marked(gate.why.marked()))
}

fn untrusted(text: &str) -> String {
    escape_marked(Text::untrusted(&plain::line(text, MAX_CHARS)).marked())
}
