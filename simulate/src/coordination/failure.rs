//! Recorded failures and what breakers make of them (specification, section 9).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::State;
use super::breaker::{Reason, Timer, Transition};
use super::engine::Engine;
use super::level::Level;
use super::log::{Entry, OrNull};
use super::names::{COORDINATORS, LEADS};
use super::position::Position;

/// Classes of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureClass {
    /// A message was lost or its response late.
    TransientNetwork,
    /// An agent fell silent.
    AgentCrash,
    /// An agent contradicts too often.
    ByzantineBehavior,
}

impl FailureClass {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TransientNetwork => "TRANSIENT_NETWORK",
            Self::AgentCrash => "AGENT_CRASH",
            Self::ByzantineBehavior => "BYZANTINE_BEHAVIOR",
        }
    }
}

impl Engine<'_> {
    /// Records a failure of an entity's cluster and sector; breakers may trip at once.
    pub(crate) fn failure(
        &mut self,
        entity: u32,
        class: FailureClass,
        cause: Option<i64>,
        escalated: bool,
    ) -> Result<(), RunError> {
        let (cluster, sector) = (self.population.cluster(entity), self.population.sector(entity));
        let moved = self.breakers.failure(cluster, sector, self.now_us);
        match cluster {
            Some(cluster) => self.cluster_interval[cluster as usize].failures += 1,
            None => self.sector_interval[sector as usize].failures += 1,
        }
        self.story.failed(cluster, sector);
        let names = self.names;
        let service = names.service_of(entity);
        let entry = Entry {
            at_us: self.now_us,
            cause,
            event_type: "FAILURE",
            source: service,
            service: Some(service),
        };
        let of_cluster = OrNull(cluster.map(|c| self.breakers.failures(Level::Cluster(c))));
        let of_sector = self.breakers.failures(Level::Sector(sector));
        let row = self.log.event(
            &entry,
            format_args!(
                "{{\"agent\":{entity},\"class\":\"{}\",\"cluster_failures\":{of_cluster},\"sector_failures\":{of_sector},\"escalated\":{escalated}}}",
                class.name()
            ),
        )?;
        for transition in moved.into_iter().flatten() {
            self.breaker_moved(&transition, Some(row))?;
        }
        Ok(())
    }

    /// Writes a breaker's transition and sets its timer.
    pub(crate) fn breaker_moved(&mut self, moved: &Transition, cause: Option<i64>) -> Result<(), RunError> {
        let names = self.names;
        let level = moved.level;
        let event_type = match moved.new {
            _ if moved.reason == Reason::ProbeFailed => "BREAKER_PROBE_FAILED",
            Position::Open => "BREAKER_OPEN",
            _ => "BREAKER_RECOVERY",
        };
        let service = names.at(level);
        let entry = Entry { at_us: self.now_us, cause, event_type, source: service, service: Some(service) };
        let (old, new) = (moved.old.name(), moved.new.name());
        let timer_us = OrNull(moved.timer.map(|timer| timer.at_us));
        let why = moved.reason.name();
        let row = self.log.told(
            &entry,
            format_args!(
                "{{\"level\":\"{}\",\"id\":{},\"old\":\"{old}\",\"new\":\"{new}\",\"cause\":\"{why}\",\"failures\":{},\"timer_us\":{timer_us}}}",
                level.name(),
                level.id(),
                OrNull(moved.reason.count()),
            ),
            format_args!("breaker of {service} was {old}, is {new}: {why}"),
        )?;
        if moved.new == Position::Closed {
            let seconds = (self.now_us - self.breakers.tripped_us(level)) as f64 / 1e6;
            self.kpi.note(|tally| match level {
                Level::Cluster(_) => tally.cluster_recovery_s.push(seconds),
                Level::Sector(_) => tally.sector_recovery_s.push(seconds),
                Level::Global => {},
            });
        }
        self.story.breaker(self.now_us, moved, names, &self.population);
        if let Some(timer) = moved.timer {
            // In order of creation whatever they guard: no entity.
            self.schedule(timer.at_us, rank::TIMER, 0, Some(row), What::Breaker(timer))?;
        }
        Ok(())
    }

    /// Trips a breaker as a response to a threat, unless it is open.
    pub(crate) fn order_open(&mut self, level: Level, cause: i64) -> Result<(), RunError> {
        match self.breakers.trip(level, self.now_us) {
            Some(moved) => self.breaker_moved(&moved, Some(cause)),
            None => Ok(()),
        }
    }

    /// A breaker's timer is due.
    pub(crate) fn breaker_timer(&mut self, timer: Timer, cause: Option<i64>) -> Result<(), RunError> {
        let probe_ok = match self.breakers.awaits_probe(&timer) {
            Some(true) => self.probe(timer.level),
            _ => true,
        };
        match self.breakers.timer(timer, probe_ok) {
            None => Ok(()),
            Some(moved) => self.breaker_moved(&moved, cause),
        }
    }

    /// What a probe finds, unless the scenario says what it finds.
    fn probe(&mut self, level: Level) -> bool {
        if let Some(forced) = self.forced_probe(level) {
            return forced;
        }
        match level {
            Level::Cluster(cluster) => {
                let agents = self.population.cluster_agents(cluster);
                let all = agents.len();
                let there = agents.filter(|a| self.agents.state[*a as usize] != State::Offline).count();
                !self.relays_down.contains_key(&(LEADS + cluster)) && 2 * there >= all
            },
            Level::Sector(sector) => {
                let clusters = self.population.sector_clusters(sector);
                let all = clusters.len();
                let open =
                    clusters.filter(|c| self.breakers.position(Level::Cluster(*c)) == Position::Open).count();
                !self.relays_down.contains_key(&(COORDINATORS + sector)) && 2 * (all - open) >= all
            },
            Level::Global => self.breakers.probe_of_all(),
        }
    }
}
