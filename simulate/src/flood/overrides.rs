//! Where the dotted path of an override leads in a flood scenario.

use super::read::{ENTRY_KEYS, SWITCH_KEYS, TOP_KEYS, agent_keys, payload_keys};
use crate::scenario::overrides::{Slot, entry, entry_of_any_name, header_slot};
use crate::scenario::{HEADER_KEYS, Node, Value, did_you_mean, shorten};

/// The value at `path`, made if it is absent and may be there.
pub(crate) fn slot<'a>(document: &'a mut Node, path: &str) -> Result<Slot<'a>, String> {
    let header_path = path == "until" || path.starts_with("switches.") || HEADER_KEYS.contains(&path);
    if header_path && path != "switches" {
        return match header_slot(document, path, &SWITCH_KEYS, &["until"])? {
            Some(slot) => Ok(slot),
            None => Err(unknown(path)),
        };
    }
    if let Some(rest) = path.strip_prefix("agents.") {
        return agent_slot(document, rest);
    }
    if let Some(rest) = path.strip_prefix("schedule.") {
        return schedule_slot(document, rest);
    }
    Err(unknown(path))
}

fn unknown(path: &str) -> String {
    let first = path.split('.').next().unwrap_or(path);
    let known = HEADER_KEYS.into_iter().chain(TOP_KEYS);
    if HEADER_KEYS.contains(&first) || TOP_KEYS.contains(&first) {
        return match first {
            "agents" => "expected agents.ID.KEY".to_owned(),
            "schedule" => "expected schedule.NUMBER.KEY".to_owned(),
            "switches" => "expected switches.KEY".to_owned(),
            _ => format!("`{first}` holds no further keys"),
        };
    }
    format!("unknown key `{}` (hint: {})", shorten(first), did_you_mean(first, known))
}

/// `ID.KEY` or `NUMBER.KEY`; ids may hold dots, so the longest id that fits is meant.
fn agent_slot<'a>(document: &'a mut Node, rest: &str) -> Result<Slot<'a>, String> {
    let agents = list(document, "agents")?;
    let ids: Vec<Option<String>> = agents.iter().map(|node| text_at(node, "id")).collect();
    let by_id = ids
        .iter()
        .enumerate()
        .filter_map(|(i, id)| {
            let key = rest.strip_prefix(id.as_deref()?)?.strip_prefix('.')?;
            Some((i, key))
        })
        .min_by_key(|(_, key)| key.len());
    let by_number = || {
        let (number, key) = rest.split_once('.')?;
        let number: usize = number.parse().ok()?;
        (number < ids.len()).then_some((number, key))
    };
    let Some((i, key)) = by_id.or_else(by_number) else {
        let id = rest.rsplit_once('.').map_or(rest, |(id, _)| id);
        let hint = did_you_mean(id, ids.iter().flatten().map(String::as_str));
        return Err(format!("no agent `{}` (hint: {hint})", shorten(id)));
    };
    let node = agents.get_mut(i).ok_or("no such agent")?;
    let kind = text_at(node, "kind").unwrap_or_default();
    let known = agent_keys(&kind).unwrap_or(&[]);
    let place = format!(" of a {kind}");
    Ok(Slot { node: entry(node, key, known, &place)?, canonical: format!("agents[{i}].{key}") })
}

/// `NUMBER.KEY` or `NUMBER.payload.KEY`.
fn schedule_slot<'a>(document: &'a mut Node, rest: &str) -> Result<Slot<'a>, String> {
    let entries = list(document, "schedule")?;
    let count = entries.len();
    let (number, key) = rest.split_once('.').ok_or("expected schedule.NUMBER.KEY")?;
    let i =
        number.parse().ok().filter(|i: &usize| *i < count).ok_or_else(|| {
            format!("no entry `{}`; the schedule has {count}, counted from 0", shorten(number))
        })?;
    let node = entries.get_mut(i).ok_or("no such entry")?;
    let canonical = format!("schedule[{i}].{key}");
    let Some(key) = key.strip_prefix("payload.") else {
        return Ok(Slot { node: entry(node, key, &ENTRY_KEYS, " in `schedule`")?, canonical });
    };
    let event_type = text_at(node, "event_type").unwrap_or_default();
    let payload = entry_of_any_name(node, "payload")?;
    if payload.value == Value::Null {
        payload.value = Value::Table(std::collections::BTreeMap::new());
    }
    let node = match payload_keys(&event_type) {
        Some(known) => entry(payload, key, known, &format!(" in the payload of {event_type}"))?,
        None => entry_of_any_name(payload, key)?,
    };
    Ok(Slot { node, canonical })
}

fn list<'a>(document: &'a mut Node, key: &str) -> Result<&'a mut Vec<Node>, String> {
    let Value::Table(entries) = &mut document.value else {
        return Err("the scenario is no table".to_owned());
    };
    match entries.get_mut(key).map(|node| &mut node.value) {
        Some(Value::List(items)) => Ok(items),
        _ => Err(format!("the scenario has no `{key}`")),
    }
}

fn text_at(node: &Node, key: &str) -> Option<String> {
    let Value::Table(entries) = &node.value else {
        return None;
    };
    match entries.get(key).map(|node| &node.value) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
