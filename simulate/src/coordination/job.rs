//! Operations as sequences of phases: which follow each other, and what they come to
//! (specification, sections 5 and 6).

use super::actions::{Operation, StrategyName};
use super::class::Class;
use super::counts::Counts;
use super::gather::{Plan, gather};
use super::message::Bus;
use super::names::{COORDINATORS, LEADS};
use super::population::Population;
use super::target::{Fate, Node, Outcome, Target};
use super::wave::stage;

/// Classes of the priority-first cascade with their minimum rates.
const PRIORITIES: [(Class, f64); 5] =
    [(Class::D, 0.99), (Class::C, 0.98), (Class::B, 0.95), (Class::A, 0.90), (Class::E, 0.85)];
/// A wave that reaches a smaller share of the agents that it expects is partial.
const PARTIAL: f64 = 0.95;

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

/// A phase that is to start.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) phase: Phase,
    pub(crate) plan: Plan,
    pub(crate) entities: Vec<u32>,
}

impl Step {
    /// Follows all its messages; `reach` tells what a node is like, `None` if it is not routable.
    pub(crate) fn follow(&self, bus: Bus, reach: impl Fn(u32) -> Option<Node>) -> Outcome {
        if self.phase.gathers() {
            gather(self.plan, bus, &self.entities, reach)
        } else {
            stage(self.plan, bus, &self.entities, reach)
        }
    }
}

/// An operation as the scenario started it: one phase, or a cascade of several.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) action: u32,
    pub(crate) operation: Operation,
    pub(crate) start_us: u64,
    /// Phases started.
    phase: usize,
    /// Row that the next phase follows from.
    pub(crate) row: Option<i64>,
    /// Phases that failed their minimum.
    pub(crate) degraded: u32,
    /// Targets over all phases but those of a wave.
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

impl Job {
    /// One that has not begun.
    pub(crate) const fn new(action: u32, operation: Operation, start_us: u64) -> Self {
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

    /// The phase that starts now, `None` after the last one. `meant` are the agents of the scope.
    pub(crate) fn next_step(
        &mut self,
        now_us: u64,
        population: &Population,
        meant: impl FnOnce() -> Vec<u32>,
    ) -> Option<Step> {
        let phase = self.phase;
        self.phase += 1;
        let operation = &self.operation;
        let agents = 0..population.agents();
        let step = |phase, entities, window_ms, min_rate, timeout_ms| {
            let plan = Plan { t0_us: now_us, window_ms, min_rate, timeout_ms, weight: operation.weight };
            Some(Step { phase, plan, entities })
        };
        let timeout_ms = operation.timeout_ms;
        match (operation.strategy, phase) {
            _ if self.failed_at_sector => None,
            (StrategyName::Scatter, 0) => {
                step(Phase::All, meant(), operation.window_ms, operation.min_rate, timeout_ms)
            },
            (StrategyName::Parallel, 0) => step(Phase::All, agents.collect(), 1000.0, 0.90, timeout_ms),
            (StrategyName::PriorityFirst, _) => {
                let (class, min_rate) = *PRIORITIES.get(phase)?;
                let of_class = agents.filter(|a| population.class(*a) == class).collect();
                step(Phase::Class(class), of_class, 500.0, min_rate, timeout_ms)
            },
            (StrategyName::Wave, 0) => {
                let all = COORDINATORS..COORDINATORS + population.sectors();
                step(Phase::Sectors, all.collect(), 200.0, 0.98, timeout_ms)
            },
            (StrategyName::Wave, 1) => {
                let clusters = self.sectors.iter().flat_map(|s| population.sector_clusters(*s));
                step(Phase::Clusters, clusters.map(|c| LEADS + c).collect(), 0.0, 0.0, 1000.0)
            },
            (StrategyName::Wave, 2) => {
                let agents = self.clusters.iter().flat_map(|c| population.cluster_agents(*c));
                let (people, others): (Vec<u32>, Vec<u32>) =
                    agents.partition(|a| population.class(*a) == Class::F);
                self.human_pending = people.len() as u64;
                step(Phase::Agents, others, 0.0, 0.0, 2000.0)
            },
            _ => None,
        }
    }

    /// A phase has ended like that.
    pub(crate) fn note(
        &mut self,
        phase: Phase,
        min_rate: f64,
        counts: &Counts,
        targets: &[Target],
        population: &Population,
    ) {
        let reached = || targets.iter().filter(|t| t.fate == Fate::Ready).map(|t| t.entity);
        let failed = counts.status(min_rate) != "SUCCESS";
        match phase {
            Phase::Sectors => {
                self.sectors = reached().map(|entity| entity - COORDINATORS).collect();
                self.failed_at_sector = failed;
            },
            Phase::Clusters => self.clusters = reached().filter_map(|e| population.cluster(e)).collect(),
            Phase::Agents => {
                self.ready = counts.ready;
                self.expected = counts.targets;
            },
            Phase::All | Phase::Class(_) => {
                self.ready += counts.ready;
                self.targets += counts.targets;
                self.degraded += u32::from(failed);
            },
        }
    }

    /// What it came to.
    pub(crate) fn result(&self) -> &'static str {
        match self.operation.strategy {
            _ if self.failed_at_sector => "FAILED_AT_SECTOR",
            StrategyName::PriorityFirst => "COMPLETE",
            StrategyName::Parallel if self.degraded > 0 => "PARTIAL",
            _ => "SUCCESS",
        }
    }

    /// Whether a wave reached too few of the agents that it expected.
    pub(crate) fn is_partial(&self) -> bool {
        self.expected > 0 && (self.ready as f64 / self.expected as f64) < PARTIAL
    }
}
