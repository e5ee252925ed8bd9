//! What may start, and whom it may address (specification, sections 5, 9, 10 and 12).

use super::actions::{Operation, Scope, StrategyName};
use super::engine::Engine;
use super::mode::{MeshMode, is_healthy};
use super::names::LEADS;
use super::operation::meant;

/// Targets beyond which a scatter is refused in a moderately degraded mesh.
const MANY_TARGETS: u64 = 1000;

/// What the mesh makes of a start.
pub(crate) enum Admission {
    /// It starts.
    Admitted,
    /// It starts when the mesh is better, for this reason.
    Queued(&'static str),
    /// It never starts, for this reason.
    Refused(&'static str),
}

impl Engine<'_> {
    /// Restrictions of modes (section 10) and threats (section 12).
    pub(crate) fn admission(&self, action: u32, operation: &Operation) -> Admission {
        let scope = self.scenario.actions.get(action as usize).map_or(Scope::Mesh, |a| a.scope);
        let (priority, mode) = (operation.priority, self.mode);
        let mesh_wide = scope == Scope::Mesh || operation.strategy != StrategyName::Scatter;
        let meant = || meant(self.scenario, &self.population, &self.agents, action);
        match () {
            () if self.frozen => Admission::Refused("frozen"),
            () if mode == MeshMode::Emergency => Admission::Refused("emergency"),
            () if priority <= 1 && self.flood.as_ref().is_some_and(|flood| flood.detected) => {
                Admission::Refused("message flood")
            },
            () if mode == MeshMode::DegradedSevere && priority < 3 => Admission::Refused("severely degraded"),
            () if mode == MeshMode::DegradedSevere && mesh_wide && !operation.approved => {
                Admission::Refused("not approved")
            },
            () if mode >= MeshMode::DegradedLight && priority == 0 => Admission::Refused("degraded"),
            () if mode == MeshMode::DegradedModerate && priority == 1 => {
                Admission::Queued("moderately degraded")
            },
            () if mode >= MeshMode::DegradedModerate
                && matches!(operation.strategy, StrategyName::Scatter | StrategyName::Parallel)
                && meant().len() as u64 > MANY_TARGETS =>
            {
                Admission::Refused("too many targets")
            },
            () if operation.delegation.is_some() && meant().is_empty() => {
                Admission::Refused("no capable agent")
            },
            () => Admission::Admitted,
        }
    }

    /// Whether an operation may address an entity.
    pub(crate) fn may_address(&self, entity: u32, op: u64) -> bool {
        let (cluster, sector) = (self.population.cluster(entity), self.population.sector(entity));
        let there = if entity < LEADS {
            self.agents.addressable(entity)
        } else {
            !self.relays_down.contains_key(&entity)
        };
        there
            && !cluster.is_some_and(|c| self.isolated[c as usize])
            && self.breakers.routable(cluster, sector, entity, op)
            && (self.mode < MeshMode::DegradedModerate || self.sector_is_healthy(sector))
    }

    fn sector_is_healthy(&self, sector: u32) -> bool {
        let clusters = self.population.sector_clusters(sector);
        let active: u32 = clusters.map(|c| self.agents.active[c as usize]).sum();
        is_healthy(active.into(), self.population.sector_agents(sector).len() as u64)
    }
}
