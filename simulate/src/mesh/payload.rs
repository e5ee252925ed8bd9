//! Payloads of events as JSON texts, written into one buffer that is used again.
//!
//! Writing to a `String` cannot fail, here and below.

use std::fmt::Write as _;

use super::extra::Extra;
use super::facts::{CascadeHop, FaultStep, Operation, RecoveryStep, RuleStep, StatusChange, TickSummary};
use super::number::push_real;
use super::object::{Object, push_text};
use super::state::Levels;
use super::{Action, Mesh, Op};

/// `FAULT_INJECTED`.
pub(super) fn injected(text: &mut String, fault: usize, step: &FaultStep) {
    text.clear();
    let mut object = Object::begin(text);
    object.count("fault", fault);
    object.text("kind", step.kind.name());
    object.real("speed", step.speed);
    object.end();
}

/// `FAULT_STEP`.
pub(super) fn fault(text: &mut String, fault: usize, step: &FaultStep) {
    text.clear();
    let mut object = Object::begin(text);
    object.count("fault", fault);
    object.text("kind", step.kind.name());
    object.real("speed", step.speed);
    object.integer("progression", step.progression);
    object.text("rule", step.rule.name());
    object.integer("fd_before", step.before.open_files);
    object.integer("fd_after", step.after.open_files);
    object.integer("restarts_before", step.before.restarts);
    object.integer("restarts_after", step.after.restarts);
    levels(object, &step.before, &step.after);
}

/// `CASCADE_HOP`.
pub(super) fn hop(text: &mut String, fault: usize, hop: &CascadeHop, names: &[String]) {
    text.clear();
    let mut object = Object::begin(text);
    object.count("fault", fault);
    object.integer("hop", hop.hop.into());
    object.real("contribution", hop.contribution);
    object.text("outcome", hop.outcome.name());
    object.text("source", &names[hop.source]);
    object.text("parent", &names[hop.parent]);
    levels(object, &hop.before, &hop.after);
}

/// `RECOVERY_STEP`.
pub(super) fn recovery(text: &mut String, fault: usize, step: &RecoveryStep) {
    text.clear();
    let mut object = Object::begin(text);
    object.count("fault", fault);
    object.text("role", step.role.name());
    levels(object, &step.before, &step.after);
}

/// `RULE`.
pub(super) fn rule(text: &mut String, step: &RuleStep<'_>) {
    text.clear();
    let mut object = Object::begin(text);
    object.text("rule", step.rule.name());
    for field in step.fields {
        object.real_option(&format!("{}_before", field.field), field.before);
        object.real(&format!("{}_after", field.field), field.after);
    }
    levels(object, &step.before, &step.after);
}

/// `STATUS_CHANGE` and `STATUS_CLEARED`.
pub(super) fn status(text: &mut String, change: &StatusChange) {
    text.clear();
    let mut object = Object::begin(text);
    object.text("old", change.old.name());
    object.text("new", change.new.name());
    object.text("threshold", change.threshold.name());
    object.end();
}

/// `TICK`.
pub(super) fn tick(text: &mut String, summary: &TickSummary<'_>, names: &[String]) {
    text.clear();
    let mut object = Object::begin(text);
    object.integer("tick", summary.tick);
    object.integer("sim_time_s", summary.sim_time_s);
    object.real("bcm_delta", summary.bcm_delta);
    object.real("bcm_total", summary.bcm_total);
    object.integer("zero_streak", summary.zero_streak);
    object.integer_option("mttm_reference", summary.mttm_reference);
    object.integer_option("mttm_after_impact", summary.mttm_after_impact);
    object.real("slo_budget", summary.slo_budget);
    object.real("slo_shielded", summary.slo_shielded);
    object.flag("user_impact", summary.user_impact);
    object.count("impacted", summary.impacted);
    object.count("at_risk", summary.at_risk);
    let shares = object.field("bcm_shares");
    shares.push('{');
    for (i, share) in summary.bcm_shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        if !shares.ends_with('{') {
            shares.push(',');
        }
        push_text(shares, &names[i]);
        shares.push(':');
        push_real(shares, *share);
    }
    shares.push('}');
    object.end();
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
        push_text(text, &names[change.service]);
        text.push_str(",\"field\":");
        push_text(text, &change.field);
        for (key, value) in [(",\"before\":", change.before.as_ref()), (",\"after\":", Some(&change.after))] {
            text.push_str(key);
            text.push_str(&value.map_or_else(|| "null".to_owned(), value_json));
        }
        text.push('}');
    }
    text.push_str("]}");
}

/// The levels before and after, which end a payload.
fn levels(mut object: Object<'_>, before: &Levels, after: &Levels) {
    object.real("err_before", before.error);
    object.real("err_after", after.error);
    object.real("lat_before", before.latency);
    object.real("lat_after", after.latency);
    object.real("mem_before", before.memory);
    object.real("mem_after", after.memory);
    object.end();
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
