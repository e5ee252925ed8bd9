//! Operations as texts write them: the keys of golden scripts.

use serde::{Deserialize, Serialize};

use super::extra::Extra;
use super::script::{Action, Op, ScheduledOp};

/// An operation with all keys that any has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpText {
    after_tick: i64,
    op: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    params: Option<Params>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expect_wrong: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Extra>,
}

/// What actions are told beside their target.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_limit_mb: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drain_percentage: Option<f64>,
}

impl TryFrom<OpText> for ScheduledOp {
    type Error = String;

    fn try_from(text: OpText) -> Result<Self, String> {
        let missing = |key: &str| format!("operation `{}` lacks `{key}`", text.op.escape_debug());
        let op = match text.op.as_str() {
            "halt_fault" => Op::HaltFault { index: text.index.ok_or_else(|| missing("index"))? },
            "halt_legacy" => Op::HaltLegacy,
            "action" => Op::Action {
                action: action(
                    text.action.as_deref().ok_or_else(|| missing("action"))?,
                    text.params.as_ref(),
                )?,
                target: text.target.clone().ok_or_else(|| missing("target"))?,
            },
            "set" => Op::Set {
                service: text.service.clone().ok_or_else(|| missing("service"))?,
                field: text.field.clone().ok_or_else(|| missing("field"))?,
                value: text.value.clone().ok_or_else(|| missing("value"))?,
            },
            other => {
                return Err(format!(
                    "no operation is named `{}` (known: halt_fault, halt_legacy, action, set)",
                    other.escape_debug()
                ));
            },
        };
        Ok(Self { after_tick: text.after_tick, op, expect_wrong: text.expect_wrong })
    }
}

fn action(name: &str, params: Option<&Params>) -> Result<Action, String> {
    Ok(match name {
        "restart_service" => Action::RestartService,
        "rollback_deploy" => Action::RollbackDeploy,
        "revert_config" => Action::RevertConfig,
        "scale_replicas" => {
            let memory_limit_mb = params.and_then(|params| params.memory_limit_mb);
            if memory_limit_mb.is_some_and(|limit| limit < 1) {
                return Err("`memory_limit_mb` must be at least 1".to_owned());
            }
            Action::ScaleReplicas { memory_limit_mb }
        },
        "circuit_break" => Action::CircuitBreak,
        "traffic_shift" => Action::TrafficShift { drain: params.and_then(|params| params.drain_percentage) },
        other => {
            return Err(format!(
                "no action is named `{}` (known: {})",
                other.escape_debug(),
                Action::NAMES.join(", ")
            ));
        },
    })
}

impl From<ScheduledOp> for OpText {
    fn from(scheduled: ScheduledOp) -> Self {
        let mut text = Self {
            after_tick: scheduled.after_tick,
            op: scheduled.op.name().to_owned(),
            expect_wrong: scheduled.expect_wrong,
            ..Self::default()
        };
        match scheduled.op {
            Op::HaltFault { index } => text.index = Some(index),
            Op::HaltLegacy => {},
            Op::Action { action, target } => {
                text.action = Some(action.name().to_owned());
                text.target = Some(target);
                text.params = match action {
                    Action::ScaleReplicas { memory_limit_mb: Some(limit) } => {
                        Some(Params { memory_limit_mb: Some(limit), drain_percentage: None })
                    },
                    Action::TrafficShift { drain: Some(drain) } => {
                        Some(Params { memory_limit_mb: None, drain_percentage: Some(drain) })
                    },
                    _ => None,
                };
            },
            Op::Set { service, field, value } => {
                text.service = Some(service);
                text.field = Some(field);
                text.value = Some(value);
            },
        }
        text
    }
}
