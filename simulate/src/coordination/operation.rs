//! Operations: what may start, and which phases follow each other (specification, sections 6, 10).

use infra_eventlog::RunError;

use super::actions::{Scope, StrategyName};
use super::admission::Admission;
use super::agenda::{What, rank};
use super::agents::{Agents, State};
use super::class::Class;
use super::counts::Counts;
use super::engine::Engine;
use super::gather::Plan;
use super::job::{Job, Phase};
use super::log::Entry;
use super::modifiers::entities;
use super::names::LEADS;
use super::population::Population;
use super::routing::{best, route};
use super::scenario::CoordinationScenario;
use super::target::Target;

/// One phase under way.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) job: u64,
    pub(crate) phase: Phase,
    pub(crate) plan: Plan,
    pub(crate) counts: Counts,
    pub(crate) targets: Vec<Target>,
    /// Row of its OP_START.
    pub(crate) row: i64,
    /// Messages whose fate is not yet in the log.
    pub(crate) outstanding: u32,
    pub(crate) ended: bool,
}

impl Engine<'_> {
    /// An operation of the scenario is to start.
    pub(crate) fn start(&mut self, action: u32) -> Result<(), RunError> {
        let scenario = self.scenario;
        let Some(operation) = scenario.actions.get(action as usize).and_then(|a| a.operation) else {
            return Ok(());
        };
        let (response, reason) = match self.admission(action, &operation) {
            Admission::Admitted => {
                let job = self.next_job;
                self.next_job += 1;
                self.jobs.insert(job, Job::new(action, operation, self.now_us));
                return self.next_phase(job);
            },
            Admission::Queued(reason) => {
                self.waiting.push(action);
                ("queued", reason)
            },
            Admission::Refused(reason) => ("refused", reason),
        };
        self.story.refused += 1;
        let names = self.names;
        let entry = Entry {
            at_us: self.now_us,
            cause: None,
            event_type: "OP_REFUSED",
            source: names.orchestrator(),
            service: Some(names.orchestrator()),
        };
        let (strategy, priority) = (operation.strategy.name(), operation.priority);
        self.log
            .told(
                &entry,
                format_args!(
                    "{{\"strategy\":\"{strategy}\",\"priority\":{priority},\"response\":\"{response}\",\"reason\":\"{reason}\"}}"
                ),
                format_args!("{strategy} operation of priority {priority} is {response}: {reason}"),
            )
            .map(|_| ())
    }

    /// The next phase of a job, or its end.
    pub(crate) fn next_phase(&mut self, job: u64) -> Result<(), RunError> {
        let (scenario, population, agents) = (self.scenario, self.population, &self.agents);
        let Some(entry) = self.jobs.get_mut(&job) else { return Ok(()) };
        let action = entry.action;
        match entry.next_step(self.now_us, &population, || meant(scenario, &population, agents, action)) {
            Some(step) => self.begin_phase(job, &step),
            None => self.finish(job),
        }
    }

    /// A job's last phase has ended.
    fn finish(&mut self, job: u64) -> Result<(), RunError> {
        let Some(job) = self.jobs.remove(&job) else { return Ok(()) };
        let strategy = job.operation.strategy;
        if strategy == StrategyName::Scatter {
            return Ok(());
        }
        let mut targets = job.targets;
        if strategy == StrategyName::Wave {
            let everybody = 0..self.population.agents();
            targets = everybody.filter(|a| self.population.class(*a) != Class::F).count() as u64;
            if !job.failed_at_sector {
                self.miss_sectors(&job);
            }
        }
        self.kpi.note(|tally| {
            tally.cascade_ms.push((self.now_us - job.start_us) as f64 / 1000.0);
            if strategy == StrategyName::Wave {
                tally.ready += job.ready;
                tally.targets += targets;
            }
        });
        self.last_cascade_us = Some(self.now_us);
        let result = job.result();
        let coverage = if targets == 0 { 0.0 } else { job.ready as f64 / targets as f64 };
        let partial = job.is_partial();
        self.story.cascade(self.now_us, strategy.name(), result, coverage);
        let names = self.names;
        let entry = Entry {
            at_us: self.now_us,
            cause: job.row,
            event_type: "OP_END",
            source: names.orchestrator(),
            service: Some(names.orchestrator()),
        };
        self.log
            .told(
                &entry,
                format_args!(
                    "{{\"strategy\":\"{}\",\"phase\":\"cascade\",\"result\":\"{result}\",\"start_us\":{},\"end_us\":{},\"degraded_phases\":{},\"targets\":{targets},\"ready\":{},\"coverage\":{coverage:?},\"sectors\":{},\"clusters\":{},\"expected_agents\":{},\"human_pending\":{},\"partial\":{partial}}}",
                    strategy.name(),
                    job.start_us,
                    self.now_us,
                    job.degraded,
                    job.ready,
                    job.sectors.len(),
                    job.clusters.len(),
                    job.expected,
                    job.human_pending,
                ),
                format_args!("{} cascade ends: {result}, {} of {targets} targets", strategy.name(), job.ready),
            )
            .map(|_| ())
    }

    /// A wave never asked the agents of sectors whose coordinator was not ready: nothing was sent
    /// to them, and their coverage shows it.
    fn miss_sectors(&mut self, job: &Job) {
        for sector in 0..self.population.sectors() {
            if job.sectors.binary_search(&sector).is_ok() {
                continue;
            }
            let mut dropped = 0;
            for cluster in self.population.sector_clusters(sector) {
                let agents = self.population.cluster_agents(cluster);
                let expected = agents.filter(|a| self.population.class(*a) != Class::F).count() as u32;
                self.cluster_interval[cluster as usize].targets += expected;
                dropped += expected;
            }
            self.story.dropped(self.now_us, sector, dropped, self.names);
        }
    }

    /// Schedules the next phase of a job at this instant.
    pub(crate) fn continue_job(&mut self, job: u64) -> Result<(), RunError> {
        self.schedule(self.now_us, rank::START, 0, None, What::Phase(job))
    }
}

/// Whom an action means, in the order of their numbers.
pub(crate) fn meant(
    scenario: &CoordinationScenario,
    population: &Population,
    agents: &Agents,
    action: u32,
) -> Vec<u32> {
    let Some(action) = scenario.actions.get(action as usize) else { return Vec::new() };
    let Some(delegation) = action.operation.and_then(|operation| operation.delegation) else {
        if action.scope == Scope::Agent {
            return action.ids.clone();
        }
        let all = entities(action.scope, &action.ids, population);
        return all.take_while(|entity| *entity < LEADS).collect();
    };
    let can = |agent: &u32| {
        agents.state[*agent as usize] == State::Active
            && population.class(*agent).capabilities().contains(&delegation.capability)
    };
    let scored = |agent: u32| (agents.score[agent as usize], agent);
    if action.scope == Scope::Cluster {
        let of = |cluster: &u32| route(population.cluster_agents(*cluster).filter(can).map(scored));
        return action.ids.iter().filter_map(of).collect();
    }
    let all = entities(action.scope, &action.ids, population).take_while(|entity| *entity < LEADS);
    let mut chosen = best(all.filter(can).map(scored), delegation.best as usize);
    chosen.sort_unstable();
    chosen
}
