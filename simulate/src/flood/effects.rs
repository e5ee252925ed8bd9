//! What events do to the world (specification, section 4), switches included.

use super::action::Action;
use super::error::FloodError;
use super::scenario::Role;
use super::world::{NameId, World};
use super::{CAPACITY_DRAIN, DEPENDENCY_DELAY};

/// An event that a handler schedules.
#[derive(Debug)]
pub(crate) struct FollowUp {
    pub(crate) delay: i64,
    pub(crate) action: Action,
}

/// Applies an event of `source` at `tick` and returns what it schedules, all from that source.
pub(crate) fn apply(
    world: &mut World<'_>,
    source: NameId,
    action: &Action,
    tick: i64,
) -> Result<Vec<FollowUp>, FloodError> {
    match action {
        Action::FloodImpact { intensity, affected_services } => {
            flood(world, *intensity, affected_services);
        },
        Action::Demand { intensity, .. } => world.add_load_everywhere(*intensity),
        Action::ServiceOverload { delta_stress } => {
            if world.agent_mut(source).is_none() {
                return Err(FloodError::UnknownSource { tick, source_id: world.name(source).to_owned() });
            }
            world.touch(source, 0.0, *delta_stress);
            return Ok(dependency_impacts(world, source));
        },
        Action::PolicyIntent { desired_delay, budget_release } => {
            let action = Action::PolicyIntervention { budget_release: *budget_release };
            return Ok(vec![FollowUp { delay: *desired_delay, action }]);
        },
        Action::PolicyIntervention { budget_release } => intervene(world, source, *budget_release, tick)?,
        Action::DependencyImpact { target, intensity } => {
            // Targets come from the scenario, whose names are all known.
            if let Some(target) = world.id_of(target) {
                world.add_load(target, *intensity);
            }
        },
        Action::Other { .. } => {},
    }
    Ok(Vec::new())
}

fn flood(world: &mut World<'_>, intensity: f64, affected_services: &[String]) {
    for id in affected_services.iter().filter_map(|id| world.id_of(id)).collect::<Vec<_>>() {
        world.add_load(id, intensity);
        world.touch(id, -CAPACITY_DRAIN * intensity, 0.0);
    }
}

fn intervene(
    world: &mut World<'_>,
    source: NameId,
    budget_release: f64,
    tick: i64,
) -> Result<(), FloodError> {
    let scenario = world.scenario();
    let Some(agent) = scenario.agents.get(source) else {
        return Ok(());
    };
    if !matches!(agent.role, Role::Policy(_)) {
        return Err(FloodError::NotAPolicy { tick, source_id: agent.id.clone(), role: agent.role.name() });
    }
    let active: Vec<(NameId, f64)> = scenario
        .agents
        .iter()
        .enumerate()
        .filter_map(|(i, agent)| match &agent.role {
            Role::Service(service) if agent.is_active => Some((i, service.stress_increment)),
            _ => None,
        })
        .collect();
    let relief = scenario.switches.relief;
    for &(service, stress_increment) in &active {
        if relief > 0.0 {
            world.scale_load(service, 1.0 - relief);
            if let Some(state) = world.agent_mut(service) {
                state.stress = (state.stress - relief * stress_increment).max(0.0);
            }
        }
        // Last, so that the test for reporting again sees the relieved stress.
        world.touch(service, budget_release / active.len() as f64, 0.0);
    }
    if let Some(state) = world.agent_mut(source) {
        state.flag = false;
    }
    Ok(())
}

/// Switch F: an overload loads the direct dependents in proportion to load over capacity.
fn dependency_impacts(world: &World<'_>, source: NameId) -> Vec<FollowUp> {
    let scenario = world.scenario();
    let coupling = scenario.switches.coupling;
    let Some(Role::Service(service)) = scenario.agents.get(source).map(|agent| &agent.role) else {
        return Vec::new();
    };
    if coupling <= 0.0 {
        return Vec::new();
    }
    let intensity = coupling * world.load(source).unwrap_or(0.0) / service.capacity;
    world
        .dependents(source)
        .iter()
        .map(|dependent| FollowUp {
            delay: DEPENDENCY_DELAY,
            action: Action::DependencyImpact { target: world.name(*dependent).to_owned(), intensity },
        })
        .collect()
}
