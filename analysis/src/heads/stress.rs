//! Stress: accumulated distress of a component, as simulated worlds and health scores record it.

use super::{Composition, HeadResult, level};
use crate::case::Case;

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let spec = case.metadata.signal("stress");
    let declared = level::declared_band(case, "stress");
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let series = case.find_series(service, "stress", None)?;
            let mut finding = level::finding(
                case,
                series,
                spec.worse,
                declared,
                |base, c| c.floor_share * base.abs().max(1.0),
                1.0,
                false,
            )?;
            // The pass saw every observation: its onset is exact, the window's is not.
            let exact = case.summary.excursions.rows().iter().find(|e| {
                e.service_idx as usize == service
                    && e.signal == "stress"
                    && crate::trouble::lasts(e, case.metadata.observation)
            });
            if let Some(exact) = exact {
                finding.onset_ns = Some(exact.start_ns);
                finding.onset = Some(crate::cite::Cite::row("events", exact.start_seq));
            }
            Some(finding)
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "stress",
        signal: "stress".to_owned(),
        unit: spec.unit.clone(),
        excess_unit: "mean stress above normal",
        composition: Composition::Level,
        weight: case.constants.weight_stress,
        climbs: Vec::new(),
        findings,
    })
}
