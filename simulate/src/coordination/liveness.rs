//! Who is there: silence, offline agents, replacements (specification, sections 9 and 10).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::{CRASHED, State};
use super::engine::Engine;
use super::failure::FailureClass;
use super::heartbeat::PERIOD_US;
use super::log::{Entry, Real};
use crate::kernel::RandomSource;

/// Longest silence of an agent that counts as there \[µs\].
const SILENCE_US: u64 = 30_000_000;
/// From the detection of a crash to its replacement \[µs\].
const REPLACEMENT_US: u64 = 20_000_000;
/// A replacement succeeds with this probability.
const REPLACED: f64 = 0.95;

/// Whether an agent that was last heard of then counts as gone.
pub(crate) const fn is_missing(now_us: u64, last_beat_us: u64) -> bool {
    now_us.saturating_sub(last_beat_us) > SILENCE_US
}

/// When the replacement of an agent is ready, or has failed, whose crash was detected then \[µs\].
pub(crate) const fn replacement_us(detected_us: u64) -> u64 {
    detected_us.saturating_add(REPLACEMENT_US)
}

/// Whether the replacement of an agent succeeds.
pub(crate) fn replacement_works(random: RandomSource, agent: u32) -> bool {
    random.uniform(11, u64::from(agent), 0) < REPLACED
}

impl Engine<'_> {
    /// Every cluster looks for agents that have been silent for more than 30 s. What a cluster
    /// finds is recorded before the next cluster looks, as failures come before further checks.
    pub(crate) fn liveness(&mut self) -> Result<(), RunError> {
        let now_us = self.now_us;
        for cluster in 0..self.population.clusters() {
            for agent in self.population.cluster_agents(cluster) {
                let a = agent as usize;
                let silent = is_missing(now_us, self.agents.last_beat_us[a]);
                if silent && matches!(self.agents.state[a], State::Active | State::Degraded) {
                    self.crashed(agent)?;
                }
            }
        }
        self.schedule(now_us + PERIOD_US, rank::LIVENESS, 0, None, What::Liveness)
    }

    fn crashed(&mut self, agent: u32) -> Result<(), RunError> {
        let cause = self.silenced_by.get(&agent).copied();
        let row = self.change_state(agent, State::Offline, "silence", cause)?;
        self.schedule(replacement_us(self.now_us), rank::TIMER, agent, Some(row), What::Replacement(agent))?;
        self.agent_failed(agent, FailureClass::AgentCrash, row)
    }

    /// A replacement takes the agent's place, or fails.
    pub(crate) fn replacement(&mut self, agent: u32, cause: Option<i64>) -> Result<(), RunError> {
        if self.agents.state[agent as usize] != State::Offline {
            return Ok(());
        }
        let names = self.names;
        let cluster = names.service_of(agent);
        let works = replacement_works(self.random, agent);
        let entry = Entry {
            at_us: self.now_us,
            cause,
            event_type: "RESPONSE",
            source: cluster,
            service: Some(cluster),
        };
        let row = self.log.event(
            &entry,
            format_args!(
                "{{\"response\":\"replacement\",\"agent\":{agent},\"success\":{works},\"escalated\":{}}}",
                !works
            ),
        )?;
        if !works {
            self.story.replacements_failed += 1;
            return Ok(());
        }
        let a = agent as usize;
        self.agents.flags[a] &= !CRASHED;
        self.agents.last_beat_us[a] = self.now_us;
        if !self.agents.is_silent(agent) {
            self.change_state(agent, State::Active, "replaced", Some(row))?;
        }
        Ok(())
    }

    /// Moves an agent to another state and writes the row.
    pub(crate) fn change_state(
        &mut self,
        agent: u32,
        new: State,
        why: &str,
        cause: Option<i64>,
    ) -> Result<i64, RunError> {
        let cluster = self.cluster_of(agent);
        let old = self.agents.move_to(agent, cluster, new);
        let a = agent as usize;
        let names = self.names;
        let service = names.cluster(cluster);
        let entry = Entry {
            at_us: self.now_us,
            cause,
            event_type: "AGENT_STATE",
            source: service,
            service: Some(service),
        };
        self.log.event(
            &entry,
            format_args!(
                "{{\"agent\":{agent},\"name\":\"{}\",\"old\":\"{}\",\"new\":\"{}\",\"cause\":\"{why}\",\"last_heartbeat_us\":{},\"score\":{}}}",
                names.entity(agent),
                old.name(),
                new.name(),
                self.agents.last_beat_us[a],
                Real(self.agents.score[a]),
            ),
        )
    }
}
