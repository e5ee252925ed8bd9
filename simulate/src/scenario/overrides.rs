//! Overrides: one value changed by its dotted path.

use super::node::{Node, OVERRIDE, Value, shorten};
use super::reader::{Flaw, Flaws, did_you_mean};
use super::{HEADER_KEYS, Scenario, ScenarioError, toml_text};

/// Applies one override, or leaves the scenario as it was.
pub(super) fn set(scenario: &mut Scenario, path: &str, value: &str) -> Result<(), ScenarioError> {
    let bad = |why: String| ScenarioError::BadOverride { path: shorten(path), why };
    // `seed=3` is a number, `mode=coupled` a text, and `name=3` a text that looks like a number.
    let typed = toml_text::literal(value);
    let text = Some(Value::Text(value.to_owned()));
    let mut first_flaw = None;
    for candidate in [typed, text].into_iter().flatten() {
        let mut changed = scenario.clone();
        let canonical = put(&mut changed, path, candidate).map_err(bad)?;
        match flaw_at(&changed, &canonical) {
            None => {
                *scenario = changed;
                return Ok(());
            },
            Some(flaw) => {
                first_flaw.get_or_insert(flaw);
            },
        }
    }
    let flaw = first_flaw.map_or_else(String::new, |flaw| {
        if flaw.hint.is_empty() { flaw.what } else { format!("{} (hint: {})", flaw.what, flaw.hint) }
    });
    Err(bad(flaw))
}

fn put(scenario: &mut Scenario, path: &str, value: Value) -> Result<String, String> {
    if matches!(path, "schema" | "world") {
        return Err("cannot be changed".to_owned());
    }
    let slot = (scenario.world.world().slot)(&mut scenario.document, path)?;
    *slot.node = Node { line: OVERRIDE, value };
    Ok(slot.canonical)
}

/// What the world's reader says about exactly this value; the rest is judged later.
fn flaw_at(scenario: &Scenario, canonical: &str) -> Option<Flaw> {
    let mut flaws = Flaws::default();
    drop((scenario.world.world().read)(&scenario.document, "unnamed", &mut flaws));
    flaws.0.into_iter().find(|flaw| {
        flaw.path.strip_prefix(canonical).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

/// Where an override goes.
pub(crate) struct Slot<'a> {
    pub(crate) node: &'a mut Node,
    /// The path as problems name it, with positions instead of ids.
    pub(crate) canonical: String,
}

/// The value under `key` of a table, made if it is absent; `known` are the keys it may have.
pub(crate) fn entry<'a>(
    table: &'a mut Node,
    key: &str,
    known: &[&str],
    place: &str,
) -> Result<&'a mut Node, String> {
    if !known.contains(&key) {
        let hint = did_you_mean(key, known.iter().copied());
        return Err(format!("unknown key `{}`{place} (hint: {hint})", shorten(key)));
    }
    entry_of_any_name(table, key)
}

/// As [`entry`], for tables whose keys nobody knows.
pub(crate) fn entry_of_any_name<'a>(table: &'a mut Node, key: &str) -> Result<&'a mut Node, String> {
    match &mut table.value {
        Value::Table(entries) => {
            Ok(entries.entry(key.to_owned()).or_insert(Node { line: OVERRIDE, value: Value::Null }))
        },
        other => Err(format!("`{}` would stand inside {}", shorten(key), other.describe())),
    }
}

/// The header value or the switch at `path`; `None` if the path leads into the world's tables.
pub(crate) fn header_slot<'a>(
    document: &'a mut Node,
    path: &str,
    switches: &[&str],
    scalars: &[&str],
) -> Result<Option<Slot<'a>>, String> {
    let canonical = path.to_owned();
    if let Some(key) = path.strip_prefix("switches.") {
        let table = entry_of_any_name(document, "switches")?;
        if table.value == Value::Null {
            table.value = Value::Table(std::collections::BTreeMap::new());
        }
        return Ok(Some(Slot { node: entry(table, key, switches, " in `switches`")?, canonical }));
    }
    let is_scalar = |key: &str| key != "switches" && (HEADER_KEYS.contains(&key) || scalars.contains(&key));
    if is_scalar(path) {
        return Ok(Some(Slot { node: entry_of_any_name(document, path)?, canonical }));
    }
    Ok(None)
}

/// The value at a dotted path through tables and lists, made if it is absent: for worlds whose
/// reader alone says which keys exist. An item of a list is meant by its position, or by its
/// `id` or `name`.
pub(crate) fn tree_slot<'a>(document: &'a mut Node, path: &str) -> Result<Slot<'a>, String> {
    descend(document, String::new(), path)
}

fn descend<'a>(node: &'a mut Node, mut canonical: String, path: &str) -> Result<Slot<'a>, String> {
    if path.is_empty() {
        return Ok(Slot { node, canonical });
    }
    if node.value == Value::Null {
        node.value = Value::Table(std::collections::BTreeMap::new());
    }
    match &mut node.value {
        Value::List(items) => {
            let (position, rest) = item(items, path).ok_or_else(|| {
                format!("`{}` is no item of the list (by position, id or name)", shorten(path))
            })?;
            canonical.push_str(&format!("[{position}]"));
            descend(&mut items[position], canonical, rest)
        },
        Value::Table(entries) => {
            let (key, rest) = path.split_once('.').unwrap_or((path, ""));
            if key.is_empty() {
                return Err("an empty key".to_owned());
            }
            if !canonical.is_empty() {
                canonical.push('.');
            }
            canonical.push_str(key);
            let absent = Node { line: OVERRIDE, value: Value::Null };
            descend(entries.entry(key.to_owned()).or_insert(absent), canonical, rest)
        },
        other => Err(format!("`{}` would stand inside {}", shorten(path), other.describe())),
    }
}

/// Position of the item that a path starts with, and the rest of the path. Names may hold dots,
/// so the longest one that fits is meant.
fn item<'p>(items: &[Node], path: &'p str) -> Option<(usize, &'p str)> {
    let named = |node: &Node, key: &str| match &node.value {
        Value::Table(entries) => match &entries.get(key)?.value {
            Value::Text(name) => {
                let after = path.strip_prefix(name.as_str())?;
                after.strip_prefix('.').or_else(|| after.is_empty().then_some(""))
            },
            _ => None,
        },
        _ => None,
    };
    let by_name = items
        .iter()
        .enumerate()
        .filter_map(|(i, node)| Some((i, named(node, "id").or_else(|| named(node, "name"))?)))
        .min_by_key(|(_, after)| after.len());
    by_name.or_else(|| {
        let (number, after) = path.split_once('.').unwrap_or((path, ""));
        let position: usize = number.parse().ok()?;
        (position < items.len()).then_some((position, after))
    })
}
