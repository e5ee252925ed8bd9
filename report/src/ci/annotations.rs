//! A batch as annotations of a CI job: GitHub's workflow commands, or plain lines for others.
//!
//! GitHub shows ten errors and ten warnings of a step; what is beyond is counted in a notice. Text
//! from a log stays within its line and is escaped, so it cannot carry a command of its own.

use std::fmt::Write;

use super::model::Batch;
use crate::gate::{Severity, Status};

/// How annotations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `::error title=...::...`, for GitHub Actions and its like.
    GitHub,
    /// `error: ...`, for people and other CI.
    Plain,
}

/// Errors that GitHub shows of one step, and as many warnings.
const MOST: usize = 10;
/// Longer titles and messages are cut \[characters\].
const MAX_TITLE: usize = 120;
const MAX_MESSAGE: usize = 1000;

/// The batch as lines; empty if there is nothing to tell.
///
/// Errors are broken runs and gates that fail the job; warnings are gates that warn, then gates
/// that the record does not decide.
#[must_use]
pub fn to_annotations(batch: &Batch, style: Style) -> String {
    let told = told(batch);
    let mut out = String::new();
    let mut beyond: Vec<String> = Vec::new();
    for (level, one, many) in [("error", "error", "errors"), ("warning", "warning", "warnings")] {
        let of_level = || told.iter().filter(|t| t.level == level);
        for t in of_level().take(MOST) {
            write_line(&mut out, style, level, &t.title, &t.message);
        }
        let more = of_level().count().saturating_sub(MOST);
        if more > 0 {
            beyond.push(format!("{more} more {}", if more == 1 { one } else { many }));
        }
    }
    if !beyond.is_empty() {
        let message =
            format!("{} not listed here; the batch's JSON and JUnit files have all", beyond.join(" and "));
        write_line(&mut out, style, "notice", "infra-analyze", &message);
    }
    out
}

struct Told {
    level: &'static str,
    title: String,
    message: String,
}

/// Everything worth an annotation: broken runs, then tripped gates, then undecided ones.
fn told(batch: &Batch) -> Vec<Told> {
    let mut told = Vec::new();
    for run in &batch.runs {
        if let Err(broken) = &run.found {
            told.push(Told {
                level: "error",
                title: run.title(),
                message: format!("not read: {}", broken.message),
            });
        }
    }
    for wanted in [Status::Tripped, Status::Undecided] {
        for run in &batch.runs {
            for gate in run.gates.iter().filter(|g| g.status == wanted) {
                // That a broken run decides nothing goes without saying.
                if wanted == Status::Undecided && run.found.is_err() {
                    continue;
                }
                let fails = wanted == Status::Tripped && gate.severity == Severity::Error;
                let message = match wanted {
                    Status::Undecided => format!("{} is undecided: {}", gate.gate, gate.why.plain()),
                    _ => format!("{}: {}", gate.gate, gate.why.plain()),
                };
                told.push(Told {
                    level: if fails { "error" } else { "warning" },
                    title: run.title(),
                    message,
                });
            }
        }
    }
    told
}

fn write_line(out: &mut String, style: Style, level: &str, title: &str, message: &str) {
    let title = super::plain::line(title, MAX_TITLE);
    let message = super::plain::line(message, MAX_MESSAGE);
    let _ = match style {
        Style::GitHub => writeln!(out, "::{level} title={}::{}", property(&title), data(&message)),
        // `##[...]`, `##vso[...]` and `##teamcity[...]` are commands wherever they stand in a line.
        Style::Plain => {
            writeln!(out, "{level}: {}: {}", title.replace("##", "# #"), message.replace("##", "# #"))
        },
    };
}

/// The value of a command's property, escaped as GitHub's own toolkit does it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
