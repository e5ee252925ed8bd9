//! The section `[events]`: deploys, configuration changes and alerts.

use std::collections::BTreeMap;

use infra_eventlog::metadata::EventRole;

use super::clock::required_time_spec;
use super::rules::read_service_rules;
use super::section::{Problems, Section};
use super::source::{Source, read_source};
use crate::import::service_rule::ServiceRule;
use crate::import::times::TimeSpec;

/// How events are read: dotted field paths, or column names.
#[derive(Clone, Debug)]
pub(in crate::import) struct EventsMap {
    pub(in crate::import) source: Source,
    pub(in crate::import) time: String,
    pub(in crate::import) time_spec: TimeSpec,
    pub(in crate::import) kind: String,
    /// What each value of `kind` is.
    pub(in crate::import) roles: BTreeMap<String, EventRole>,
    pub(in crate::import) service: Option<String>,
    pub(in crate::import) service_rules: Vec<ServiceRule>,
    pub(in crate::import) emitter: Option<String>,
    pub(in crate::import) message: Option<String>,
    pub(in crate::import) attributes: Vec<String>,
}

const ROLES: &[(&str, EventRole)] =
    &[("deploy", EventRole::Deploy), ("config", EventRole::Config), ("alert", EventRole::Alert)];

pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> EventsMap {
    let map = EventsMap {
        source: read_source(&mut section, problems),
        time: section.required("time", problems),
        time_spec: required_time_spec(&mut section, problems),
        kind: section.required("kind", problems),
        roles: read_roles(&mut section, problems),
        service: section.text("service", problems),
        service_rules: read_service_rules(&mut section, problems),
        emitter: section.text("source", problems),
        message: section.text("message", problems),
        attributes: section.texts("attributes", problems),
    };
    section.finish(problems);
    map
}

/// `roles = { deploy = ["rollout"], alert = ["page"] }`.
fn read_roles(section: &mut Section<'_>, problems: &mut Problems) -> BTreeMap<String, EventRole> {
    let offset = section.offset_of("roles");
    let mut roles = BTreeMap::new();
    if let Some(mut entry) = section.section("roles", problems) {
        for (key, role) in ROLES {
            for value in entry.texts(key, problems) {
                if roles.insert(value.clone(), *role).is_some_and(|other| other != *role) {
                    let value = value.escape_debug();
                    problems.add(offset, format!("{}: `{value}` has two roles", section.key("roles")));
                }
            }
        }
        entry.finish(problems);
    }
    if roles.is_empty() {
        let example = "roles = { deploy = [\"rollout\"], config = [\"flag\"], alert = [\"page\"] }";
        problems.add(offset, format!("{} lists no value of kind (as in {example})", section.key("roles")));
    }
    roles
}
