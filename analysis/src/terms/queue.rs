//! Terms of the queue world: break-point and catalyst, states of the control ticks, loss and what
//! it consists of, retries.

use std::collections::{BTreeMap, BTreeSet};

use infra_ingest::records::Record;

use super::Told;
use crate::cite::Cite;
use crate::text::{Text, count, number};
use infra_report::model::Fact;

pub(super) const TYPES: &[&str] =
    &["CONTROL_TICK", "REQUEST_CREATED", "FAULT_INJECTED", "REQUEST_COMPLETED", "REQUEST_TIMEOUT"];

const STATES: [&str; 3] = ["STABLE", "DEGRADED", "COLLAPSED"];

pub(super) fn facts(told: &Told<'_>) -> Vec<Fact> {
    let ticks: Vec<&Record> = told.records.of("CONTROL_TICK").collect();
    let mut facts = Vec::new();
    facts.extend(break_point(told, &ticks));
    facts.extend(states(&ticks));
    facts.extend(pressure(&ticks));
    if told.records.left_out == 0 {
        facts.extend(loss(told));
        facts.extend(attempts(told));
    }
    facts
}

fn cite(record: &Record) -> Cite {
    Cite::row("events", record.seq)
}

/// The first COLLAPSED tick, and the anomaly that made the detector say so.
fn break_point(told: &Told<'_>, ticks: &[&Record]) -> Option<Fact> {
    let last = ticks.last()?;
    let Some(first) = ticks.iter().find(|t| t.text("state") == Some("COLLAPSED")) else {
        let mut value = Text::words("none: the controller called no tick COLLAPSED");
        value.cite(&cite(last));
        return Some(Fact { label: "Break-point", value });
    };
    let anomalies = first.attributes.get("anomalies").and_then(|a| a.as_array());
    let catalyst = anomalies.and_then(|a| a.first()).and_then(|a| a.as_str());
    let mut value = Text::words(told.clock.at(first.time_ns));
    if let Some(catalyst) = catalyst {
        value.say(", catalyst ").name(catalyst);
    }
    value.cite(&cite(first));
    let after = ticks.iter().filter(|t| t.seq > first.seq && t.text("state") == Some("COLLAPSED")).count();
    value.say(match after {
        0 => "; no later tick is COLLAPSED, and a single one is no trouble by itself".to_owned(),
        n => format!("; {} likewise", count(n, "later tick", "later ticks")),
    });
    Some(Fact { label: "Break-point", value })
}

fn states(ticks: &[&Record]) -> Option<Fact> {
    let last = ticks.last()?;
    let of = |state: &str| ticks.iter().filter(|t| t.text("state") == Some(state)).count();
    let parts = STATES.map(|state| format!("{} {state}", of(state)));
    let mut value = Text::words(format!("{} of {}; the last is ", parts.join(", "), ticks.len()));
    value.name(last.text("state").unwrap_or_default()).cite(&cite(last));
    Some(Fact { label: "Control ticks", value })
}

fn pressure(ticks: &[&Record]) -> Option<Fact> {
    let depth = |t: &&&Record| t.number("queue_depth").unwrap_or(0.0);
    let most = ticks.iter().max_by(|a, b| depth(a).total_cmp(&depth(b)).then(b.seq.cmp(&a.seq)))?;
    let held = ticks.iter().filter(|t| t.number("throttle").is_some_and(|s| s > 0.0)).count();
    let mut value = Text::words(format!("{} waiting at the worst tick", number(depth(&most))));
    value.cite(&cite(most)).say(format!("; clients were throttled at {held} of {} ticks", ticks.len()));
    Some(Fact { label: "Queue and throttle", value })
}

/// Share of the clients without a good answer, and why.
fn loss(told: &Told<'_>) -> Option<Fact> {
    let agent = |r: &Record| r.number("agent").map(|a| a as u64);
    let requests = || told.records.rows.iter().filter(|r| r.event_type != "CONTROL_TICK");
    let clients: BTreeSet<u64> = requests().filter_map(agent).collect();
    let good = |r: &&Record| {
        r.event_type == "REQUEST_COMPLETED" && r.text("failure_mode") == Some("NOMINAL_OPERATION")
    };
    let served: BTreeSet<u64> = requests().filter(good).filter_map(agent).collect();
    let share = 1.0 - served.len() as f64 / clients.len().max(1) as f64;
    let limits = told.metadata.signal("error_rate");
    let beyond = |limit: Option<f64>| limit.filter(|l| share >= *l);
    let mut value =
        Text::words(format!("{:.1} % of {} clients got no good answer", 100.0 * share, clients.len()));
    match (beyond(limits.critical), beyond(limits.warning)) {
        (Some(l), _) => value.say(format!(", at least the {:.0} % that resolve to COLLAPSED", 100.0 * l)),
        (None, Some(l)) => value.say(format!(", at least the {:.0} % that resolve to DEGRADED", 100.0 * l)),
        (None, None) => value.say(", less than what resolves to DEGRADED"),
    };
    let mut kinds: BTreeMap<&str, (u64, &Record)> = BTreeMap::new();
    for record in requests() {
        if let Some(kind) = record.text("failure_mode").filter(|k| *k != "NOMINAL_OPERATION") {
            kinds.entry(kind).or_insert((0, record)).0 += 1;
        }
    }
    for (i, (kind, (n, first))) in kinds.into_iter().enumerate() {
        value.say(if i == 0 { "; " } else { ", " }).name(kind).say(format!(" {n}")).cite(&cite(first));
    }
    (!clients.is_empty()).then_some(Fact { label: "Loss", value })
}

fn attempts(told: &Told<'_>) -> Option<Fact> {
    let is_attempt = |r: &&Record| matches!(r.event_type.as_str(), "REQUEST_CREATED" | "FAULT_INJECTED");
    let all: Vec<&Record> = told.records.rows.iter().filter(is_attempt).collect();
    let first = all.iter().find(|r| r.number("attempt").is_some_and(|a| a > 0.0))?;
    let again = all.iter().filter(|r| r.number("attempt").is_some_and(|a| a > 0.0)).count();
    let mut value =
        Text::words(format!("{again} of {} attempts are not the first of their client", all.len()));
    value.cite(&cite(first));
    Some(Fact { label: "Retries", value })
}
