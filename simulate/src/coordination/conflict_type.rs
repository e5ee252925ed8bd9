//! Kinds of conflicts: how urgent, who is told, what is done (specification, section 8).

/// A kind of conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConflictType {
    /// Two contexts went different ways.
    ContextDivergence,
    /// Agents say opposite things.
    DataContradiction,
    /// An effect comes before its cause.
    TemporalParadox,
    /// The agent cannot do what it is asked.
    CapabilityMismatch,
    /// The context is not what it should be.
    HashMismatch,
    /// Anything else.
    Other,
}

/// Divergence beyond this depth is urgent.
const DEEP: u64 = 10;
/// A contradiction between more agents than this is urgent.
const MANY: u64 = 100;

impl ConflictType {
    /// All kinds that have names of their own.
    const NAMED: [Self; 5] = [
        Self::ContextDivergence,
        Self::DataContradiction,
        Self::TemporalParadox,
        Self::CapabilityMismatch,
        Self::HashMismatch,
    ];

    /// The kind of that name; an unknown name is another kind.
    pub(crate) fn named(name: &str) -> Self {
        Self::NAMED.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Other)
    }

    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ContextDivergence => "CONTEXT_DIVERGENCE",
            Self::DataContradiction => "DATA_CONTRADICTION",
            Self::TemporalParadox => "TEMPORAL_PARADOX",
            Self::CapabilityMismatch => "CAPABILITY_MISMATCH",
            Self::HashMismatch => "HASH_MISMATCH",
            Self::Other => "OTHER",
        }
    }

    /// How urgent it is with that depth of divergence and so many agents.
    pub(crate) const fn priority(self, depth: u64, affected: u64) -> Priority {
        Priority(match self {
            Self::ContextDivergence if depth > DEEP => 3,
            Self::DataContradiction if affected > MANY => 3,
            Self::ContextDivergence | Self::DataContradiction | Self::Other => 2,
            Self::TemporalParadox | Self::HashMismatch => 4,
            Self::CapabilityMismatch => 1,
        })
    }

    /// What resolves it.
    pub(crate) const fn strategy(self) -> &'static str {
        match self {
            Self::ContextDivergence => "BRANCH_AND_RECONCILE",
            Self::DataContradiction => "PROVENANCE_TRACE",
            Self::TemporalParadox => "CLOCK_RECONCILIATION",
            Self::CapabilityMismatch => "REROUTE",
            Self::HashMismatch => "QUARANTINE_AND_RELOAD",
            Self::Other => "MANUAL_REVIEW",
        }
    }
}

/// Priority of a conflict: 0 (background) to 4 (at once).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Priority(pub(crate) u8);

/// Resolution of what is to be resolved at once \[s\].
const AT_ONCE_S: f64 = 5.0;

impl Priority {
    /// Time within which it is to be resolved \[s\]: 0 is at once; `None` for the background,
    /// which has no limit.
    pub(crate) const fn limit_s(self) -> Option<u64> {
        match self.0 {
            0 => None,
            1 => Some(3600),
            2 => Some(600),
            3 => Some(60),
            _ => Some(0),
        }
    }

    /// Whether the sector coordinator is told.
    pub(crate) const fn tells_sector(self) -> bool {
        self.0 >= 3
    }

    /// Whether the orchestrator is told.
    pub(crate) const fn tells_orchestrator(self) -> bool {
        self.0 >= 4
    }

    /// How long its resolution takes \[s\], by a uniform draw.
    pub(crate) fn resolution_s(self, uniform: f64) -> f64 {
        match self.limit_s() {
            Some(limit_s) if limit_s > 0 => limit_s as f64 * (0.25 + 0.5 * uniform),
            _ => AT_ONCE_S,
        }
    }
}
