//! The loop: who is due next, in the order of section 11.
//!
//! Events sort by (time, rank, entity, creation). The queue's rank holds rank and entity, its
//! sequence is the creation. Heartbeats stand in a calendar of their own and are merged in.

use std::collections::BTreeMap;

use infra_eventlog::RunError;

use super::actions::ActionKind;
use super::agenda::{Due, What, rank};
use super::agents::Agents;
use super::breaker::Breakers;
use super::class::Class;
use super::conflict_queue::ConflictQueue;
use super::failure::FailureClass;
use super::heartbeat::Calendar;
use super::interval::Interval;
use super::job::Job;
use super::kpi::KpiBook;
use super::log::RunLog;
use super::mode::MeshMode;
use super::modifiers::Modifiers;
use super::names::Names;
use super::operation::Running;
use super::population::Population;
use super::registry::Registry;
use super::scenario::CoordinationScenario;
use super::story::Story;
use super::threat::Flood;
use crate::kernel::{EventQueue, RandomSource};

/// A run in progress. Its parts are in the files that are named after what they do.
pub(crate) struct Engine<'s> {
    pub(crate) scenario: &'s CoordinationScenario,
    pub(crate) population: Population,
    pub(crate) names: &'s Names,
    pub(crate) random: RandomSource,
    pub(crate) log: RunLog,
    pub(crate) now_us: u64,
    queue: EventQueue<u64, Due>,
    calendar: Calendar,
    pub(crate) registry: Registry,
    pub(crate) agents: Agents,
    pub(crate) breakers: Breakers,
    pub(crate) modifiers: Modifiers,
    /// Reported latency over the true one, of agents whose reports are tampered with.
    pub(crate) reported: BTreeMap<u32, f64>,
    /// Scores at the last map.
    pub(crate) map_scores: Vec<f32>,
    pub(crate) isolated: Vec<bool>,
    /// Leads and coordinators that crashed or are cut off, by entity.
    pub(crate) relays_down: BTreeMap<u32, ActionKind>,
    /// Row that tells why an agent went silent.
    pub(crate) silenced_by: BTreeMap<u32, i64>,
    pub(crate) cluster_interval: Vec<Interval>,
    /// Of the clusters since the last map, and of the coordinators' own messages.
    pub(crate) sector_interval: Vec<Interval>,
    pub(crate) failures_per_map: Vec<u32>,
    pub(crate) mode: MeshMode,
    pub(crate) frozen: bool,
    pub(crate) flood: Option<Flood>,
    pub(crate) next_op: u64,
    pub(crate) next_job: u64,
    pub(crate) running: BTreeMap<u64, Running>,
    pub(crate) jobs: BTreeMap<u64, Job>,
    pub(crate) waiting: Vec<u32>,
    pub(crate) last_cascade_us: Option<u64>,
    pub(crate) conflicts: ConflictQueue,
    pub(crate) forced_probes: Vec<u32>,
    pub(crate) kpi: KpiBook,
    pub(crate) story: Story,
    pub(crate) scores_buffer: Vec<(f64, u32)>,
    pub(crate) beats: u64,
    pub(crate) messages: u64,
}

impl<'s> Engine<'s> {
    /// A run that stands at its start.
    pub(crate) fn new(
        scenario: &'s CoordinationScenario,
        population: Population,
        names: &'s Names,
        log: RunLog,
    ) -> Self {
        let random = RandomSource::new(scenario.header.seed);
        let registry = Registry::new(&population, random);
        let mut agents = Agents::new(&population);
        for (a, score) in agents.score.iter_mut().enumerate() {
            *score = registry.record(a).score();
        }
        let (clusters, sectors) = (population.clusters(), population.sectors());
        Self {
            scenario,
            population,
            names,
            random,
            log,
            now_us: 0,
            queue: EventQueue::new(usize::MAX),
            calendar: Calendar::new(population.agents()),
            registry,
            map_scores: agents.score.iter().map(|score| *score as f32).collect(),
            agents,
            breakers: Breakers::new(clusters, sectors),
            modifiers: Modifiers::default(),
            reported: BTreeMap::new(),
            isolated: vec![false; clusters as usize],
            relays_down: BTreeMap::new(),
            silenced_by: BTreeMap::new(),
            cluster_interval: vec![Interval::default(); clusters as usize],
            sector_interval: vec![Interval::default(); sectors as usize],
            failures_per_map: Vec::new(),
            mode: MeshMode::Full,
            frozen: false,
            flood: None,
            next_op: 0,
            running: BTreeMap::new(),
            jobs: BTreeMap::new(),
            next_job: 0,
            waiting: Vec::new(),
            last_cascade_us: None,
            conflicts: ConflictQueue::default(),
            forced_probes: Vec::new(),
            kpi: KpiBook::default(),
            story: Story::new(clusters, sectors, scenario.first_fault_us()),
            scores_buffer: Vec::new(),
            beats: 0,
            messages: 0,
        }
    }

    /// Puts something into the queue.
    pub(crate) fn schedule(
        &mut self,
        at_us: u64,
        rank: i32,
        entity: u32,
        cause: Option<i64>,
        what: What,
    ) -> Result<(), RunError> {
        let place = (rank << rank::ENTITY_BITS) | entity as i32;
        match self.queue.push(at_us, place, Due { cause, what }) {
            Ok(_) => Ok(()),
            Err(full) => Err(RunError::Producer(full.to_string())),
        }
    }

    /// Plays to the end of the scenario.
    pub(crate) fn run(&mut self) -> Result<(), RunError> {
        self.opening()?;
        let end_us = self.scenario.end_us();
        while let Some((at_us, place)) = self.queue.peek().map(|(key, _)| (key.at, key.rank)) {
            let until_us = at_us.min(end_us);
            loop {
                let beat = self.calendar.peek();
                let beat_place = (rank::BEAT << rank::ENTITY_BITS) | beat.agent as i32;
                if beat.at_us > until_us || (beat.at_us, beat_place) > (at_us, place) {
                    break;
                }
                self.calendar.step();
                self.beat(beat)?;
            }
            if at_us > end_us {
                break;
            }
            let Some((key, due)) = self.queue.pop() else { break };
            self.now_us = key.at;
            self.step(due)?;
        }
        self.now_us = end_us;
        self.closing()
    }

    /// The RUN row, and what is due from the start.
    fn opening(&mut self) -> Result<(), RunError> {
        self.run_row()?;
        for (i, action) in self.scenario.actions.iter().enumerate() {
            let i = i as u32;
            match action.operation {
                Some(operation) => {
                    for nth in 0..u64::from(operation.repeat) {
                        let at_us = (action.t_ms + nth * operation.every_ms) * 1000;
                        self.schedule(at_us, rank::START, 0, None, What::Start(i))?;
                    }
                },
                None => self.schedule(action.start_us(), rank::ACTION, 0, None, What::Begin(i))?,
            }
        }
        for (s, rank, what) in [
            (5, rank::LIVENESS, What::Liveness),
            (5, rank::SUMMARY, What::Summary),
            (10, rank::MAP, What::Map),
            (60, rank::SNAPSHOT, What::Kpi),
        ] {
            self.schedule(s * 1_000_000, rank, 0, None, what)?;
        }
        Ok(())
    }

    fn step(&mut self, due: Due) -> Result<(), RunError> {
        let Due { cause, what } = due;
        match what {
            What::Begin(action) => self.begin(action),
            What::End(action) => self.end(action, cause),
            What::Start(action) => self.start(action),
            What::Phase(job) => self.next_phase(job),
            What::MessageFailed { op, index } => self.message_failed(op, index),
            What::Arrival { op, index } => self.arrival(op, index),
            What::Completion { op, index } => self.completion(op, index),
            What::Response { op, index } => self.response(op, index),
            What::OperationEnd(op) => self.operation_end(op),
            What::Breaker(timer) => self.breaker_timer(timer, cause),
            What::Replacement(agent) => self.replacement(agent, cause),
            What::Resolved { number, priority, at_us } => self.resolved(number, priority, at_us, cause),
            What::Liveness => self.liveness(),
            What::Summary => self.summary(),
            What::Map => self.map(),
            What::FloodCheck => self.flood_check(cause),
            What::Kpi => self.kpi_row(),
        }
    }

    /// Computes an agent's score anew after its record changed.
    pub(crate) fn rescore(&mut self, agent: u32) {
        let a = agent as usize;
        let mut record = *self.registry.record(a);
        if let Some(factor) = self.reported.get(&agent) {
            record.latency_ms *= factor;
        }
        self.agents.score[a] = record.score();
    }

    /// Class of an agent.
    pub(crate) const fn class(&self, agent: u32) -> Class {
        self.population.class(agent)
    }

    /// Cluster of an agent.
    pub(crate) const fn cluster_of(&self, agent: u32) -> u32 {
        match self.population.cluster(agent) {
            Some(cluster) => cluster,
            None => 0,
        }
    }

    /// A failure that has no message: a crash or a quarantine.
    pub(crate) fn agent_failed(
        &mut self,
        agent: u32,
        class: FailureClass,
        cause: i64,
    ) -> Result<(), RunError> {
        self.failure(agent, class, Some(cause), false)
    }
}
