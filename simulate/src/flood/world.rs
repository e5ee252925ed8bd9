//! The state of the flood world.

use std::collections::BTreeMap;

use super::action::Action;
use super::scenario::{FloodScenario, Role};

/// Position of a name in the world's list: agents first, in registration order.
pub(crate) type NameId = usize;

/// Agents, loads and time-free rules about them. Read by observers after every event.
#[derive(Clone, Debug)]
pub struct World<'s> {
    scenario: &'s FloodScenario,
    names: Vec<&'s str>,
    ids: BTreeMap<&'s str, NameId>,
    agents: Vec<AgentState>,
    /// The load map: by name, agents or not.
    loads: Vec<Option<f64>>,
    /// Names with a load entry, in the order of their creation.
    loaded: Vec<NameId>,
    /// For each agent the services that depend on it, in registration order.
    dependents: Vec<Vec<NameId>>,
}

/// What changes about an agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentState {
    /// Stress \[dimensionless\].
    pub stress: f64,
    /// What is left of its resource.
    pub resource: f64,
    /// A service's `overload_reported`, a policy's `intervention_pending`, or whether a
    /// citizen's demand is under way (switch A).
    pub flag: bool,
}

impl<'s> World<'s> {
    /// The world before the first event.
    pub(crate) fn new(scenario: &'s FloodScenario) -> Self {
        let mut world = Self {
            scenario,
            names: Vec::new(),
            ids: BTreeMap::new(),
            agents: Vec::new(),
            loads: Vec::new(),
            loaded: Vec::new(),
            dependents: vec![Vec::new(); scenario.agents.len()],
        };
        for agent in &scenario.agents {
            world.intern(&agent.id);
            let resource = match &agent.role {
                Role::Service(service) => service.capacity,
                Role::Citizen(_) => 1.0,
                Role::Policy(policy) => policy.budget,
            };
            world.agents.push(AgentState { stress: agent.initial_stress, resource, flag: false });
        }
        for entry in &scenario.schedule {
            world.intern(&entry.source);
            match &entry.action {
                Action::FloodImpact { affected_services, .. } => {
                    for id in affected_services {
                        world.intern(id);
                    }
                },
                Action::DependencyImpact { target, .. } => {
                    world.intern(target);
                },
                _ => {},
            }
        }
        world.start_loads();
        world.find_dependents();
        world
    }

    fn intern(&mut self, name: &'s str) -> NameId {
        let next = self.names.len();
        let id = *self.ids.entry(name).or_insert(next);
        if id == next {
            self.names.push(name);
            self.loads.push(None);
        }
        id
    }

    fn start_loads(&mut self) {
        for (i, agent) in self.scenario.agents.iter().enumerate() {
            if let Role::Service(service) = &agent.role
                && let Some(load) = service.initial_load
            {
                self.loads[i] = Some(load);
                self.loaded.push(i);
            }
        }
    }

    fn find_dependents(&mut self) {
        for (dependent, agent) in self.scenario.agents.iter().enumerate() {
            let Role::Service(service) = &agent.role else { continue };
            for dependency in &service.dependencies {
                if let Some(list) =
                    self.ids.get(dependency.as_str()).and_then(|id| self.dependents.get_mut(*id))
                    && list.last() != Some(&dependent)
                {
                    list.push(dependent);
                }
            }
        }
    }

    /// The scenario that it plays.
    #[must_use]
    pub const fn scenario(&self) -> &'s FloodScenario {
        self.scenario
    }

    /// States of all agents in registration order, as in [`FloodScenario::agents`].
    #[must_use]
    pub fn agents(&self) -> &[AgentState] {
        &self.agents
    }

    /// Load of the agent at that position; `None` without an entry in the load map.
    #[must_use]
    pub fn load(&self, agent: usize) -> Option<f64> {
        self.loads.get(agent).copied().flatten()
    }

    /// The load map in the order in which its entries were made; it may name strangers.
    #[must_use]
    pub fn loads(&self) -> Vec<(&'s str, f64)> {
        self.loaded.iter().filter_map(|id| Some((self.names[*id], self.loads[*id]?))).collect()
    }

    /// Sum of stress over all active agents of every role, in registration order.
    #[must_use]
    pub fn system_stress(&self) -> f64 {
        let mut sum = 0.0;
        for (agent, state) in self.scenario.agents.iter().zip(&self.agents) {
            if agent.is_active {
                sum += state.stress;
            }
        }
        sum
    }

    /// Load above which a service reports overload: its capacity, or under switch B what is left
    /// of it; `None` for citizens and policies.
    #[must_use]
    pub fn limit(&self, agent: usize) -> Option<f64> {
        let Some(Role::Service(service)) = self.scenario.agents.get(agent).map(|a| &a.role) else {
            return None;
        };
        if self.scenario.switches.effective_capacity {
            return Some(service.capacity.min(self.agents[agent].resource));
        }
        Some(service.capacity)
    }

    /// `down`, `overloaded`, `stressed` or `nominal`; `None` for citizens and policies.
    #[must_use]
    pub fn status(&self, agent: usize) -> Option<&'static str> {
        let limit = self.limit(agent)?;
        Some(if !self.scenario.agents[agent].is_active {
            "down"
        } else if self.load(agent).unwrap_or(0.0) > limit {
            "overloaded"
        } else if self.agents[agent].stress > 0.0 {
            "stressed"
        } else {
            "nominal"
        })
    }

    pub(crate) fn id_of(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    pub(crate) fn name(&self, id: NameId) -> &'s str {
        self.names[id]
    }

    /// The agent of that name id, if it is one.
    pub(crate) fn agent_mut(&mut self, id: NameId) -> Option<&mut AgentState> {
        self.agents.get_mut(id)
    }

    pub(crate) fn dependents(&self, agent: usize) -> &[NameId] {
        self.dependents.get(agent).map_or(&[], Vec::as_slice)
    }

    /// Adds to a load, making its entry if there is none.
    pub(crate) fn add_load(&mut self, id: NameId, amount: f64) {
        if self.loads[id].is_none() {
            self.loaded.push(id);
        }
        self.loads[id] = Some(self.loads[id].unwrap_or(0.0) + amount);
    }

    /// Adds to every entry of the load map.
    pub(crate) fn add_load_everywhere(&mut self, amount: f64) {
        for id in &self.loaded {
            if let Some(load) = &mut self.loads[*id] {
                *load += amount;
            }
        }
    }

    /// Multiplies a load, if there is an entry.
    pub(crate) fn scale_load(&mut self, id: NameId, factor: f64) {
        if let Some(load) = &mut self.loads[id] {
            *load *= factor;
        }
    }

    /// TOUCH of the specification: changes resource and stress of an agent; a service whose
    /// stress is then below its threshold may report overload again. Strangers are not touched.
    pub(crate) fn touch(&mut self, id: NameId, resource: f64, stress: f64) {
        let Some(state) = self.agents.get_mut(id) else { return };
        state.resource += resource;
        state.stress += stress;
        if let Role::Service(service) = &self.scenario.agents[id].role
            && state.stress < service.overload_threshold
        {
            state.flag = false;
        }
    }

    /// The first quantity that left the finite numbers: what, and whose.
    pub(crate) fn not_finite(&self) -> Option<(&'static str, &'s str)> {
        let load = self.loaded.iter().find(|id| self.loads[**id].is_some_and(|load| !load.is_finite()));
        if let Some(id) = load {
            return Some(("load", self.names[*id]));
        }
        self.agents.iter().zip(&self.names).find_map(|(state, name)| {
            if !state.stress.is_finite() {
                return Some(("stress", *name));
            }
            (!state.resource.is_finite()).then_some(("resource", *name))
        })
    }
}
