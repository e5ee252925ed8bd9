//! Queue: work offered or waiting, against a declared capacity where there is one.
//!
//! A service's `capacity` attribute turns load into utilisation: half-way from the normal level
//! to capacity is nothing, capacity itself is `warning_scales` away from normal. A service that is
//! at its capacity when all seems well is held against no load at all.

use infra_eventlog::signal::Worse;

use super::{Composition, HeadResult, level};
use crate::case::Case;

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let series = ["load", "queue_depth"].iter().find_map(|s| case.find_series(service, s, None))?;
            let capacity = capacity(case, service);
            let normal: Vec<f64> =
                case.periods.normal.iter().filter_map(|w| series.at(*w)).map(|w| w.mean()).collect();
            let full = |base: f64, cap: f64| base >= case.constants.saturated_share * cap;
            let declared = capacity
                .map(|cap| (super::median(&normal), cap))
                .map(|(base, cap)| (if full(base, cap) { 0.0 } else { base }, cap))
                .or_else(|| level::declared_band(case, &series.row.signal));
            level::finding(
                case,
                series,
                Worse::High,
                declared,
                |base, c| {
                    (c.floor_share * base.abs()).max(if capacity.is_some() { c.floor_share } else { 1.0 })
                },
                capacity.unwrap_or(1.0),
                false,
            )
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "queue",
        signal: "load".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "load above normal, in capacities",
        composition: Composition::Level,
        weight: case.constants.weight_queue,
        climbs: Vec::new(),
        findings,
    })
}

/// The declared capacity of a service, in the unit of its load.
pub(crate) fn capacity(case: &Case<'_>, service: usize) -> Option<f64> {
    let name = case.name(service);
    let info = case.metadata.services.iter().find(|s| s.id == name)?;
    info.attributes.get("capacity")?.as_f64().filter(|c| *c > 0.0 && c.is_finite())
}
