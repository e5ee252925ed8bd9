//! Status: severity by itself, for runs that record nothing else that says how a service fares.
//!
//! Statuses repeat what signals say, so this head speaks only when no other does. Severity 1 is
//! the edge of the band, `warning_scales` from well.

use super::{Composition, Finding, HeadResult};
use crate::case::Case;
use crate::cite::Cite;

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let findings: Vec<Option<Finding>> = (0..case.len()).map(|service| finding(case, service)).collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "status",
        signal: "status severity".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "mean severity above normal",
        composition: Composition::Level,
        weight: case.constants.weight_status,
        climbs: Vec::new(),
        findings,
    })
}

fn finding(case: &Case<'_>, service: usize) -> Option<Finding> {
    let c = case.constants;
    let changes: Vec<(i64, i64, f64)> = case
        .summary
        .transitions
        .rows()
        .iter()
        .filter(|t| t.service_idx as usize == service)
        .filter_map(|t| Some((t.time_ns, t.seq, t.to_severity? as f64)))
        .collect();
    let (first, _, _) = *changes.first()?;
    // A status holds until the next one.
    let mean = |windows: &[u32]| -> Option<f64> {
        let at_end = |w: &u32| {
            let end = case.window_end(*w);
            (end > first).then(|| changes.iter().take_while(|(t, _, _)| *t < end).last().map_or(0.0, |x| x.2))
        };
        let values: Vec<f64> = windows.iter().filter_map(at_end).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let observed = mean(&case.periods.incident)?;
    let normal = mean(&case.periods.normal).unwrap_or(0.0);
    let begin = case.periods.incident.first().map_or(i64::MIN, |w| case.window_start(*w));
    let during: Vec<&(i64, i64, f64)> = changes.iter().filter(|(t, _, _)| *t >= begin).collect();
    let worst = during.iter().max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)));
    let onset = during.iter().find(|x| x.2 >= 2.0);
    let scales = |severity: f64| ((severity - normal) * c.warning_scales).max(0.0);
    Some(Finding {
        z: scales(observed),
        peak_z: worst.map_or(0.0, |x| scales(x.2)),
        band: 1.0,
        excess: (observed - normal).max(0.0),
        normal,
        observed,
        normal_windows: 0,
        incident_windows: case.periods.incident.len(),
        onset_ns: onset.map(|x| x.0),
        onset: onset.map(|x| Cite::row("events", x.1)),
        worst: worst.map(|x| Cite::row("events", x.1)),
        detail: None,
        quiet: Vec::new(),
    })
}
