//! Propagation paths as code flows.

use serde_json::{Value, json};

use super::MAX_STEPS;
use super::place::{location, message, rows};
use crate::ci::model::BatchRun;
use crate::findings::{Findings, HopFinding, PathFinding};
use crate::text::{Text, number};
use crate::time::Clock;

/// A path: one thread, a step for each service, origin first.
pub(super) fn code_flow(run: &BatchRun, found: &Findings, path: &PathFinding) -> Value {
    let clock = Clock::new(&found.time);
    let standing = if path.confirmed { "Confirmed" } else { "Inferred" };
    let mut text =
        Text::words(format!("{standing} path, {} % by attention", number(path.probability * 100.0)));
    if path.hops.len() > MAX_STEPS {
        text.say(format!("; the first {MAX_STEPS} of {} services", path.hops.len()));
    }
    let steps: Vec<Value> =
        path.hops.iter().take(MAX_STEPS).enumerate().map(|(i, hop)| step(run, &clock, i, hop)).collect();
    json!({ "message": message(&text), "threadFlows": [{ "locations": steps }] })
}

fn step(run: &BatchRun, clock: &Clock, place: usize, hop: &HopFinding) -> Value {
    let mut text = Text::untrusted(&hop.service);
    match hop.onset_ns {
        Some(ns) => text.say(format!(" left its band at {}", clock.at(ns))),
        None => text.say(" has no onset of its own"),
    };
    if let Some(attention) = hop.attention {
        text.say(format!("; {} % of its distress is explained by the one before", number(attention * 100.0)));
    }
    text.cite_some(hop.cite.as_ref());
    let mut at = location(run, &[&hop.service]);
    at["message"] = message(&text);
    json!({
        "location": at,
        "executionOrder": place + 1,
        "importance": "essential",
        "properties": { "rows": rows(hop.cite.as_slice()) },
    })
}
