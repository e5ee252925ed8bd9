//! Rules: one for each verdict that occurs, each gate, and runs that cannot be read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::place::{escaped, fingerprint};
use crate::ci::model::Batch;
use crate::ci::plain;
use crate::gate::{Field, Severity};
use crate::verdict::Verdict;

/// Rule of runs that could not be read.
pub(super) const UNREADABLE: &str = "run/unreadable";

/// Longer names of gates are cut in ids \[bytes\].
const MAX_NAME: usize = 200;

/// The place of each rule in the list.
pub(super) type Places = BTreeMap<String, usize>;

/// The rule of a verdict.
pub(super) fn verdict_id(verdict: Verdict) -> String {
    format!("verdict/{}", verdict.id())
}

/// The rule of a gate; a long name is cut and told apart by its hash.
pub(super) fn gate_id(name: &str) -> String {
    let line = plain::line(name, MAX_NAME);
    if line == name { format!("gate/{line}") } else { format!("gate/{line}-{}", fingerprint(&[name])) }
}

/// The rules and their places, in the order verdicts, gates, broken runs.
pub(super) fn rules(batch: &Batch) -> (Vec<Value>, Places) {
    let mut rules: Vec<(String, Value)> = Vec::new();
    let verdicts: BTreeSet<Verdict> =
        batch.runs.iter().filter_map(|run| run.findings()).map(|found| found.verdict).collect();
    for verdict in verdicts.into_iter().filter(|v| *v != Verdict::NoIncident) {
        let meaning = Field::Detector(verdict).doc();
        let description = format!("{}: {meaning}.", sentence_case(verdict.words()));
        rules.push((
            verdict_id(verdict),
            rule(&verdict_id(verdict), &camel(verdict.id()), &description, "note"),
        ));
    }
    for gate in &batch.gates {
        let id = gate_id(&gate.name);
        let level = if gate.severity == Severity::Error { "error" } else { "warning" };
        let expr = escaped(&plain::line(&gate.expr.to_string(), 900));
        rules.push((id.clone(), rule(&id, "Gate", &format!("Trips if {expr}."), level)));
    }
    let text = "A run could not be read or analysed.";
    rules.push((UNREADABLE.to_owned(), rule(UNREADABLE, "Unreadable", text, "error")));

    let mut places = Places::new();
    let mut listed = Vec::new();
    for (id, rule) in rules {
        if let Entry::Vacant(place) = places.entry(id) {
            place.insert(listed.len());
            listed.push(rule);
        }
    }
    (listed, places)
}

fn rule(id: &str, name: &str, description: &str, level: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "shortDescription": { "text": description },
        "fullDescription": { "text": description },
        "help": { "text": description },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["reliability"] },
    })
}

fn sentence_case(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `retry_storm` as `RetryStorm`, the form of names that SARIF recommends.
fn camel(id: &str) -> String {
    id.split('_').map(sentence_case).collect()
}
