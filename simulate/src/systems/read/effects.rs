//! Chaos scenarios and remediations, with what they do.

use super::fields::{count, name, nonnegative, some_number, within};
use super::{MAX_ENTRIES, MAX_FACTOR, MAX_NUMBER};
use crate::scenario::{Flaws, Table, Value, did_you_mean, shorten};
use crate::systems::{
    Change, ChaosScenario, Effect, Metric, Operation, RemediationSpec, RemedyEffect, Signal,
};

/// Keys of the specification, section 6.
const EFFECT_KEYS: [&str; 7] = [
    "cpu_usage",
    "memory_growth",
    "isolated",
    "disk_usage",
    "service_down",
    "traffic_multiplier",
    "db_latency_multiplier",
];

/// A chaos scenario. Unknown keys of its effect do nothing and are warned of.
pub(super) fn chaos(table: &Table<'_>, warnings: &mut Vec<String>, flaws: &mut Flaws) -> ChaosScenario {
    table.only(&["name", "probability", "duration", "effect"], flaws);
    let chaos = ChaosScenario {
        name: name(table, "name", flaws),
        probability: nonnegative(table, "probability", 0.0, MAX_FACTOR, flaws),
        duration: count(table, "duration", 1, 1_000_000, flaws),
        effect: effect(table, flaws),
    };
    let name = shorten(&chaos.name);
    if chaos.effect == Effect::default() {
        warnings.push(format!("chaos scenario `{name}`: it has no effect"));
    }
    for key in &chaos.effect.ignored {
        warnings.push(format!("chaos scenario `{name}`: the effect `{}` does nothing", shorten(key)));
    }
    chaos
}

fn effect(chaos: &Table<'_>, flaws: &mut Flaws) -> Effect {
    let path = chaos.path_of("effect");
    let Some(node) = chaos.node("effect").filter(|node| node.value != Value::Null) else {
        return Effect::default();
    };
    let (Some(table), Value::Table(keys)) = (Table::open(node, &path, flaws), &node.value) else {
        return Effect::default();
    };
    table.check("", keys.len() <= MAX_ENTRIES, format!("more than {MAX_ENTRIES} keys"), flaws);
    let is_operation = |key: &str| Operation::ALL.iter().any(|operation| operation.name() == key);
    let ignored = keys.keys().filter(|key| !EFFECT_KEYS.contains(&key.as_str()) && !is_operation(key));
    Effect {
        cpu_usage: some_number(&table, "cpu_usage", 100.0, flaws),
        memory_growth: some_number(&table, "memory_growth", 100.0, flaws),
        // Presence counts, not truth.
        isolated: keys.contains_key("isolated"),
        disk_usage: some_number(&table, "disk_usage", 100.0, flaws),
        service_down: keys.contains_key("service_down"),
        traffic_multiplier: some_number(&table, "traffic_multiplier", MAX_FACTOR, flaws),
        db_latency_multiplier: some_number(&table, "db_latency_multiplier", MAX_FACTOR, flaws),
        changes: changes(&table, flaws),
        ignored: ignored.take(MAX_ENTRIES).cloned().collect(),
    }
}

/// A remediation.
pub(super) fn remediation(table: &Table<'_>, flaws: &mut Flaws) -> RemediationSpec {
    table.only(&["name", "success_rate", "cooldown", "handles", "effects"], flaws);
    let handles: Vec<String> = table.or("handles", Vec::new(), flaws);
    let metrics = Metric::ALL.map(Metric::name);
    for metric in handles.iter().filter(|metric| !metrics.contains(&metric.as_str())) {
        let what = format!("no alert is about `{}`", shorten(metric));
        let hint = did_you_mean(metric, metrics);
        flaws.add_with_hint(table.path_of("handles"), table.line_of("handles"), what, hint);
    }
    RemediationSpec {
        name: name(table, "name", flaws),
        success_rate: within(table, "success_rate", 1.0, (0.0, 1.0), flaws),
        cooldown: count(table, "cooldown", 0, 1_000_000, flaws),
        handles,
        effects: remedy_effects(table, flaws),
    }
}

fn remedy_effects(table: &Table<'_>, flaws: &mut Flaws) -> Option<RemedyEffect> {
    let effects = Table::open(table.node("effects")?, &table.path_of("effects"), flaws)?;
    let mut known = vec!["restart", "reconnect"];
    known.extend(Operation::ALL.map(Operation::name));
    effects.only(&known, flaws);
    Some(RemedyEffect {
        restart: effects.or("restart", false, flaws),
        reconnect: effects.or("reconnect", false, flaws),
        changes: changes(&effects, flaws),
    })
}

/// Generic changes: `set`, `add` and `multiply`, each a table of signals.
fn changes(table: &Table<'_>, flaws: &mut Flaws) -> Vec<Change> {
    let mut changes = Vec::new();
    for operation in Operation::ALL {
        let path = table.path_of(operation.name());
        let Some(signals) = table.node(operation.name()).and_then(|node| Table::open(node, &path, flaws))
        else {
            continue;
        };
        signals.only(&Signal::ALL.map(Signal::name), flaws);
        let bounds = match operation {
            Operation::Set => (0.0, MAX_NUMBER),
            Operation::Add => (-MAX_NUMBER, MAX_NUMBER),
            Operation::Multiply => (0.0, MAX_FACTOR),
        };
        for signal in Signal::ALL.into_iter().filter(|signal| signals.node(signal.name()).is_some()) {
            let value = within(&signals, signal.name(), 0.0, bounds, flaws);
            changes.push(Change { operation, signal, value });
        }
    }
    changes
}
