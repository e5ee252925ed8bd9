//! What changes about agents during a run, as columns over all agents.

use super::class::Class;
use super::population::Population;

/// Operational state of an agent (specification, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Takes part.
    #[default]
    Active,
    /// Its score is above 800.
    Degraded,
    /// Out of reach, or crashed and noticed.
    Offline,
    /// Shut out.
    Quarantined,
}

impl State {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
            Self::Quarantined => "quarantined",
        }
    }
}

/// Its drift is above 0.5.
pub(crate) const UNSTABLE: u8 = 1;
/// Crashed: no beats until it is replaced.
pub(crate) const CRASHED: u8 = 2;
/// Cut off by the scenario: no beats until that ends.
pub(crate) const CUT_OFF: u8 = 4;
/// Routed around since its score left its history behind.
pub(crate) const SPIKING: u8 = 8;

/// Columns over all agents.
#[derive(Clone, Debug)]
pub(crate) struct Agents {
    pub(crate) state: Vec<State>,
    pub(crate) flags: Vec<u8>,
    pub(crate) last_beat_us: Vec<u64>,
    /// Impedance score as the registry has it now.
    pub(crate) score: Vec<f64>,
    /// Sum and number of the scores of earlier beats.
    pub(crate) beat_sum: Vec<f64>,
    pub(crate) beats: Vec<u32>,
    /// Beats in a row at which a spiking agent was calm.
    pub(crate) calm: Vec<u8>,
    /// Its last operations, newest in the lowest bit: 1 is a conflict.
    pub(crate) history: Vec<u8>,
    /// Active agents of each cluster.
    pub(crate) active: Vec<u32>,
    /// Quarantined agents of each cluster.
    pub(crate) quarantined: Vec<u32>,
    /// Spiking agents of each cluster.
    pub(crate) spiking: Vec<u32>,
}

impl Agents {
    /// All active, without beats; scores are the caller's to fill in.
    pub(crate) fn new(population: &Population) -> Self {
        let n = population.agents() as usize;
        let clusters = population.clusters();
        Self {
            state: vec![State::Active; n],
            flags: vec![0; n],
            last_beat_us: vec![0; n],
            score: vec![0.0; n],
            beat_sum: vec![0.0; n],
            beats: vec![0; n],
            calm: vec![0; n],
            history: vec![0; n],
            active: (0..clusters).map(|c| population.cluster_agents(c).len() as u32).collect(),
            quarantined: vec![0; clusters as usize],
            spiking: vec![0; clusters as usize],
        }
    }

    /// Moves an agent of `cluster` to another state and returns the old one.
    pub(crate) fn move_to(&mut self, agent: u32, cluster: u32, new: State) -> State {
        let old = std::mem::replace(&mut self.state[agent as usize], new);
        let cluster = cluster as usize;
        self.active[cluster] += u32::from(new == State::Active);
        self.active[cluster] -= u32::from(old == State::Active);
        self.quarantined[cluster] += u32::from(new == State::Quarantined);
        self.quarantined[cluster] -= u32::from(old == State::Quarantined);
        old
    }

    /// Whether operations may address it as far as its own state goes.
    pub(crate) fn addressable(&self, agent: u32) -> bool {
        let a = agent as usize;
        matches!(self.state[a], State::Active | State::Degraded) && self.flags[a] & (CUT_OFF | SPIKING) == 0
    }

    /// Whether a crash or the scenario keeps it silent.
    pub(crate) fn is_silent(&self, agent: u32) -> bool {
        self.flags[agent as usize] & (CRASHED | CUT_OFF) != 0
    }

    /// Notes the outcome of an operation and tells whether that makes three conflicts in its last
    /// five operations.
    pub(crate) fn remember(&mut self, agent: u32, conflict: bool) -> bool {
        let history = &mut self.history[agent as usize];
        *history = (*history << 1 | u8::from(conflict)) & 0b1_1111;
        conflict && history.count_ones() >= 3
    }

    /// Mean score of the earlier beats, if there were ten.
    pub(crate) fn usual_score(&self, agent: u32) -> Option<f64> {
        let a = agent as usize;
        (self.beats[a] >= 10).then(|| self.beat_sum[a] / f64::from(self.beats[a]))
    }
}

/// Whether a class is exempt from degradation: people answer slowly.
pub(crate) fn is_exempt(class: Class) -> bool {
    class == Class::F
}
