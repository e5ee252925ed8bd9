//! Resource: what is left of something finite. A loss does not travel along dependencies.

use super::{Composition, HeadResult, level};
use crate::case::Case;

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let spec = case.metadata.signal("resource");
    let declared = level::declared_band(case, "resource");
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let series = case.find_series(service, "resource", None)?;
            level::finding(
                case,
                series,
                spec.worse,
                declared,
                |base, c| (c.floor_share * base.abs()).max(1e-9),
                1.0,
                false,
            )
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "resource",
        signal: "resource".to_owned(),
        unit: spec.unit.clone(),
        excess_unit: "resource below normal",
        composition: Composition::Local,
        weight: case.constants.weight_resource,
        climbs: Vec::new(),
        findings,
    })
}
