//! A batch as SARIF 2.1.0: one SARIF run, a result for each incident, tripped gate and broken run.
//!
//! * An incident is a `note` (a verdict is no failure of the job by itself) with its propagation
//!   paths as code flows, one location per service on the path, with the rows that show it.
//! * A tripped gate is an `error` or a `warning`; a run that could not be read is an `error`.
//! * Where: the run's name as a relative URI. A table has no lines; GitHub wants a region, so it
//!   is line 1. Services are logical locations; rows are in messages and in `properties.rows`.
//! * `partialFingerprints` name the rule, the run, the incident and the first suspect, no figures: the
//!   same finding of the next run has the same fingerprint.
//!
//! GitHub's limits are kept: one run, at most [`MAX_RESULTS`] results (errors first, then warnings),
//! [`MAX_STEPS`] locations in a flow, and [`MAX_BYTES`] in all, not compressed. What was left out is
//! told in a notification.

mod flow;
mod place;
mod rule;

use serde_json::{Value, json};

use super::model::{Batch, BatchRun};
use super::plain;
use crate::error::RenderError;
use crate::gate::{GateOutcome, Severity, Status};
use crate::text::{Text, count};
use crate::verdict::Verdict;
use place::{location, message, rows};

/// Results of one SARIF run that GitHub shows.
pub const MAX_RESULTS: usize = 5000;
/// Locations of one thread flow that GitHub shows.
pub const MAX_STEPS: usize = 1000;
/// GitHub takes 10 MB, compressed; this many bytes are never more.
pub const MAX_BYTES: usize = 9_500_000;

/// Schema that the output names and follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The batch as SARIF.
///
/// # Errors
/// [`RenderError::Json`] if a number cannot be written as JSON.
pub fn to_sarif(batch: &Batch) -> Result<String, RenderError> {
    let (rules, places) = rule::rules(batch);
    let mut found: Vec<Found> = batch.runs.iter().flat_map(|run| of_run(run, &places)).collect();
    // Stable: within a level, the order of runs and gates.
    found.sort_by_key(|f| f.level);
    let all = found.len();
    found.truncate(MAX_RESULTS);

    // Rules come first, then results as long as they fit; flows go before results do.
    let mut left = MAX_BYTES.saturating_sub(serde_json::to_string(&rules)?.len() + 10_000);
    let (mut results, mut flows_dropped) = (Vec::new(), 0);
    for Found { mut result, .. } in found {
        let mut size = serde_json::to_string(&result)?.len() + 1;
        if size > left && result.get("codeFlows").is_some() {
            result.as_object_mut().map(|r| r.remove("codeFlows"));
            size = serde_json::to_string(&result)?.len() + 1;
            flows_dropped += 1;
        }
        if size > left {
            break;
        }
        left -= size;
        results.push(result);
    }

    let mut notes = Vec::new();
    if results.len() < all {
        notes.push(format!(
            "{} left out: {} are told",
            count(all - results.len(), "result", "results"),
            results.len()
        ));
    }
    if flows_dropped > 0 {
        notes.push(format!(
            "{} told without paths, to keep the file small",
            count(flows_dropped, "result", "results")
        ));
    }
    let notifications: Vec<Value> =
        notes.into_iter().map(|text| json!({ "level": "warning", "message": { "text": text } })).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "infra-analyze",
                "version": plain::line(&batch.version, 40),
                "rules": rules,
            } },
            "automationDetails": { "id": "infra-analyze/" },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": !batch.is_broken(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    let mut text = serde_json::to_string(&log)?;
    text.push('\n');
    Ok(text)
}

/// Levels, the most important first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    const fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

struct Found {
    level: Level,
    result: Value,
}

/// The results of one run.
fn of_run(run: &BatchRun, rules: &rule::Places) -> Vec<Found> {
    let mut found = Vec::new();
    match &run.found {
        Err(broken) => {
            let mut text = Text::words("The run could not be read: ");
            text.name(&broken.message);
            found.push(result(run, rules, rule::UNREADABLE, Level::Error, &text, ""));
        },
        Ok(findings) if findings.verdict != Verdict::NoIncident => found.push(incident(run, rules)),
        Ok(_) => {},
    }
    found.extend(run.gates.iter().filter(|g| g.status == Status::Tripped).map(|g| gate(run, rules, g)));
    found
}

fn incident(run: &BatchRun, rules: &rule::Places) -> Found {
    let mut text = Text::new();
    let mut cause = "";
    let mut cites = Vec::new();
    let mut services = Vec::new();
    let mut flows = Vec::new();
    let mut verdict = Verdict::NoIncident;
    if let Some(f) = run.findings() {
        verdict = f.verdict;
        text.say(format!("Verdict: {}.", f.verdict.words()));
        if let Some(first) = f.root_cause() {
            text.say(" First suspect: ").name(&first.service);
            cause = &first.service;
            cites.clone_from(&first.cites);
            services.push(first.service.as_str());
            if let Some(level) = f.confidence {
                text.say(format!(" (confidence {})", level.words()));
            }
            first.cites.iter().take(3).for_each(|cite| {
                text.cite(cite);
            });
            text.say(".");
        }
        let affected = count(f.blast_radius(), "service", "services");
        text.say(format!(" Blast radius: {affected} of {} observed.", f.observed));
        flows = f.paths.iter().map(|path| flow::code_flow(run, f, path)).collect();
    }
    let mut found = result(run, rules, &rule::verdict_id(verdict), Level::Note, &text, cause);
    found.result["locations"] = json!([location(run, &services)]);
    found.result["properties"] = json!({ "rows": rows(&cites) });
    if !flows.is_empty() {
        found.result["codeFlows"] = Value::Array(flows);
    }
    found
}

fn gate(run: &BatchRun, rules: &rule::Places, gate: &GateOutcome) -> Found {
    let level = if gate.severity == Severity::Error { Level::Error } else { Level::Warning };
    let mut text = Text::words("Gate ");
    text.name(&plain::line(&gate.gate, 200)).say(" tripped: ").text(&gate.why);
    let mut found = result(run, rules, &rule::gate_id(&gate.gate), level, &text, "");
    found.result["properties"] = json!({ "expr": gate.expr, "rows": rows(&gate.cites) });
    found
}

/// A result at the run as a whole; `detail` is what else tells it from others of its rule and run.
fn result(
    run: &BatchRun,
    rules: &rule::Places,
    rule: &str,
    level: Level,
    text: &Text,
    detail: &str,
) -> Found {
    let hash = place::fingerprint(&[rule, &run.title(), detail]);
    let mut result = json!({
        "ruleId": rule,
        "level": level.id(),
        "message": message(text),
        "locations": [location(run, &[])],
        // The first is GitHub's own name; it takes any text, and would count lines without it.
        "partialFingerprints": { "primaryLocationLineHash": format!("{hash}:1"), "infraFinding/v1": hash },
    });
    if let Some(index) = rules.get(rule) {
        result["ruleIndex"] = json!(index);
    }
    Found { level, result }
}
