//! What active scenario actions do to a node (specification, section 11): offline wins, the last
//! spike and the last byzantine one count, losses multiply.

use super::actions::{Action, ActionKind, Scope};
use super::names::{COORDINATORS, LEADS};
use super::population::Population;

/// Conflict probability of a node that no action concerns (section 4).
const P_CONFLICT: f64 = 0.005;

/// The actions that are active now, in the order in which they began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Modifiers {
    active: Vec<(u32, Modifier)>,
    /// Share of messages that a flooded bus delivers.
    pub(crate) bus: Option<f64>,
}

#[derive(Clone, Debug)]
struct Modifier {
    kind: ActionKind,
    scope: Scope,
    ids: Vec<u32>,
    value: f64,
}

/// The sum of all actions on one node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effect {
    /// Factor on actual latency.
    pub(crate) latency: Option<f64>,
    /// Factor on actual reliability.
    pub(crate) reliability: f64,
    /// Probability that a response contradicts.
    pub(crate) p_conflict: f64,
    /// Factor on the latency that the node reports.
    pub(crate) reported: f64,
    /// Neither addressed nor beating.
    pub(crate) offline: bool,
}

impl Modifiers {
    /// Action `number` begins.
    pub(crate) fn begin(&mut self, number: u32, action: &Action) {
        let modifier = Modifier {
            kind: action.kind,
            scope: action.scope,
            ids: action.ids.clone(),
            value: action.magnitude(),
        };
        self.active.push((number, modifier));
    }

    /// Action `number` ends.
    pub(crate) fn end(&mut self, number: u32) {
        self.active.retain(|(n, _)| *n != number);
    }

    /// What is done to an entity.
    pub(crate) fn effect(&self, entity: u32, population: &Population) -> Effect {
        let reliability = self.bus.unwrap_or(1.0);
        let mut effect =
            Effect { latency: None, reliability, p_conflict: P_CONFLICT, reported: 1.0, offline: false };
        for (_, modifier) in &self.active {
            if !concerns(modifier.scope, &modifier.ids, entity, population) {
                continue;
            }
            match modifier.kind {
                ActionKind::Offline => effect.offline = true,
                ActionKind::Spike => effect.latency = Some(modifier.value),
                ActionKind::Loss => effect.reliability *= modifier.value,
                ActionKind::Byzantine
                | ActionKind::RogueAgent
                | ActionKind::ClusterCompromise
                | ActionKind::SectorCompromise => effect.p_conflict = modifier.value,
                ActionKind::TimingAttack => effect.reported = modifier.value,
                _ => {},
            }
        }
        effect
    }
}

/// Whether an entity is within a scope. A sector includes its coordinator and its leads, a
/// cluster its lead; classes are of agents alone. The ids are sorted.
pub(crate) fn concerns(scope: Scope, ids: &[u32], entity: u32, population: &Population) -> bool {
    let listed = |id: u32| ids.binary_search(&id).is_ok();
    match scope {
        Scope::Mesh => true,
        Scope::Sector => listed(population.sector(entity)),
        Scope::Cluster => population.cluster(entity).is_some_and(listed),
        Scope::Class => entity < LEADS && listed(population.class(entity) as u32),
        Scope::Agent => listed(entity),
    }
}

/// Entities within a scope, agents first, each once.
pub(crate) fn entities<'a>(
    scope: Scope,
    ids: &'a [u32],
    population: &'a Population,
) -> impl Iterator<Item = u32> + 'a {
    let agents = 0..population.agents();
    let leads = LEADS..LEADS + population.clusters();
    let coordinators = COORDINATORS..COORDINATORS + population.sectors();
    agents.chain(leads).chain(coordinators).filter(move |e| concerns(scope, ids, *e, population))
}
