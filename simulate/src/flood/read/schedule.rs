//! Reading `[[schedule]]`: events with their payloads.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::error::nearest;

use super::name;
use crate::flood::action::{Action, EVENT_TYPES};
use crate::flood::scenario::{Agent, Entry, Switches};
use crate::kernel::Limits;
use crate::scenario::{Flaws, Node, Table, Value, shorten};

/// Keys of an entry.
pub(crate) const ENTRY_KEYS: [&str; 6] = ["delay", "repeat", "spacing", "event_type", "source", "payload"];

/// Warnings beyond this number are not kept.
const MAX_WARNINGS: usize = 20;

/// Keys of a payload; `None` for event types that nobody knows, whose payload is free.
pub(crate) fn payload_keys(event_type: &str) -> Option<&'static [&'static str]> {
    match event_type {
        "FLOOD_IMPACT" => Some(&["intensity", "affected_services"]),
        "NORMAL_DEMAND" | "DEMAND_SPIKE" => Some(&["intensity"]),
        "SERVICE_OVERLOAD" => Some(&["delta_stress"]),
        "POLICY_INTENT" => Some(&["desired_delay", "budget_release"]),
        "POLICY_INTERVENTION" => Some(&["budget_release"]),
        "DEPENDENCY_IMPACT" => Some(&["target", "intensity"]),
        _ => None,
    }
}

/// Reads all entries.
pub(super) fn read(
    top: &Table<'_>,
    switches: &Switches,
    agents: &[Agent],
    limits: Limits,
    warnings: &mut Vec<String>,
    flaws: &mut Flaws,
) -> Vec<Entry> {
    let ids: BTreeSet<&str> = agents.iter().map(|agent| agent.id.as_str()).collect();
    let mut events: u64 = 0;
    let mut entries = Vec::new();
    for table in top.tables("schedule", flaws) {
        let entry = entry(&table, switches, flaws);
        let before = events;
        events = events.saturating_add(entry.repeat);
        // Said once, at the entry that goes beyond.
        if events > limits.events && before <= limits.events {
            let what = format!("{events} scheduled events up to here, the cap is {}", limits.events);
            flaws.add(table.path_of("repeat"), table.line_of("repeat"), what);
        }
        warn(&table, &entry, &ids, warnings);
        entries.push(entry);
    }
    entries
}

fn entry(table: &Table<'_>, switches: &Switches, flaws: &mut Flaws) -> Entry {
    table.only(&ENTRY_KEYS, flaws);
    let delay: i64 = table.required("delay", flaws);
    table.check(
        "delay",
        delay >= 0,
        format!("a negative delay ({delay}); the past cannot be scheduled"),
        flaws,
    );
    let repeat: u64 = table.or("repeat", 1, flaws);
    let spacing: i64 = table.or("spacing", 0, flaws);
    table.check("spacing", spacing >= 0, format!("a negative spacing ({spacing})"), flaws);
    let last = i64::try_from(repeat.saturating_sub(1))
        .ok()
        .and_then(|n| n.checked_mul(spacing))
        .and_then(|span| span.checked_add(delay));
    table.check("delay", last.is_some(), "the last repetition is beyond 64 bits of ticks", flaws);
    let event_type = name(table, "event_type", flaws);
    Entry {
        delay,
        repeat,
        spacing,
        source: name(table, "source", flaws),
        action: action(table, &event_type, switches, flaws),
    }
}

fn action(table: &Table<'_>, event_type: &str, switches: &Switches, flaws: &mut Flaws) -> Action {
    let empty = Node { line: table.line(), value: Value::Table(BTreeMap::new()) };
    let node = table.node("payload").unwrap_or(&empty);
    let other = |flaws: &mut Flaws| {
        let payload = Table::open(node, &table.path_of("payload"), flaws).map(|_| node.value.to_json());
        let payload = match payload {
            Some(serde_json::Value::Object(map)) => map.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Action::Other { event_type: event_type.to_owned(), payload }
    };
    // Without coupling this type has no effect, like any unknown one.
    let has_effect = event_type != "DEPENDENCY_IMPACT" || switches.coupling > 0.0;
    let Some(keys) = payload_keys(event_type).filter(|_| has_effect) else {
        return other(flaws);
    };
    let Some(payload) = Table::open(node, &table.path_of("payload"), flaws) else {
        return other(flaws);
    };
    payload.only(keys, flaws);
    match event_type {
        "FLOOD_IMPACT" => Action::FloodImpact {
            intensity: payload.required("intensity", flaws),
            affected_services: payload.required("affected_services", flaws),
        },
        "NORMAL_DEMAND" | "DEMAND_SPIKE" => Action::Demand {
            spike: event_type == "DEMAND_SPIKE",
            intensity: payload.required("intensity", flaws),
        },
        "SERVICE_OVERLOAD" => {
            Action::ServiceOverload { delta_stress: payload.required("delta_stress", flaws) }
        },
        "POLICY_INTENT" => {
            let desired_delay: i64 = payload.required("desired_delay", flaws);
            let what = format!("a negative delay ({desired_delay})");
            payload.check("desired_delay", desired_delay >= 0, what, flaws);
            Action::PolicyIntent { desired_delay, budget_release: payload.required("budget_release", flaws) }
        },
        "POLICY_INTERVENTION" => {
            Action::PolicyIntervention { budget_release: payload.or("budget_release", 0.0, flaws) }
        },
        _ => Action::DependencyImpact {
            target: name(&payload, "target", flaws),
            intensity: payload.required("intensity", flaws),
        },
    }
}

/// What is allowed and yet probably not meant.
fn warn(table: &Table<'_>, entry: &Entry, ids: &BTreeSet<&str>, warnings: &mut Vec<String>) {
    if warnings.len() >= MAX_WARNINGS {
        return;
    }
    let place = |key: &str| format!("{} (line {})", table.path_of(key), table.line_of(key));
    match &entry.action {
        Action::Other { event_type, .. } => {
            if let Some(near) = nearest(event_type, EVENT_TYPES) {
                warnings.push(format!(
                    "{}: `{}` has no effect (did you mean `{near}`?)",
                    place("event_type"),
                    shorten(event_type)
                ));
            }
        },
        Action::FloodImpact { affected_services, .. } => {
            let strangers = affected_services.iter().filter(|id| !ids.contains(id.as_str()));
            for id in strangers.take(MAX_WARNINGS) {
                warnings.push(format!("{}: `{}` is no agent", place("payload"), shorten(id)));
            }
        },
        _ => {},
    }
}
