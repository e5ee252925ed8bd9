//! Operations: what may start, and which phases follow each other (specification, sections 6, 10).

use infra_eventlog::RunError;

use super::actions::{Operation, Scope, StrategyName};
use super::admission::Admission;
use super::agenda::{What, rank};
use super::class::Class;
use super::counts::Counts;
use super::engine::Engine;
use super::gather::{Plan, Target};
use super::log::Entry;
use super::modifiers::entities;
use super::names::{COORDINATORS, LEADS};

/// Classes of the priority-first cascade with their minimum rates.
const PRIORITIES: [(Class, f64); 5] =
    [(Class::D, 0.99), (Class::C, 0.98), (Class::B, 0.95), (Class::A, 0.90), (Class::E, 0.85)];

/// An operation as the scenario started it: one phase, or a cascade of several.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) action: u32,
    pub(crate) operation: Operation,
    pub(crate) start_us: u64,
    /// Phases started.
    pub(crate) phase: usize,
    /// Row that the next phase follows from.
    pub(crate) row: Option<i64>,
    /// Phases that failed their minimum.
    pub(crate) degraded: u32,
    /// Targets over all phases; of a wave the agents that are no people.
    pub(crate) targets: u64,
    /// Those ready or reached.
    pub(crate) ready: u64,
    /// Sectors and clusters that a wave has reached.
    pub(crate) sectors: Vec<u32>,
    pub(crate) clusters: Vec<u32>,
    /// Agents that a wave expects to reach, and people that it leaves to their own pace.
    pub(crate) expected: u64,
    pub(crate) human_pending: u64,
    /// A wave whose coordinators did not agree.
    pub(crate) failed_at_sector: bool,
}

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

/// Which part of an operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A scatter-gather to everybody meant.
    All,
    /// A scatter-gather to one class.
    Class(Class),
    /// The coordinators of a wave, a scatter-gather.
    Sectors,
    /// The leads of a wave.
    Clusters,
    /// The agents of a wave.
    Agents,
}

impl Phase {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Class(class) => class.name(),
            Self::Sectors => "sectors",
            Self::Clusters => "clusters",
            Self::Agents => "agents",
        }
    }

    /// Whether it gathers responses; the later stages of a wave do not.
    pub(crate) const fn gathers(self) -> bool {
        !matches!(self, Self::Clusters | Self::Agents)
    }
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

    /// Whom an action means.
    pub(crate) fn meant(&self, action: u32) -> Vec<u32> {
        match self.scenario.actions.get(action as usize) {
            Some(action) if action.scope == Scope::Agent => action.ids.clone(),
            Some(action) => entities(action.scope, &action.ids, &self.population)
                .take_while(|entity| *entity < LEADS)
                .collect(),
            None => Vec::new(),
        }
    }

    /// The next phase of a job, or its end.
    pub(crate) fn next_phase(&mut self, job: u64) -> Result<(), RunError> {
        let Some(entry) = self.jobs.get_mut(&job) else { return Ok(()) };
        let (phase, operation, action) = (entry.phase, entry.operation, entry.action);
        entry.phase += 1;
        let stop = entry.failed_at_sector;
        let (sectors, clusters) = (entry.sectors.clone(), entry.clusters.clone());
        let plan = |window_ms, min_rate| Plan {
            t0_us: self.now_us,
            window_ms,
            min_rate,
            timeout_ms: operation.timeout_ms,
            weight: operation.weight,
        };
        let population = self.population;
        match (operation.strategy, phase) {
            _ if stop => self.finish(job),
            (StrategyName::Scatter, 0) => {
                let plan = plan(operation.window_ms, operation.min_rate);
                self.gather(job, Phase::All, &self.meant(action), plan)
            },
            (StrategyName::Parallel, 0) => {
                let all: Vec<u32> = (0..population.agents()).collect();
                self.gather(job, Phase::All, &all, plan(1000.0, 0.90))
            },
            (StrategyName::PriorityFirst, 0..5) => {
                let (class, min_rate) = PRIORITIES[phase];
                let all = 0..population.agents();
                let of_class: Vec<u32> = all.filter(|a| population.class(*a) == class).collect();
                self.gather(job, Phase::Class(class), &of_class, plan(500.0, min_rate))
            },
            (StrategyName::Wave, 0) => {
                let all: Vec<u32> = (COORDINATORS..COORDINATORS + population.sectors()).collect();
                self.gather(job, Phase::Sectors, &all, plan(200.0, 0.98))
            },
            (StrategyName::Wave, 1) => {
                let leads = sectors.iter().flat_map(|s| population.sector_clusters(*s)).map(|c| LEADS + c);
                self.stage(job, Phase::Clusters, &leads.collect::<Vec<_>>(), 1000.0, operation.weight)
            },
            (StrategyName::Wave, 2) => {
                let agents = clusters.iter().flat_map(|c| population.cluster_agents(*c));
                self.stage(job, Phase::Agents, &agents.collect::<Vec<_>>(), 2000.0, operation.weight)
            },
            _ => self.finish(job),
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
        let result = match strategy {
            _ if job.failed_at_sector => "FAILED_AT_SECTOR",
            StrategyName::PriorityFirst => "COMPLETE",
            _ if strategy == StrategyName::Parallel && job.degraded > 0 => "PARTIAL",
            _ => "SUCCESS",
        };
        let coverage = if targets == 0 { 0.0 } else { job.ready as f64 / targets as f64 };
        let partial = job.expected > 0 && (job.ready as f64 / job.expected as f64) < 0.95;
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

impl Job {
    const fn new(action: u32, operation: Operation, start_us: u64) -> Self {
        Self {
            action,
            operation,
            start_us,
            phase: 0,
            row: None,
            degraded: 0,
            targets: 0,
            ready: 0,
            sectors: Vec::new(),
            clusters: Vec::new(),
            expected: 0,
            human_pending: 0,
            failed_at_sector: false,
        }
    }
}
