//! From one entry of `actions` to a checked [`Action`]. Every problem is collected.

use super::actions::{Action, ActionKind, Delegation, Operation, Scope, StrategyName};
use super::class::Class;
use super::read::{MAX_ACTIONS, MAX_DURATION_S, named, operation_values};
use super::scenario::{OperationDefaults, PopulationPlan};
use crate::scenario::{Flaws, Node, Table, Value};

/// Most agents that an operation may choose.
const MAX_BEST: u64 = 1_000_000;

const ACTION_KEYS: [&str; 6] = ["t_ms", "kind", "scope", "ids", "duration_ms", "value"];
const START_KEYS: [&str; 15] = [
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
    "capability",
    "best",
];

/// What the actions of one scenario are checked against.
pub(crate) struct ActionReader {
    pub(crate) population: PopulationPlan,
    pub(crate) operations: OperationDefaults,
    pub(crate) end_ms: u64,
}

impl ActionReader {
    /// One entry of `actions`.
    pub(crate) fn action(&self, table: &Table<'_>, flaws: &mut Flaws) -> Option<Action> {
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
        let operation = (kind == ActionKind::Operation).then(|| self.operation(table, t_ms, scope, flaws));
        let value = if operation.is_some() { None } else { value(table, kind, flaws) };
        Some(Action { t_ms, kind, scope, ids, duration_ms, value, operation })
    }

    fn operation(&self, table: &Table<'_>, t_ms: u64, scope: Scope, flaws: &mut Flaws) -> Operation {
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
            delegation: delegation(table, strategy, scope, flaws),
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

/// Whom of the scope an operation addresses.
fn delegation(
    table: &Table<'_>,
    strategy: StrategyName,
    scope: Scope,
    flaws: &mut Flaws,
) -> Option<Delegation> {
    let known: Vec<(&str, &'static str)> =
        Class::ALL.iter().flat_map(|class| class.capabilities()).map(|name| (*name, *name)).collect();
    let capability = named(table, "capability", &known, flaws);
    let is_given = table.node("capability").is_some();
    let best: u64 = table.or("best", 1, flaws);
    let what = format!("{best}; expected 1 to {MAX_BEST}");
    table.check("best", (1..=MAX_BEST).contains(&best), what, flaws);
    let lone = table.node("best").is_some() && !is_given;
    table.check("best", !lone, "means nothing without a capability", flaws);
    let is_one_each = best == 1 || scope != Scope::Cluster;
    table.check("best", is_one_each, "the scope `cluster` takes the best one of each cluster", flaws);
    let fits = !is_given || strategy == StrategyName::Scatter;
    table.check("capability", fits, format!("the strategy `{}` has none", strategy.name()), flaws);
    // In range by the check; what fails it is never used.
    capability.map(|capability| Delegation { capability, best: best.min(MAX_BEST) as u32 })
}

/// As [`named`], but absent is a flaw too.
fn required_name<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)], flaws: &mut Flaws) -> Option<T> {
    if table.node(key).is_none() {
        flaws.add(table.path_of(key), table.line(), "is missing; expected a name");
    }
    named(table, key, known, flaws)
}
