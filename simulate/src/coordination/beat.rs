//! What one heartbeat changes (specification, sections 9 and 10).

use infra_eventlog::RunError;

use super::agents::{CRASHED, CUT_OFF, SPIKING, State, UNSTABLE, is_exempt};
use super::engine::Engine;
use super::heartbeat::Beat;
use super::log::{Entry, Real};

/// Above this score an agent is degraded.
const DEGRADED_SCORE: f64 = 800.0;
/// Above this drift an agent is flagged.
const UNSTABLE_DRIFT: f64 = 0.5;
/// A score beyond this multiple of the agent's history is a spike.
const SPIKE: f64 = 2.0;
/// At or below this multiple a spiking agent is calm.
const CALM: f64 = 1.5;
/// Calm beats in a row that end a spike.
const CALM_BEATS: u8 = 3;
/// Spiking agents of one cluster that are told to its sector.
const MANY_SPIKES: u32 = 3;

/// Whether an agent with that score is degraded.
pub(crate) fn is_slow(score: f64) -> bool {
    score > DEGRADED_SCORE
}

impl Engine<'_> {
    /// An agent's beat is due: unless it is silent or the beat is lost, its lead receives it.
    pub(crate) fn beat(&mut self, beat: Beat) -> Result<(), RunError> {
        let a = beat.agent as usize;
        self.beats += 1;
        let flags = self.agents.flags[a];
        if flags & (CRASHED | CUT_OFF) != 0 || beat.is_lost(self.random) {
            return Ok(());
        }
        self.now_us = beat.at_us;
        self.agents.last_beat_us[a] = beat.at_us;
        let score = self.agents.score[a];
        self.judge_score(beat.agent, score)?;
        self.judge_drift(beat.agent)?;
        self.judge_history(beat.agent, score)
    }

    fn judge_score(&mut self, agent: u32, score: f64) -> Result<(), RunError> {
        let new = match self.agents.state[agent as usize] {
            State::Active if is_slow(score) && !is_exempt(self.class(agent)) => State::Degraded,
            State::Degraded if !is_slow(score) => State::Active,
            _ => return Ok(()),
        };
        self.change_state(agent, new, "score", None).map(|_| ())
    }

    fn judge_drift(&mut self, agent: u32) -> Result<(), RunError> {
        let drift = self.registry.record(agent as usize).drift;
        let flags = &mut self.agents.flags[agent as usize];
        if (drift > UNSTABLE_DRIFT) == (*flags & UNSTABLE != 0) {
            return Ok(());
        }
        *flags ^= UNSTABLE;
        let raised = drift > UNSTABLE_DRIFT;
        self.flag(agent, "unstable", raised, drift, None)
    }

    /// Spikes against the scores of earlier beats; the beats of a spike are no history.
    fn judge_history(&mut self, agent: u32, score: f64) -> Result<(), RunError> {
        let a = agent as usize;
        let usual = self.agents.usual_score(agent);
        if self.agents.flags[a] & SPIKING == 0 {
            if let Some(usual) = usual.filter(|usual| score > SPIKE * usual) {
                return self.spike(agent, score, usual);
            }
            self.agents.beat_sum[a] += score;
            self.agents.beats[a] += 1;
            return Ok(());
        }
        if usual.is_some_and(|usual| score > CALM * usual) {
            self.agents.calm[a] = 0;
            return Ok(());
        }
        self.agents.calm[a] += 1;
        if self.agents.calm[a] < CALM_BEATS {
            return Ok(());
        }
        self.agents.flags[a] &= !SPIKING;
        let cluster = self.cluster_of(agent) as usize;
        self.agents.spiking[cluster] -= 1;
        self.flag(agent, "impedance_spike", false, score, usual)
    }

    fn spike(&mut self, agent: u32, score: f64, usual: f64) -> Result<(), RunError> {
        let a = agent as usize;
        self.agents.flags[a] |= SPIKING;
        self.agents.calm[a] = 0;
        let cluster = self.cluster_of(agent);
        let spiking = &mut self.agents.spiking[cluster as usize];
        *spiking += 1;
        let escalates = *spiking == MANY_SPIKES;
        self.flag(agent, "impedance_spike", true, score, Some(usual))?;
        if escalates {
            let names = self.names;
            let entry = Entry {
                at_us: self.now_us,
                cause: None,
                event_type: "FLAG",
                source: names.cluster(cluster),
                service: Some(names.cluster(cluster)),
            };
            let told = format_args!("{MANY_SPIKES} agents of {} spike at once", names.cluster(cluster));
            self.log.told(&entry, format_args!("{{\"flag\":\"many_spikes\",\"raised\":true}}"), told)?;
        }
        Ok(())
    }

    fn flag(
        &mut self,
        agent: u32,
        flag: &str,
        raised: bool,
        value: f64,
        usual: Option<f64>,
    ) -> Result<(), RunError> {
        let names = self.names;
        let cluster = names.service_of(agent);
        let entry = Entry {
            at_us: self.now_us,
            cause: None,
            event_type: "FLAG",
            source: cluster,
            service: Some(cluster),
        };
        let (value, mean) = (Real(value), super::log::OrNull(usual.map(Real)));
        self.log
            .event(
                &entry,
                format_args!(
                    "{{\"agent\":{agent},\"flag\":\"{flag}\",\"raised\":{raised},\"value\":{value},\"mean\":{mean}}}"
                ),
            )
            .map(|_| ())
    }
}
