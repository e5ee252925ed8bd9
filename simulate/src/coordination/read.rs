//! From the scenario tree to a checked [`CoordinationScenario`]. Every problem is collected.

use super::actions::Action;
use super::read_actions::ActionReader;
use super::scenario::{CoordinationScenario, LayoutName, OperationDefaults, PopulationPlan};
use crate::scenario::{Flaws, HEADER_KEYS, Node, Table, did_you_mean, read_header, shorten};

/// Fewest and most agents (issue 4).
const AGENTS: std::ops::RangeInclusive<u64> = 100..=1_000_000;
/// Largest cluster and largest sector.
const MAX_GROUP: u64 = 1000;
/// Longest run \[s\]: the reliability score looks back an hour, and the run is that hour.
pub(crate) const MAX_DURATION_S: u64 = 3600;
/// Longest window and timeout \[ms\].
const MAX_WAIT_MS: f64 = 600_000.0;
/// Largest payload weight.
const MAX_WEIGHT: f64 = 1e6;
/// Most actions and most starts of operations.
pub(crate) const MAX_ACTIONS: usize = 10_000;
/// Most messages that all operations of a scenario may send together: agents times starts.
const MAX_TARGETS: u64 = 50_000_000;

const TOP_KEYS: [&str; 4] = ["population", "run", "operations", "actions"];
const POPULATION_KEYS: [&str; 4] = ["agents", "cluster_size", "clusters_per_sector", "layout"];
const OPERATION_KEYS: [&str; 5] = ["window_ms", "min_rate", "timeout_ms", "weight", "priority"];

/// Reads a coordination scenario. What is returned is valid only if `flaws` stayed empty.
pub(crate) fn read(document: &Node, default_name: &str, flaws: &mut Flaws) -> Option<CoordinationScenario> {
    let top = Table::open(document, "", flaws)?;
    let known: Vec<&str> = HEADER_KEYS.into_iter().chain(TOP_KEYS).collect();
    top.only(&known, flaws);
    let header = read_header(&top, default_name, flaws);
    if let Some(switches) = top.node("switches").and_then(|node| Table::open(node, "switches", flaws)) {
        switches.only(&[], flaws);
    }
    let population = population(&top, flaws);
    let duration_s = duration_s(&top, flaws);
    let operations = operations(&top, flaws);
    let tables = top.tables("actions", flaws);
    let what = format!("{} actions; the limit is {MAX_ACTIONS}", tables.len());
    top.check("actions", tables.len() <= MAX_ACTIONS, what, flaws);
    let reader = ActionReader { population, operations, end_ms: duration_s.saturating_mul(1000) };
    let actions: Vec<Action> =
        tables.iter().take(MAX_ACTIONS).filter_map(|table| reader.action(table, flaws)).collect();
    let starts: u64 = actions.iter().filter_map(|a| a.operation).map(|o| u64::from(o.repeat)).sum();
    let targets = starts.saturating_mul(u64::from(population.agents));
    let what = format!("{targets} messages (agents times operations); the limit is {MAX_TARGETS}");
    top.check("actions", targets <= MAX_TARGETS, what, flaws);
    Some(CoordinationScenario { header, population, duration_s, operations, actions })
}

fn population(top: &Table<'_>, flaws: &mut Flaws) -> PopulationPlan {
    let mut plan = PopulationPlan::default();
    let Some(table) = top.node("population").and_then(|node| Table::open(node, "population", flaws)) else {
        return plan;
    };
    table.only(&POPULATION_KEYS, flaws);
    let agents: u64 = table.or("agents", 30_000, flaws);
    let (least, most) = (*AGENTS.start(), *AGENTS.end());
    let what = format!("{agents} agents; expected {least} to {most}");
    table.check("agents", AGENTS.contains(&agents), what, flaws);
    let mut group = |key: &str, default: u64| {
        let size: u64 = table.or(key, default, flaws);
        let fits = (1..=MAX_GROUP).contains(&size);
        table.check(key, fits, format!("{size}; expected 1 to {MAX_GROUP}"), flaws);
        // In range by the check; what fails it is never used.
        if fits { size as u32 } else { 1 }
    };
    plan.cluster_size = group("cluster_size", 30);
    plan.clusters_per_sector = group("clusters_per_sector", 10);
    if AGENTS.contains(&agents) {
        plan.agents = agents as u32;
    }
    let layouts = [("mixed", LayoutName::Mixed), ("by_class", LayoutName::ByClass)];
    plan.layout = named(&table, "layout", &layouts, flaws).unwrap_or_default();
    plan
}

fn duration_s(top: &Table<'_>, flaws: &mut Flaws) -> u64 {
    let Some(table) = top.node("run").and_then(|node| Table::open(node, "run", flaws)) else {
        return 60;
    };
    table.only(&["duration_s"], flaws);
    let duration: u64 = table.or("duration_s", 60, flaws);
    let fits = (10..=MAX_DURATION_S).contains(&duration);
    table.check("duration_s", fits, format!("{duration} s; expected 10 to {MAX_DURATION_S}"), flaws);
    if fits { duration } else { MAX_DURATION_S }
}

fn operations(top: &Table<'_>, flaws: &mut Flaws) -> OperationDefaults {
    let Some(table) = top.node("operations").and_then(|node| Table::open(node, "operations", flaws)) else {
        return OperationDefaults::default();
    };
    table.only(&OPERATION_KEYS, flaws);
    operation_values(&table, OperationDefaults::default(), flaws)
}

pub(crate) fn operation_values(
    table: &Table<'_>,
    default: OperationDefaults,
    flaws: &mut Flaws,
) -> OperationDefaults {
    let mut within = |key: &str, default: f64, least: f64, most: f64| {
        let value: f64 = table.or(key, default, flaws);
        let what = format!("{value:?}; expected {least} to {most}");
        table.check(key, (least..=most).contains(&value), what, flaws);
        value
    };
    let window_ms = within("window_ms", default.window_ms, 0.0, MAX_WAIT_MS);
    let min_rate = within("min_rate", default.min_rate, 0.0, 1.0);
    let timeout_ms = within("timeout_ms", default.timeout_ms, 0.0, MAX_WAIT_MS);
    let weight = within("weight", default.weight, 0.0, MAX_WEIGHT);
    let priority: u64 = table.or("priority", u64::from(default.priority), flaws);
    table.check("priority", priority <= 3, format!("{priority}; expected 0 to 3"), flaws);
    OperationDefaults { window_ms, min_rate, timeout_ms, weight, priority: priority.min(3) as u8 }
}

/// The thing of that name; absent is `None`, an unknown name is a flaw.
pub(crate) fn named<T: Copy>(
    table: &Table<'_>,
    key: &str,
    known: &[(&str, T)],
    flaws: &mut Flaws,
) -> Option<T> {
    let text: String = table.optional(key, flaws)?;
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        flaws.add_with_hint(
            table.path_of(key),
            table.line_of(key),
            format!("unknown {key} `{}`", shorten(&text)),
            did_you_mean(&text, known.iter().map(|(name, _)| *name)),
        );
    }
    found
}
