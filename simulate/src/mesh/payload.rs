//! Payloads of events as JSON texts, written into one buffer that is used again.
//!
//! Writing to a `String` cannot fail, here and below.

use std::fmt::Write as _;

use super::extra::Extra;
use super::facts::{CascadeHop, FaultStep, Operation, RecoveryStep, RuleStep, StatusChange, TickSummary};
use super::state::Levels;
use super::{Action, Mesh, Op};

/// `FAULT_INJECTED`.
pub(super) fn injected(text: &mut String, fault: usize, step: &FaultStep) {
    text.clear();
    let _ = write!(text, "{{\"fault\":{fault},\"kind\":\"{}\",\"speed\":{}}}", step.kind.name(), step.speed);
}

/// `FAULT_STEP`.
pub(super) fn fault(text: &mut String, fault: usize, step: &FaultStep) {
    text.clear();
    let _ = write!(
        text,
        "{{\"fault\":{fault},\"kind\":\"{}\",\"speed\":{},\"progression\":{},\"rule\":\"{}\",\"fd_before\":{},\"fd_after\":{},\"restarts_before\":{},\"restarts_after\":{},",
        step.kind.name(),
        step.speed,
        step.progression,
        step.rule.name(),
        step.before.open_files,
        step.after.open_files,
        step.before.restarts,
        step.after.restarts
    );
    levels(text, &step.before, &step.after);
}

/// `CASCADE_HOP`.
pub(super) fn hop(text: &mut String, fault: usize, hop: &CascadeHop, names: &[String]) {
    text.clear();
    let _ = write!(
        text,
        "{{\"fault\":{fault},\"hop\":{},\"contribution\":{},\"outcome\":\"{}\",",
        hop.hop,
        hop.contribution,
        hop.outcome.name()
    );
    for (key, place) in [("source", hop.source), ("parent", hop.parent)] {
        let _ = write!(text, "\"{key}\":");
        push_json(text, &names[place]);
        text.push(',');
    }
    levels(text, &hop.before, &hop.after);
}

/// `RECOVERY_STEP`.
pub(super) fn recovery(text: &mut String, fault: usize, step: &RecoveryStep) {
    text.clear();
    let _ = write!(text, "{{\"fault\":{fault},\"role\":\"{}\",", step.role.name());
    levels(text, &step.before, &step.after);
}

/// `RULE`.
pub(super) fn rule(text: &mut String, step: &RuleStep<'_>) {
    text.clear();
    let _ = write!(text, "{{\"rule\":\"{}\",", step.rule.name());
    for field in step.fields {
        let _ = match field.before {
            Some(before) => write!(text, "\"{}_before\":{before},", field.field),
            None => write!(text, "\"{}_before\":null,", field.field),
        };
        let _ = write!(text, "\"{}_after\":{},", field.field, field.after);
    }
    levels(text, &step.before, &step.after);
}

/// `STATUS_CHANGE` and `STATUS_CLEARED`.
pub(super) fn status(text: &mut String, change: &StatusChange) {
    text.clear();
    let _ = write!(
        text,
        "{{\"old\":\"{}\",\"new\":\"{}\",\"threshold\":\"{}\"}}",
        change.old.name(),
        change.new.name(),
        change.threshold.name()
    );
}

/// `TICK`.
pub(super) fn tick(text: &mut String, summary: &TickSummary<'_>, names: &[String]) {
    text.clear();
    let _ = write!(
        text,
        "{{\"tick\":{},\"sim_time_s\":{},\"bcm_delta\":{},\"bcm_total\":{},\"zero_streak\":{},",
        summary.tick, summary.sim_time_s, summary.bcm_delta, summary.bcm_total, summary.zero_streak
    );
    for (key, tick) in
        [("mttm_reference", summary.mttm_reference), ("mttm_after_impact", summary.mttm_after_impact)]
    {
        let _ = match tick {
            Some(tick) => write!(text, "\"{key}\":{tick},"),
            None => write!(text, "\"{key}\":null,"),
        };
    }
    let _ = write!(
        text,
        "\"slo_budget\":{},\"slo_shielded\":{},\"user_impact\":{},\"impacted\":{},\"at_risk\":{},\"bcm_shares\":{{",
        summary.slo_budget, summary.slo_shielded, summary.user_impact, summary.impacted, summary.at_risk
    );
    for (i, share) in summary.bcm_shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        if !text.ends_with('{') {
            text.push(',');
        }
        push_json(text, &names[i]);
        let _ = write!(text, ":{share}");
    }
    text.push_str("}}");
}

/// The first `TICK`, with the texts that never change.
pub(super) fn start(text: &mut String, mesh: &Mesh) {
    text.clear();
    let _ = write!(text, "{{\"tick\":0,\"texts\":{}}}", texts(mesh));
}

/// `OPERATION`.
pub(super) fn operation(text: &mut String, operation: &Operation<'_>, names: &[String]) {
    text.clear();
    let _ = write!(text, "{{\"op\":\"{}\",\"wrong\":{},", operation.op.name(), operation.wrong);
    if let Op::Action { action, .. } = operation.op {
        let _ = write!(text, "\"action\":\"{}\",", action.name());
        let _ = match action {
            Action::ScaleReplicas { memory_limit_mb: Some(limit) } => {
                write!(text, "\"memory_limit_mb\":{limit},")
            },
            Action::TrafficShift { drain: Some(drain) } => write!(text, "\"drain_percentage\":{drain},"),
            _ => Ok(()),
        };
    }
    if let Some(fault) = operation.halted {
        let _ = write!(text, "\"halted_fault\":{fault},");
    }
    text.push_str("\"changes\":[");
    for (i, change) in operation.changes.iter().enumerate() {
        text.push_str(if i == 0 { "{\"service\":" } else { ",{\"service\":" });
        push_json(text, &names[change.service]);
        text.push_str(",\"field\":");
        push_json(text, &change.field);
        for (key, value) in [(",\"before\":", change.before.as_ref()), (",\"after\":", Some(&change.after))] {
            text.push_str(key);
            text.push_str(&value.map_or_else(|| "null".to_owned(), value_json));
        }
        text.push('}');
    }
    text.push_str("]}");
}

/// The levels before and after, which end a payload.
fn levels(text: &mut String, before: &Levels, after: &Levels) {
    let _ = write!(
        text,
        "\"err_before\":{},\"err_after\":{},\"lat_before\":{},\"lat_after\":{},\"mem_before\":{},\"mem_after\":{}}}",
        before.error, after.error, before.latency, after.latency, before.memory, after.memory
    );
}

/// Texts and maps among the further values, by service; those of the tasks never change.
fn texts(mesh: &Mesh) -> String {
    let all: serde_json::Map<String, serde_json::Value> = mesh
        .services()
        .iter()
        .filter_map(|service| {
            let texts: serde_json::Map<String, serde_json::Value> = service
                .extras
                .iter()
                .filter(|(_, value)| value.number().is_none())
                .filter_map(|(name, value)| Some((name.to_owned(), serde_json::to_value(value).ok()?)))
                .collect();
            (!texts.is_empty()).then(|| (service.name.clone(), texts.into()))
        })
        .collect();
    serde_json::Value::from(all).to_string()
}

fn value_json(value: &Extra) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Appends a text as JSON.
fn push_json(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}
