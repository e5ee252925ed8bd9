//! Overrides: one value changed by its dotted path.

use super::node::{Node, OVERRIDE, Value, shorten};
use super::reader::{Flaw, Flaws, did_you_mean};
use super::{HEADER_KEYS, Scenario, ScenarioError, WorldName, toml_text};

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
    let slot = match scenario.world {
        WorldName::Flood => crate::flood::slot(&mut scenario.document, path)?,
    };
    *slot.node = Node { line: OVERRIDE, value };
    Ok(slot.canonical)
}

/// What the world's reader says about exactly this value; the rest is judged later.
fn flaw_at(scenario: &Scenario, canonical: &str) -> Option<Flaw> {
    let mut flaws = Flaws::default();
    match scenario.world {
        WorldName::Flood => drop(crate::flood::read(&scenario.document, "unnamed", &mut flaws)),
    }
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
