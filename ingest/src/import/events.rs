//! Records of deploys, configuration changes and alerts to events.

use serde_json::{Map, Value};

use super::collect::{EventRecord, EventSet};
use super::filters::Filters;
use super::map::EventsMap;
use super::records::{Records, field, text, time};
use super::service_rule;
use super::tally::{Kind, Tally, shown};
use crate::error::IngestError;

/// Reads the event records of one section.
pub(super) fn read(
    inputs: &[Records],
    map: &EventsMap,
    filters: &mut Filters<'_>,
    events: &mut EventSet,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    for input in inputs {
        let filter = filters.applying(input.paths());
        for (i, record) in input.items.iter().enumerate() {
            if !filter.keeps(|column| text(record, column)) {
                continue;
            }
            let place = || format!("{} record {i}", input.label);
            let time_ns = match time(record, &map.time, &map.time_spec) {
                Ok(Some(time_ns)) => time_ns,
                Ok(None) => {
                    tally.add(Kind::EventTime, place);
                    continue;
                },
                Err(found) => {
                    tally.add(Kind::EventTime, || {
                        format!("{}: {} is not {}", place(), shown(&found), map.time_spec.expected())
                    });
                    continue;
                },
            };
            let Some(kind) = text(record, &map.kind) else {
                tally.add(Kind::EventWithoutType, place);
                continue;
            };
            let Some(role) = map.roles.get(&kind) else {
                tally.add(Kind::EventWithoutRole, || format!("{}: {}", place(), shown(&kind)));
                continue;
            };
            let optional = |path: &Option<String>| path.as_ref().and_then(|path| text(record, path));
            let event = EventRecord {
                time_ns,
                event_type: upper_snake(&kind),
                service: optional(&map.service)
                    .map(|name| service_rule::apply(&map.service_rules, &name).into_owned()),
                source: optional(&map.emitter).unwrap_or_else(|| input.label.clone()),
                message: optional(&map.message),
                attributes: attributes(record, &map.attributes),
            };
            events.push(event, *role, tally, place)?;
        }
    }
    Ok(())
}

/// `rollout started` as `ROLLOUT_STARTED`.
fn upper_snake(kind: &str) -> String {
    let mut name = String::with_capacity(kind.len());
    for c in kind.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_uppercase());
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').to_owned()
}

fn attributes(record: &Value, paths: &[String]) -> Option<String> {
    let fields = paths.iter().filter_map(|path| Some((path.clone(), field(record, path)?.clone())));
    let fields: Map<String, Value> = fields.collect();
    (!fields.is_empty()).then(|| Value::Object(fields).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_become_event_types() {
        assert_eq!(upper_snake(" rollout started"), "ROLLOUT_STARTED");
        assert_eq!(upper_snake("Config.Change (live)"), "CONFIG_CHANGE_LIVE");
    }
}
