//! From the scenario tree to a checked [`CoordinationScenario`]. Every problem is collected.

use super::actions::{Action, ActionKind, Operation, Scope, StrategyName};
use super::scenario::{CoordinationScenario, LayoutName, OperationDefaults, PopulationPlan};
use crate::scenario::{Flaws, HEADER_KEYS, Node, Table, Value, did_you_mean, read_header, shorten};

/// Fewest and most agents (issue 4).
const AGENTS: std::ops::RangeInclusive<u64> = 100..=1_000_000;
/// Largest cluster and largest sector.
const MAX_GROUP: u64 = 1000;
/// Longest run \[s\]: the reliability score looks back an hour, and the run is that hour.
const MAX_DURATION_S: u64 = 3600;
/// Longest window and timeout \[ms\].
const MAX_WAIT_MS: f64 = 600_000.0;
/// Largest payload weight.
const MAX_WEIGHT: f64 = 1e6;
/// Most actions and most starts of operations.
const MAX_ACTIONS: usize = 10_000;
/// Most messages that all operations of a scenario may send together: agents times starts.
const MAX_TARGETS: u64 = 50_000_000;

const TOP_KEYS: [&str; 4] = ["population", "run", "operations", "actions"];
const POPULATION_KEYS: [&str; 4] = ["agents", "cluster_size", "clusters_per_sector", "layout"];
const OPERATION_KEYS: [&str; 5] = ["window_ms", "min_rate", "timeout_ms", "weight", "priority"];
const ACTION_KEYS: [&str; 6] = ["t_ms", "kind", "scope", "ids", "duration_ms", "value"];
const START_KEYS: [&str; 13] = [
    "t_ms",
    "kind",
    "scope",
    "ids",
    "strategy",
    "window_ms",
    "min_rate",
    "timeout_ms",
    "weight",
    "priority",
    "approved",
    "repeat",
    "every_ms",
];

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

fn operation_values(table: &Table<'_>, default: OperationDefaults, flaws: &mut Flaws) -> OperationDefaults {
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

/// What the actions of one scenario are checked against.
struct ActionReader {
    population: PopulationPlan,
    operations: OperationDefaults,
    end_ms: u64,
}

impl ActionReader {
    fn action(&self, table: &Table<'_>, flaws: &mut Flaws) -> Option<Action> {
        let kind = required_name(table, "kind", &ActionKind::ALL, flaws)?;
        let known: &[&str] = if kind == ActionKind::Operation { &START_KEYS } else { &ACTION_KEYS };
        table.only(known, flaws);
        let t_ms: u64 = table.required("t_ms", flaws);
        let what = format!("{t_ms} ms is beyond the run, which ends at {} ms", self.end_ms);
        table.check("t_ms", t_ms <= self.end_ms, what, flaws);
        let scope = scope(table, kind, flaws);
        let ids = self.ids(table, scope, flaws);
        let duration_ms: Option<u64> = table.optional("duration_ms", flaws);
        let what = "expected 1 ms to the longest run's 3600000 ms; absent is to the end";
        let longest = MAX_DURATION_S * 1000;
        table.check("duration_ms", duration_ms.is_none_or(|d| (1..=longest).contains(&d)), what, flaws);
        let operation = (kind == ActionKind::Operation).then(|| self.operation(table, t_ms, flaws));
        let value = if operation.is_some() { None } else { value(table, kind, flaws) };
        Some(Action { t_ms, kind, scope, ids, duration_ms, value, operation })
    }

    fn operation(&self, table: &Table<'_>, t_ms: u64, flaws: &mut Flaws) -> Operation {
        let strategy = named(table, "strategy", &StrategyName::ALL, flaws).unwrap_or(StrategyName::Scatter);
        let values = operation_values(table, self.operations, flaws);
        let repeat: u64 = table.or("repeat", 1, flaws);
        let fits = (1..=MAX_ACTIONS as u64).contains(&repeat);
        table.check("repeat", fits, format!("{repeat}; expected 1 to {MAX_ACTIONS}"), flaws);
        let every_ms: u64 = table.or("every_ms", 10_000, flaws);
        table.check("every_ms", every_ms > 0, "0 ms; expected at least 1", flaws);
        let last = every_ms.checked_mul(repeat.saturating_sub(1)).and_then(|more| more.checked_add(t_ms));
        let inside = last.is_some_and(|last| last <= self.end_ms) || !fits;
        let what = format!("the last of {repeat} starts is beyond the run, which ends at {} ms", self.end_ms);
        table.check("repeat", inside, what, flaws);
        Operation {
            strategy,
            window_ms: values.window_ms,
            min_rate: values.min_rate,
            timeout_ms: values.timeout_ms,
            weight: values.weight,
            priority: values.priority,
            approved: table.or("approved", false, flaws),
            // In range by the check; what fails it is never used.
            repeat: repeat.min(MAX_ACTIONS as u64) as u32,
            every_ms,
        }
    }

    fn ids(&self, table: &Table<'_>, scope: Scope, flaws: &mut Flaws) -> Vec<u32> {
        let path = table.path_of("ids");
        let items = match table.node("ids") {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items.as_slice(),
            Some(node) => {
                let what = format!("expected a list of numbers, found {}", node.value.describe());
                flaws.add(path, node.line, what);
                return Vec::new();
            },
        };
        if scope == Scope::Mesh && !items.is_empty() {
            flaws.add(path, table.line_of("ids"), "the scope `mesh` has no ids");
            return Vec::new();
        }
        if scope != Scope::Mesh && items.is_empty() {
            let what = format!("is missing; expected numbers of the scope `{}`", scope.name());
            flaws.add(path, table.line_of("ids"), what);
            return Vec::new();
        }
        let mut ids = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            match item.value {
                Value::Integer(id) if self.exists(scope, id) => ids.push(id as u32),
                ref other => {
                    let what = format!("{} is no {} of this population", other.describe(), scope.name());
                    flaws.add(format!("{path}[{i}]"), item.line, what);
                },
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn exists(&self, scope: Scope, id: i128) -> bool {
        let agents = i128::from(self.population.agents);
        let clusters = ceil_div(agents, i128::from(self.population.cluster_size));
        let sectors = ceil_div(clusters, i128::from(self.population.clusters_per_sector));
        let below = |count| (0..count).contains(&id);
        match scope {
            Scope::Mesh => false,
            Scope::Sector => below(sectors),
            Scope::Cluster => below(clusters),
            Scope::Class => below(6),
            Scope::Agent => {
                below(agents)
                    || (1_000_000..1_000_000 + clusters).contains(&id)
                    || (2_000_000..2_000_000 + sectors).contains(&id)
            },
        }
    }
}

const fn ceil_div(count: i128, size: i128) -> i128 {
    (count + size - 1) / size
}

fn scope(table: &Table<'_>, kind: ActionKind, flaws: &mut Flaws) -> Scope {
    let given = named(table, "scope", &Scope::ALL, flaws);
    match (given, kind.only_scope()) {
        (Some(given), Some(only)) if given != only => {
            let what = format!("{} has the scope `{}`", kind.name(), only.name());
            flaws.add(table.path_of("scope"), table.line_of("scope"), what);
            only
        },
        (given, only) => given.or(only).unwrap_or(Scope::Mesh),
    }
}

fn value(table: &Table<'_>, kind: ActionKind, flaws: &mut Flaws) -> Option<f64> {
    let Some(rule) = kind.value() else {
        if table.node("value").is_some() {
            flaws.add(table.path_of("value"), table.line_of("value"), format!("{} has none", kind.name()));
        }
        return None;
    };
    let value = match rule.default {
        Some(default) => table.or("value", default, flaws),
        None => table.required("value", flaws),
    };
    let what = format!("{value:?}; expected {} to {} for {}", rule.least, rule.most, kind.name());
    let holds = (rule.least..=rule.most).contains(&value) || table.node("value").is_none();
    table.check("value", holds, what, flaws);
    Some(value)
}

/// The thing of that name; absent is `None`, an unknown name is a flaw.
fn named<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)], flaws: &mut Flaws) -> Option<T> {
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

/// As [`named`], but absent is a flaw too.
fn required_name<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)], flaws: &mut Flaws) -> Option<T> {
    if table.node(key).is_none() {
        flaws.add(table.path_of(key), table.line(), "is missing; expected a name");
    }
    named(table, key, known, flaws)
}
