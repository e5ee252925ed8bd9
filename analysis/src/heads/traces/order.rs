//! Order: what follows what inside spans.

use std::collections::BTreeMap;

use infra_ingest::frames::END;

use super::follow::{Context, Surprise, detail, finding};
use super::quiet::Split;
use crate::case::Case;
use crate::cite::Cite;
use crate::heads::{Composition, Finding, HeadResult};

pub(super) fn evaluate(case: &Case<'_>, split: &Split) -> Option<HeadResult> {
    let c = case.constants;
    let contexts = Context::all(case, "spans", split);
    let mut findings: Vec<Option<Finding>> = vec![None; case.len()];
    let mut climbs = vec![true; case.len()];
    for (service, list) in &contexts {
        if let Some((found, surprise)) = finding(list, "spans", split, c) {
            climbs[*service] = surprise.is_break(c);
            findings[*service] = Some(found);
        }
    }
    for (callee, accused) in accused(&contexts, split, case) {
        if findings[callee].as_ref().is_none_or(|f| f.z < accused.z) {
            findings[callee] = Some(accused);
            climbs[callee] = true;
        }
    }
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "order",
        signal: "surprise of what follows what inside spans".to_owned(),
        unit: "nats".to_owned(),
        excess_unit: "nats of surprise per occurrence",
        composition: Composition::Climbing,
        weight: c.weight_order,
        climbs,
        findings,
    })
}

/// Callees after whose calls at least two callers stop: what they have in common is the callee.
/// Its evidence is that of the second most surprised caller.
fn accused(
    contexts: &BTreeMap<usize, Vec<Context<'_>>>,
    split: &Split,
    case: &Case<'_>,
) -> Vec<(usize, Finding)> {
    let c = case.constants;
    let mut stops: BTreeMap<usize, BTreeMap<usize, (f64, &Context<'_>, Surprise<'_>)>> = BTreeMap::new();
    for context in contexts.values().flatten() {
        let Some(callee) = context.callee else { continue };
        let Some(surprise) = context.incident(split, c).filter(|s| s.next == END && s.z >= c.onset_z) else {
            continue;
        };
        let best = stops
            .entry(callee)
            .or_default()
            .entry(context.service)
            .or_insert((surprise.z, context, surprise));
        if surprise.z > best.0 {
            *best = (surprise.z, context, surprise);
        }
    }
    stops
        .into_iter()
        .filter(|(_, callers)| callers.len() >= 2)
        .filter_map(|(callee, callers)| {
            let mut list: Vec<_> = callers.into_values().collect();
            list.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.service.cmp(&b.1.service)));
            let (z, context, surprise) = list.get(1)?;
            let (found, _) = finding(std::slice::from_ref(*context), "spans", split, c)?;
            let cite: Option<Cite> = found.worst.clone();
            Some((
                callee,
                Finding { z: *z, peak_z: *z, worst: cite, detail: Some(detail(context, surprise)), ..found },
            ))
        })
        .collect()
}
