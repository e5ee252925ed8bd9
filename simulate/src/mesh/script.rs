//! Operations of a scenario's script (specification, section 13).

use serde::{Deserialize, Serialize};

use super::extra::Extra;
use super::script_text::OpText;

/// What an operator does to a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Starts it anew.
    RestartService,
    /// Goes back to the deployment before.
    RollbackDeploy,
    /// Goes back to the configuration before.
    RevertConfig,
    /// Gives it more memory.
    ScaleReplicas {
        /// New limit \[MiB\]; `None`: twice the present one.
        memory_limit_mb: Option<i64>,
    },
    /// Cuts its callers' calls short.
    CircuitBreak,
    /// Sends a share of its traffic elsewhere.
    TrafficShift {
        /// The share, 0..1; `None`: 0.8.
        drain: Option<f64>,
    },
}

impl Action {
    /// Names of all actions.
    pub const NAMES: [&str; 6] = [
        "restart_service",
        "rollback_deploy",
        "revert_config",
        "scale_replicas",
        "circuit_break",
        "traffic_shift",
    ];

    /// Its name in scripts and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RestartService => "restart_service",
            Self::RollbackDeploy => "rollback_deploy",
            Self::RevertConfig => "revert_config",
            Self::ScaleReplicas { .. } => "scale_replicas",
            Self::CircuitBreak => "circuit_break",
            Self::TrafficShift { .. } => "traffic_shift",
        }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Ends a fault by its index.
    HaltFault {
        /// Position in the list of faults.
        index: usize,
    },
    /// Ends the fault of the legacy path.
    HaltLegacy,
    /// An operator's action.
    Action {
        /// What.
        action: Action,
        /// On which service.
        target: String,
    },
    /// Sets a field of a service.
    Set {
        /// Whose.
        service: String,
        /// Which field.
        field: String,
        /// To what.
        value: Extra,
    },
}

impl Op {
    /// Its name in scripts and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::HaltFault { .. } => "halt_fault",
            Self::HaltLegacy => "halt_legacy",
            Self::Action { .. } => "action",
            Self::Set { .. } => "set",
        }
    }
}

/// An operation and when it is due. As text it has the keys of golden scripts: `after_tick`, `op`,
/// and the operation's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "OpText", into = "OpText")]
pub struct ScheduledOp {
    /// After which tick's outputs were taken; 0 is before the first tick.
    pub after_tick: i64,
    /// What.
    pub op: Op,
    /// What golden data expect of the action's judgement.
    pub expect_wrong: Option<bool>,
}

/// Operations in the order of their ticks; those after one tick in the order of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<ScheduledOp>", into = "Vec<ScheduledOp>")]
pub struct Script(Vec<ScheduledOp>);

impl Script {
    /// The script of these operations.
    #[must_use]
    pub fn new(mut operations: Vec<ScheduledOp>) -> Self {
        operations.sort_by_key(|scheduled| scheduled.after_tick);
        Self(operations)
    }

    /// All operations.
    #[must_use]
    pub fn operations(&self) -> &[ScheduledOp] {
        &self.0
    }

    /// Operations due after a tick.
    #[must_use]
    pub fn after(&self, tick: i64) -> &[ScheduledOp] {
        let start = self.0.partition_point(|op| op.after_tick < tick);
        let end = self.0.partition_point(|op| op.after_tick <= tick);
        self.0.get(start..end).unwrap_or(&[])
    }
}

impl From<Vec<ScheduledOp>> for Script {
    fn from(operations: Vec<ScheduledOp>) -> Self {
        Self::new(operations)
    }
}

impl From<Script> for Vec<ScheduledOp> {
    fn from(script: Script) -> Self {
        script.0
    }
}
