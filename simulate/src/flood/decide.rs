//! What agents perceive and decide (specification, section 5), and what becomes of their intents
//! (section 6), switches included.

use super::action::Action;
use super::scenario::Role;
use super::world::World;
use super::{BUDGET_RELEASE, PANIC_FACTOR, REPORT_DELAY};

/// An agent's intent and its fate.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) action: Action,
    /// Ticks until it comes true; `None`: it is dropped.
    pub(crate) delay: Option<i64>,
}

/// Lets the agent at that position perceive and decide. Changes flags, and under switch D the
/// policy's budget; never loads or stress, so that all agents of a pass see the same world.
pub(crate) fn decide(world: &mut World<'_>, agent: usize, system_stress: f64) -> Option<Decision> {
    let scenario = world.scenario();
    let switches = &scenario.switches;
    let load = world.load(agent).unwrap_or(0.0);
    let limit = world.limit(agent);
    let state = world.agent_mut(agent)?;
    match &scenario.agents.get(agent)?.role {
        Role::Service(service) => {
            if load <= limit? || state.flag {
                return None;
            }
            state.flag = true;
            let action = Action::ServiceOverload { delta_stress: service.stress_increment };
            Some(Decision { action, delay: Some(REPORT_DELAY) })
        },
        Role::Citizen(citizen) => {
            let delay = switches.citizen_demand_delay;
            let felt = if delay > 0 { system_stress } else { state.stress };
            let spike = felt >= citizen.panic_threshold;
            let demand = citizen.demand_profile;
            let intensity = if spike { demand * PANIC_FACTOR } else { demand };
            // Demand of citizens is dropped unless switch A is on; then one may be under way.
            let comes_true = delay > 0 && !state.flag;
            state.flag |= comes_true;
            Some(Decision { action: Action::Demand { spike, intensity }, delay: comes_true.then_some(delay) })
        },
        Role::Policy(policy) => {
            if system_stress <= policy.stress_threshold || state.flag {
                return None;
            }
            let mut budget_release = BUDGET_RELEASE;
            if switches.spend_budget {
                if state.resource <= 0.0 {
                    return None;
                }
                budget_release = budget_release.min(state.resource);
                state.resource -= budget_release;
            }
            state.flag = true;
            let desired_delay = policy.intervention_delay;
            let delay = if switches.single_delay { 0 } else { desired_delay };
            Some(Decision {
                action: Action::PolicyIntent { desired_delay, budget_release },
                delay: Some(delay),
            })
        },
    }
}
