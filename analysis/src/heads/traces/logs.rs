//! Logs: what follows what among the lines of a span; the mix of lines where spans are unknown.

use super::follow::{Context, finding};
use super::quiet::Split;
use crate::case::Case;
use crate::heads::{Composition, Finding, HeadResult};

pub(super) fn evaluate(case: &Case<'_>, split: &Split) -> Option<HeadResult> {
    let c = case.constants;
    if (split.normal().count() as f64) < c.log_windows {
        return None;
    }
    let mut findings: Vec<Option<Finding>> = vec![None; case.len()];
    let mut climbs = vec![true; case.len()];
    for (service, list) in &Context::all(case, "logs", split) {
        if let Some((found, surprise)) = finding(list, "logs", split, c) {
            climbs[*service] = surprise.is_break(c);
            findings[*service] = Some(found);
        }
    }
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "logs",
        signal: "surprise of what follows what among log lines".to_owned(),
        unit: "nats".to_owned(),
        excess_unit: "nats of surprise per line",
        composition: Composition::Climbing,
        weight: c.weight_logs,
        climbs,
        findings,
    })
}
