//! The ground truth of a run: faults, root causes, and what a careful analyst would call it.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::truth::{Fault, Truth};
use serde_json::{Value, json};

use super::actions::{Action, ActionKind, Scope};
use super::kpi::Tally;
use super::log::ns;
use super::mode::MeshMode;
use super::names::{COORDINATORS, LEADS, Names};
use super::population::Population;
use super::scenario::CoordinationScenario;
use super::story::{Gathered, Story};

/// What the truth is made of.
pub(crate) struct Material<'a> {
    pub(crate) scenario: &'a CoordinationScenario,
    pub(crate) population: &'a Population,
    pub(crate) names: &'a Names,
    pub(crate) story: &'a Story,
    pub(crate) kpi: &'a Tally,
    pub(crate) beats: u64,
    pub(crate) messages: u64,
    pub(crate) conflicts: u64,
    pub(crate) conflicts_open_at_once: usize,
}

/// The sidecar of run `run_id`; `json` is the scenario's canonical text.
pub(crate) fn truth(run_id: &str, json: &str, material: &Material<'_>) -> Truth {
    let Material { scenario, population, names, story, kpi, .. } = material;
    let faults = scenario.actions.iter().filter(|a| a.is_fault()).flat_map(|action| {
        hit(action, names).into_iter().map(|service| Fault {
            service,
            kind: action.kind.name().to_owned(),
            start_ns: ns(action.start_us()),
            end_ns: action.end_us().map(ns),
            magnitude: action.magnitude(),
        })
    });
    let indicators: BTreeMap<&str, Value> = kpi
        .indicators()
        .iter()
        .map(|i| (i.name, json!({"value": i.value, "target": i.target, "met": i.met()})))
        .collect();
    let extra = [
        ("verdict", json!(verdict(scenario, story))),
        ("kpi", json!(indicators)),
        ("modes", json!(story.modes)),
        ("breakers", json!(story.breakers)),
        ("operations", json!(story.gathered)),
        ("cascades", json!(story.cascades)),
        ("dropped_sectors", json!(story.dropped)),
        ("silent_loss", silent_loss(story)),
        ("threats", json!(story.threats)),
        ("operations_refused", json!(story.refused)),
        ("operations_without_quorum", json!(story.without_quorum())),
        ("replacements_failed", json!(story.replacements_failed)),
        ("heartbeats", json!(material.beats)),
        ("messages", json!(material.messages)),
        ("conflicts", json!(material.conflicts)),
        ("conflicts_open_at_once", json!(material.conflicts_open_at_once)),
    ];
    Truth {
        run_id: run_id.to_owned(),
        faults: faults.collect(),
        root_causes: root_causes(scenario, population, names),
        propagation: story.propagation(),
        outcome: outcome(story),
        scenario: json.to_owned(),
        extra: extra.map(|(key, value)| (key.to_owned(), value)).into(),
    }
}

fn outcome(story: &Story) -> String {
    format!(
        "mode {} at worst, {} breaker trips, {} operations without quorum",
        story.worst.name(),
        story.trips,
        story.without_quorum()
    )
}

/// Services that an action hits: the smallest that contain all it names.
fn hit(action: &Action, names: &Names) -> Vec<String> {
    let each = |name: &dyn Fn(u32) -> String| action.ids.iter().map(|id| name(*id)).collect::<BTreeSet<_>>();
    let services = match action.scope {
        Scope::Mesh | Scope::Class => return vec![names.orchestrator().to_owned()],
        Scope::Sector => each(&|s| names.sector(s).to_owned()),
        Scope::Cluster => each(&|c| names.cluster(c).to_owned()),
        Scope::Agent => each(&|entity| names.service_of(entity).to_owned()),
    };
    services.into_iter().collect()
}

/// What an analyst should name: the services that faults hit, or a sector if at least half of its
/// clusters were hit.
fn root_causes(scenario: &CoordinationScenario, population: &Population, names: &Names) -> Vec<String> {
    let mut clusters: BTreeSet<u32> = BTreeSet::new();
    let mut causes: BTreeSet<String> = BTreeSet::new();
    for action in scenario.actions.iter().filter(|action| action.is_fault()) {
        match action.scope {
            Scope::Cluster => clusters.extend(&action.ids),
            Scope::Agent => {
                clusters.extend(action.ids.iter().filter_map(|entity| population.cluster(*entity)));
                let coordinators = action.ids.iter().filter(|entity| **entity >= COORDINATORS);
                causes.extend(coordinators.map(|entity| names.service_of(*entity).to_owned()));
            },
            _ => causes.extend(hit(action, names)),
        }
    }
    let mut by_sector: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for cluster in clusters {
        by_sector.entry(population.sector_of_cluster(cluster)).or_default().push(cluster);
    }
    for (sector, hit) in by_sector {
        if hit.len() >= 2 && 2 * hit.len() >= population.sector_clusters(sector).len() {
            causes.insert(names.sector(sector).to_owned());
        } else {
            causes.extend(hit.into_iter().map(|c| names.service_of(LEADS + c).to_owned()));
        }
    }
    causes.into_iter().collect()
}

/// What a careful analyst would call this run, by the first rule that holds:
///
/// 1. nothing was injected and the mode was FULL throughout: no incident;
/// 2. a flood of messages was noticed and operations were refused: congestion collapse;
/// 3. the network of a whole sector or more failed (offline, loss, spike): partition;
/// 4. operations had no quorum, the mode was below FULL, waves left out one and the same sector at
///    least three times, or a cluster or more was found to contradict the rest: coordination
///    breakdown;
/// 5. otherwise: localized overload.
pub(crate) fn verdict(scenario: &CoordinationScenario, story: &Story) -> &'static str {
    let mut faults = scenario.actions.iter().filter(|action| action.is_fault()).peekable();
    if faults.peek().is_none() && story.worst == MeshMode::Full {
        return "no incident";
    }
    let flooded = story.threats.iter().any(|(_, threat, _)| *threat == "denial_of_service");
    if flooded && story.refused > 0 {
        return "congestion collapse";
    }
    let of_network = |action: &Action| {
        matches!(action.kind, ActionKind::Offline | ActionKind::Loss | ActionKind::Spike)
            && matches!(action.scope, Scope::Mesh | Scope::Sector)
    };
    if faults.any(of_network) {
        return "partition";
    }
    let sectors: BTreeSet<u32> = story.dropped.iter().map(|drop| drop.sector).collect();
    let left_out = sectors.into_iter().any(|sector| story.dropped_after_fault(sector) >= 3);
    let contradicts = story.threats.iter().any(|(_, threat, _)| threat.ends_with("_compromise"));
    if story.without_quorum() > 0 || story.worst > MeshMode::Full || left_out || contradicts {
        return "coordination breakdown";
    }
    "localized overload"
}

/// Operations that call themselves a success and reached fewer than 95 % of their targets, by
/// what kept the others away.
fn silent_loss(story: &Story) -> Value {
    let silent = |op: &&Gathered| {
        op.coverage < 0.95 && (op.status == "SUCCESS" || op.quorum == "PROCEED") && op.phase != "sectors"
    };
    let silent: Vec<&Gathered> = story.gathered.iter().filter(silent).collect();
    let sum = |of: fn(&Gathered) -> u64| silent.iter().map(|op| of(op)).sum::<u64>();
    let dropped: u64 = story.dropped.iter().map(|drop| u64::from(drop.agents)).sum();
    json!({
        "operations": silent.len(),
        "skipped": sum(|op| op.skipped),
        "unroutable": sum(|op| op.unroutable),
        "behind_coordinators": dropped,
    })
}
