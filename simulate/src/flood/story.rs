//! What really happened: an observer that keeps what the ground truth and the derived metrics
//! need (specification, section 8), and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::action::Action;
use super::error::FloodError;
use super::observer::{Executed, Observer};
use super::scenario::{FloodScenario, Role};
use super::world::World;
use crate::kernel::EventId;

/// Faults beyond this number are counted, not listed.
pub(crate) const MAX_FAULTS: usize = 100_000;

/// How far the failure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No service was ever stressed.
    None,
    /// Exactly one service was.
    Localized,
    /// Several were, none of which depends on another one of them.
    SeveralLocalized,
    /// Several were, and one of them depends on another.
    Systemic,
}

impl Outcome {
    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "no overload",
            Self::Localized => "localized overload",
            Self::SeveralLocalized => "several localized overloads",
            Self::Systemic => "systemic overload",
        }
    }
}

/// A flood that hit a service.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodHit {
    /// When \[ticks\].
    pub tick: i64,
    /// Whom.
    pub service: String,
    /// How hard.
    pub intensity: f64,
}

/// An overload that made another service report one.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The failing service.
    pub from: String,
    /// Its victim.
    pub to: String,
    /// First impact that led to a report \[ticks\].
    pub tick: i64,
    /// Load that such impacts added, in all.
    pub load: f64,
}

/// The story of one run. Ticks throughout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Floods, in order.
    pub hits: Vec<FloodHit>,
    /// Floods beyond the cap, not listed.
    pub hits_not_listed: u64,
    /// The first services that reported overload: all that did in one reaction pass.
    pub root_causes: Vec<String>,
    /// How overload spread, by first impact.
    pub propagation: Vec<Spread>,
    /// Number of `SERVICE_OVERLOAD` events by source.
    pub overload_events: BTreeMap<String, u64>,
    /// First tick with positive stress, by service.
    pub onset: BTreeMap<String, i64>,
    /// Largest system stress after any event.
    pub system_stress_maximum: f64,
    /// First tick with system stress above the smallest threshold of a policy.
    pub threshold_crossed: Option<i64>,
    /// Ticks of interventions.
    pub interventions: Vec<i64>,
    /// How far it went.
    pub outcome: Option<Outcome>,
    dependency_impacts: BTreeMap<EventId, (String, String, f64, i64)>,
    first_overload: Option<Option<EventId>>,
}

impl Story {
    /// Ticks from the first crossing of the policy's threshold to the first intervention.
    #[must_use]
    pub fn governance_latency(&self) -> Option<i64> {
        Some(self.interventions.first()? - self.threshold_crossed?)
    }

    fn overload(&mut self, event: &Executed<'_>) {
        let source = event.source.to_owned();
        *self.overload_events.entry(source.clone()).or_default() += 1;
        // Several services may report in the reaction pass of one event: all of them are first.
        let first = *self.first_overload.get_or_insert(event.cause);
        let together = event.cause.is_some() && first == event.cause;
        if (self.root_causes.is_empty() || together) && !self.root_causes.contains(&source) {
            self.root_causes.push(source.clone());
        }
        let Some((from, to, load, tick)) = event.cause.and_then(|id| self.dependency_impacts.get(&id)) else {
            return;
        };
        if *to != source || from == to {
            return;
        }
        match self.propagation.iter_mut().find(|spread| spread.from == *from && spread.to == *to) {
            Some(spread) => spread.load += load,
            None => {
                self.propagation.push(Spread { from: from.clone(), to: to.clone(), tick: *tick, load: *load })
            },
        }
    }

    fn flood(&mut self, tick: i64, intensity: f64, hit: &[String], world: &World<'_>) {
        // Only services can fail; a flood may also hit other agents, or nobody.
        let is_service = |id: &&String| world.id_of(id).is_some_and(|id| world.limit(id).is_some());
        for service in hit.iter().filter(is_service) {
            if self.hits.len() == MAX_FAULTS {
                self.hits_not_listed += 1;
            } else {
                self.hits.push(FloodHit { tick, service: service.clone(), intensity });
            }
        }
    }

    fn look(&mut self, tick: i64, world: &World<'_>) {
        let scenario = world.scenario();
        let before = self.onset.len();
        for (agent, state) in scenario.agents.iter().zip(world.agents()) {
            let stressed = matches!(agent.role, Role::Service(_)) && state.stress > 0.0;
            if stressed && !self.onset.contains_key(&agent.id) {
                self.onset.insert(agent.id.clone(), tick);
            }
        }
        let stress = world.system_stress();
        self.system_stress_maximum = self.system_stress_maximum.max(stress);
        if self.threshold_crossed.is_none() && smallest_threshold(scenario).is_some_and(|t| stress > t) {
            self.threshold_crossed = Some(tick);
        }
        if self.onset.len() > before || self.outcome.is_none() {
            self.outcome = Some(reach(&self.onset, scenario));
        }
    }
}

impl Observer for Story {
    fn executed(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), FloodError> {
        match event.action {
            Action::FloodImpact { intensity, affected_services } => {
                self.flood(event.tick, *intensity, affected_services, world);
            },
            Action::ServiceOverload { .. } => self.overload(event),
            Action::PolicyIntervention { .. } => self.interventions.push(event.tick),
            Action::DependencyImpact { target, intensity } => {
                let impact = (event.source.to_owned(), target.clone(), *intensity, event.tick);
                self.dependency_impacts.insert(event.id, impact);
            },
            _ => {},
        }
        self.look(event.tick, world);
        Ok(())
    }
}

fn smallest_threshold(scenario: &FloodScenario) -> Option<f64> {
    scenario
        .agents
        .iter()
        .filter_map(|agent| match &agent.role {
            Role::Policy(policy) => Some(policy.stress_threshold),
            _ => None,
        })
        .min_by(f64::total_cmp)
}

/// How far the failure went, by the services that were ever stressed. Without relief stress
/// never falls, and this is what the specification says about the final stress.
fn reach(stressed: &BTreeMap<String, i64>, scenario: &FloodScenario) -> Outcome {
    let ids: BTreeSet<&str> = stressed.keys().map(String::as_str).collect();
    let depends = |id: &str, dependencies: &[String]| {
        ids.contains(id) && dependencies.iter().any(|other| other != id && ids.contains(other.as_str()))
    };
    let dependent = scenario.agents.iter().any(|agent| match &agent.role {
        Role::Service(service) => depends(&agent.id, &service.dependencies),
        _ => false,
    });
    match ids.len() {
        0 => Outcome::None,
        1 => Outcome::Localized,
        _ if dependent => Outcome::Systemic,
        _ => Outcome::SeveralLocalized,
    }
}
