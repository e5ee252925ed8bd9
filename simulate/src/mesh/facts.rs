//! The facts of a run: one type for each row of section 15's "Product event log".
//!
//! Service and fault indices are positions in [`Mesh::services`](super::Mesh::services) and
//! [`Mesh::faults`](super::Mesh::faults); a fault index of `None` is the legacy path's fault.

use super::extra::Extra;
use super::fault::FaultKind;
use super::script::Op;
use super::state::{Levels, Status};

/// A recorded moment of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Right after the tick (or the start).
    Ticked,
    /// After that tick's operations; only if there were some.
    Operated,
}

/// What a fault did to its service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaultStep {
    /// Which fault.
    pub fault: Option<usize>,
    /// Its service.
    pub service: usize,
    /// Its kind.
    pub kind: FaultKind,
    /// Its speed.
    pub speed: f64,
    /// Ticks at work, this one included; 0 on the legacy path.
    pub progression: i64,
    /// By which rule.
    pub rule: FaultRule,
    /// Before.
    pub before: Levels,
    /// After.
    pub after: Levels,
}

/// Which rule of section 6 was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultRule {
    /// The row of its kind.
    Plain,
    /// The metastable loop fed itself.
    Metastable,
    /// The metastable loop broke.
    Break,
    /// The process was killed for its memory.
    Kill,
}

impl FaultRule {
    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Metastable => "metastable",
            Self::Break => "break",
            Self::Kill => "kill",
        }
    }
}

/// A hop of a cascade from callee to caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeHop {
    /// Which fault.
    pub fault: Option<usize>,
    /// The fault's service.
    pub source: usize,
    /// The callee that it came from: the source or a victim of the same tick.
    pub parent: usize,
    /// The caller that it reached.
    pub victim: usize,
    /// 1 for callers of the source.
    pub hop: u32,
    /// Error ratio that arrived.
    pub contribution: f64,
    /// The victim before.
    pub before: Levels,
    /// The victim after; as before unless the hop was applied.
    pub after: Levels,
    /// What became of it.
    pub outcome: HopOutcome,
}

/// What became of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopOutcome {
    /// The victim took it, and it travels on.
    Applied,
    /// The victim is a decoy: it takes nothing and blocks the path.
    RedHerring,
    /// Too small.
    Cutoff,
    /// Too far.
    Depth,
}

impl HopOutcome {
    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::RedHerring => "red_herring",
            Self::Cutoff => "cutoff",
            Self::Depth => "depth",
        }
    }
}

/// A step of recovery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryStep {
    /// Which halted fault.
    pub fault: Option<usize>,
    /// Who recovers.
    pub service: usize,
    /// In which part.
    pub role: RecoveryRole,
    /// Before.
    pub before: Levels,
    /// After.
    pub after: Levels,
}

/// Who recovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryRole {
    /// The service of the halted fault.
    Root,
    /// Any other service; it may be that of a live fault.
    Victim,
}

impl RecoveryRole {
    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Victim => "victim",
        }
    }
}

/// A rule of section 5 or 9 that changed a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleStep<'a> {
    /// Which rule.
    pub rule: Rule,
    /// Whom.
    pub service: usize,
    /// Before.
    pub before: Levels,
    /// After.
    pub after: Levels,
    /// Fields beside the levels.
    pub fields: &'a [FieldStep],
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Crash-loop back-off runs down.
    Backoff,
    /// A certificate expires.
    Bomb,
    /// The CPU is throttled.
    Throttle,
    /// An image cannot be pulled.
    ImagePull,
    /// A data pipeline moves on.
    Pipeline,
}

impl Rule {
    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backoff => "backoff",
            Self::Bomb => "bomb",
            Self::Throttle => "throttle",
            Self::ImagePull => "image_pull",
            Self::Pipeline => "pipeline",
        }
    }
}

/// A numeric field that a rule wrote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldStep {
    /// Its name.
    pub field: &'static str,
    /// Before; `None` if it was absent.
    pub before: Option<f64>,
    /// After.
    pub after: f64,
}

/// A change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Whose.
    pub service: usize,
    /// Before.
    pub old: Status,
    /// After.
    pub new: Status,
    /// What decided.
    pub threshold: Threshold,
}

/// The threshold that decided a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// None is crossed.
    Nothing,
    /// Error ratio ≥ 0.90: down.
    ErrorDown,
    /// Memory ≥ 0.98: down.
    MemoryDown,
    /// Error ratio ≥ 0.50: critical.
    ErrorCritical,
    /// Latency ≥ 2.0 s: critical.
    LatencyCritical,
    /// Error ratio ≥ 0.10: degraded.
    ErrorDegraded,
    /// Latency ≥ 0.50 s: degraded.
    LatencyDegraded,
}

impl Threshold {
    /// In words, for logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::ErrorDown => "error_rate >= 0.90",
            Self::MemoryDown => "memory >= 0.98",
            Self::ErrorCritical => "error_rate >= 0.50",
            Self::LatencyCritical => "latency_p99 >= 2.0",
            Self::ErrorDegraded => "error_rate >= 0.10",
            Self::LatencyDegraded => "latency_p99 >= 0.50",
        }
    }
}

/// A tick in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TickSummary<'a> {
    /// Finished ticks, this one included; 0 for the initial state.
    pub tick: i64,
    /// Simulated time \[s\].
    pub sim_time_s: i64,
    /// User impact of the tick \[bad-customer-minutes\].
    pub bcm_delta: f64,
    /// Its share per service, in their order; they add up to `bcm_delta` left to right.
    pub bcm_shares: &'a [f64],
    /// User impact so far \[bad-customer-minutes\].
    pub bcm_total: f64,
    /// Ticks in a row without user impact.
    pub zero_streak: i64,
    /// Tick of mitigation as the reference counts it, which may be before any impact.
    pub mttm_reference: Option<i64>,
    /// Tick of mitigation, counted only after an impact.
    pub mttm_after_impact: Option<i64>,
    /// SLO budget left, engine burn.
    pub slo_budget: f64,
    /// SLO budget left, episode burn with shield.
    pub slo_shielded: f64,
    /// Whether a service that users meet has an error ratio above 0.10.
    pub user_impact: bool,
    /// Services that are not healthy.
    pub impacted: usize,
    /// Healthy services that call one that is not.
    pub at_risk: usize,
}

/// An operation of the script that was carried out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation<'a> {
    /// After which tick.
    pub tick: i64,
    /// What.
    pub op: &'a Op,
    /// The service that it names, if that is in the mesh.
    pub target: Option<usize>,
    /// Whether the operator acted on a service that was fine.
    pub wrong: bool,
    /// The fault that it halted.
    pub halted: Option<usize>,
    /// Fields that it changed.
    pub changes: &'a [FieldChange],
}

/// A field that an operation changed.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Whose.
    pub service: usize,
    /// Its name in scripts and golden data.
    pub field: String,
    /// Before; `None` if it was absent.
    pub before: Option<Extra>,
    /// After.
    pub after: Extra,
}
