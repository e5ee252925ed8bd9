//! Servers, and what their services need of each other.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{is_name, name, nonnegative};
use super::{MAX_ENTRIES, MAX_NUMBER, entries};
use crate::scenario::{Flaws, Table, did_you_mean, shorten};
use crate::systems::{ServerSpec, SystemsScenario};

const SERVER_KEYS: [&str; 6] = ["name", "type", "services", "cpu_capacity", "memory_capacity", "is_primary"];

/// A server.
pub(super) fn server(table: &Table<'_>, flaws: &mut Flaws) -> ServerSpec {
    table.only(&SERVER_KEYS, flaws);
    let services: Vec<String> = table.or("services", Vec::new(), flaws);
    let distinct: BTreeSet<&String> = services.iter().collect();
    let sound = distinct.len() == services.len() && services.iter().all(|service| is_name(service));
    table.check("services", sound, "holds an empty, padded, overlong or repeated name", flaws);
    let what = format!("{} services; at most {MAX_ENTRIES} are allowed", services.len());
    table.check("services", services.len() <= MAX_ENTRIES, what, flaws);
    let kind: String = table.or("type", String::new(), flaws);
    table.check("type", kind.is_empty() || is_name(&kind), "a padded or overlong name", flaws);
    let mut capacity = |key: &str| -> Option<f64> {
        table.node(key).map(|_| nonnegative(table, key, 0.0, MAX_NUMBER, flaws))
    };
    let (cpu_capacity, memory_capacity) = (capacity("cpu_capacity"), capacity("memory_capacity"));
    ServerSpec {
        name: name(table, "name", flaws),
        kind,
        services,
        cpu_capacity,
        memory_capacity,
        is_primary: table.optional("is_primary", flaws),
    }
}

/// A graph of services, cycles allowed; needs of services that nobody hosts are void.
pub(super) fn dependencies(top: &Table<'_>, all: &mut BTreeMap<String, Vec<String>>, flaws: &mut Flaws) {
    if top.node("service_dependencies").is_none() {
        return;
    }
    all.clear();
    for (service, table) in entries(top, "service_dependencies", flaws) {
        let needs: Vec<String> = table.or(&service, Vec::new(), flaws);
        table.check(&service, needs.len() <= MAX_ENTRIES, format!("more than {MAX_ENTRIES} names"), flaws);
        all.insert(service, needs);
    }
}

/// Warns of services that a hosted one needs and nobody hosts: D5 and the edges pass them over.
pub(super) fn void_needs(scenario: &SystemsScenario, warnings: &mut Vec<String>) {
    let hosted: BTreeSet<&str> =
        scenario.servers.iter().flat_map(|server| &server.services).map(String::as_str).collect();
    let needs = scenario.service_dependencies.iter().filter(|(service, _)| hosted.contains(service.as_str()));
    for (service, needs) in needs {
        for need in needs.iter().filter(|need| !hosted.contains(need.as_str())).take(MAX_ENTRIES) {
            let hint = did_you_mean(need, hosted.iter().copied());
            let (service, need) = (shorten(service), shorten(need));
            warnings.push(format!("service `{service}`: nobody hosts `{need}`, which it needs ({hint})"));
        }
    }
}
