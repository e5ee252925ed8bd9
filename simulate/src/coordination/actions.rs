//! What a scenario makes happen: operations, faults and threats (specification, sections 11, 12).

use serde::Serialize;

/// One entry of `actions`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Action {
    /// When \[ms\].
    pub t_ms: u64,
    /// What.
    pub kind: ActionKind,
    /// Whom it concerns.
    pub scope: Scope,
    /// Numbers within the scope from 0 (class: 0 for A to 5 for F; agent: entity numbers, leads
    /// from 1,000,000 and coordinators from 2,000,000). Empty for the scope `mesh`.
    pub ids: Vec<u32>,
    /// How long \[ms\]; `None`: to the end of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Size, in the kind's own unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What an operation is like; `None` for other kinds.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}

/// The kinds of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// An operation is started.
    Operation,
    /// Unreachable: neither addressed nor beating.
    Offline,
    /// Stops beating and answering until it is replaced.
    Crash,
    /// Actual latency times the value; the registry does not know.
    Spike,
    /// Reliability times the value.
    Loss,
    /// The probability of a conflict is the value.
    Byzantine,
    /// Queue plus the value; the registry knows.
    Queue,
    /// What the next probes of the breakers find: 1 is well, 0 is not.
    ProbeResult,
    /// No operation starts any more.
    Freeze,
    /// Operations start again.
    Thaw,
    /// Byzantine 1.0 on one agent.
    RogueAgent,
    /// Byzantine 0.5 on a cluster.
    ClusterCompromise,
    /// Byzantine 0.5 on a sector.
    SectorCompromise,
    /// An unauthorised command from the orchestrator.
    OrchestratorCompromise,
    /// The value is extra messages per second.
    DenialOfService,
    /// Reported latency times the value.
    TimingAttack,
}

impl ActionKind {
    /// All kinds with their names in scenarios.
    pub(crate) const ALL: [(&'static str, Self); 16] = [
        ("operation", Self::Operation),
        ("offline", Self::Offline),
        ("crash", Self::Crash),
        ("spike", Self::Spike),
        ("loss", Self::Loss),
        ("byzantine", Self::Byzantine),
        ("queue", Self::Queue),
        ("probe_result", Self::ProbeResult),
        ("freeze", Self::Freeze),
        ("thaw", Self::Thaw),
        ("rogue_agent", Self::RogueAgent),
        ("cluster_compromise", Self::ClusterCompromise),
        ("sector_compromise", Self::SectorCompromise),
        ("orchestrator_compromise", Self::OrchestratorCompromise),
        ("denial_of_service", Self::DenialOfService),
        ("timing_attack", Self::TimingAttack),
    ];

    /// Its name in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether it breaks something.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        !matches!(self, Self::Operation | Self::ProbeResult | Self::Freeze | Self::Thaw)
    }

    /// Whether the value must be given, with its limits and what it is if it need not be.
    pub(crate) fn value(self) -> Option<ValueRule> {
        let rule = |default, least, most| Some(ValueRule { default, least, most });
        match self {
            Self::Spike | Self::TimingAttack => rule(None, 0.001, 1e6),
            Self::Loss | Self::ProbeResult => rule(None, 0.0, 1.0),
            Self::Byzantine => rule(None, 0.0, 1.0),
            Self::Queue => rule(None, 0.0, 1e6),
            Self::DenialOfService => rule(None, 0.0, 1e12),
            Self::RogueAgent => rule(Some(1.0), 0.0, 1.0),
            Self::ClusterCompromise | Self::SectorCompromise => rule(Some(0.5), 0.0, 1.0),
            _ => None,
        }
    }

    /// The scope that it has without saying so, where it may have no other.
    pub(crate) const fn only_scope(self) -> Option<Scope> {
        match self {
            Self::RogueAgent => Some(Scope::Agent),
            Self::ClusterCompromise => Some(Scope::Cluster),
            Self::SectorCompromise => Some(Scope::Sector),
            Self::OrchestratorCompromise | Self::DenialOfService | Self::Freeze | Self::Thaw => {
                Some(Scope::Mesh)
            },
            _ => None,
        }
    }
}

/// Limits of an action's value, and its default where it has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueRule {
    pub(crate) default: Option<f64>,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Whom an action concerns. A sector includes its coordinator and leads, a cluster its lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody.
    Mesh,
    /// Sectors by number from 0.
    Sector,
    /// Clusters by number from 0.
    Cluster,
    /// Classes, 0 for A to 5 for F.
    Class,
    /// Entities: agents, leads, coordinators.
    Agent,
}

impl Scope {
    /// All scopes with their names in scenarios.
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("mesh", Self::Mesh),
        ("sector", Self::Sector),
        ("cluster", Self::Cluster),
        ("class", Self::Class),
        ("agent", Self::Agent),
    ];

    /// Its name in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, scope)| *scope == self).map_or("", |(name, _)| name)
    }
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// How it reaches its targets.
    pub strategy: StrategyName,
    /// From the start to the target time \[ms\]; parts of cascades have their own.
    pub window_ms: f64,
    /// Share of sent messages that must be answered with READY.
    pub min_rate: f64,
    /// Longest wait for answers \[ms\].
    pub timeout_ms: f64,
    /// Payload weight.
    pub weight: f64,
    /// 0 (background) to 3 (urgent).
    pub priority: u8,
    /// Whether somebody approved it for severely degraded times.
    pub approved: bool,
    /// How many times it is started.
    pub repeat: u32,
    /// Between two starts \[ms\].
    pub every_ms: u64,
    /// Whom of the scope it addresses; `None`: everybody.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Delegation>,
}

/// Work that only agents with a capability can do: in each cluster that the scope names the one
/// with the lowest score, in other scopes the best ones of at most 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// What they must be able to do.
    pub capability: &'static str,
    /// How many of them.
    pub best: u32,
}

/// How an operation reaches its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    /// One scatter-gather to the agents of the scope.
    Scatter,
    /// One scatter-gather to all, window 1000 ms, minimum 0.90.
    Parallel,
    /// Class after class.
    PriorityFirst,
    /// Coordinators, leads, agents.
    Wave,
}

impl StrategyName {
    /// All strategies with their names in scenarios.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("scatter", Self::Scatter),
        ("parallel", Self::Parallel),
        ("priority_first", Self::PriorityFirst),
        ("wave", Self::Wave),
    ];

    /// Its name in scenarios and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, strategy)| *strategy == self).map_or("", |(name, _)| name)
    }
}

impl Action {
    /// Whether it breaks something.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        self.kind.is_fault()
    }

    /// When it begins \[µs\].
    #[must_use]
    pub const fn start_us(&self) -> u64 {
        self.t_ms * 1000
    }

    /// First instant after it \[µs\]; `None`: never.
    #[must_use]
    pub fn end_us(&self) -> Option<u64> {
        self.duration_ms.map(|duration| (self.t_ms + duration) * 1000)
    }

    /// Messages that a `queue` action adds to each queue.
    pub(crate) fn added_queue(&self) -> i64 {
        self.magnitude().floor() as i64
    }

    /// Its size; 1 for kinds without one.
    #[must_use]
    pub fn magnitude(&self) -> f64 {
        self.value.unwrap_or(1.0)
    }
}
