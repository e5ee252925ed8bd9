//! Saturation: cpu, memory and disk ratios against their normal level.

use infra_eventlog::signal::Worse;

use super::{Composition, HeadResult, level};
use crate::case::Case;

pub(super) fn cpu(case: &Case<'_>) -> Option<HeadResult> {
    evaluate(case, "cpu", case.constants.weight_cpu, case.constants.utilisation_floor)
}

pub(super) fn memory(case: &Case<'_>) -> Option<HeadResult> {
    evaluate(case, "memory", case.constants.weight_memory, case.constants.memory_floor)
}

pub(super) fn disk(case: &Case<'_>) -> Option<HeadResult> {
    evaluate(case, "disk", case.constants.weight_io, case.constants.utilisation_floor)
}

fn evaluate(case: &Case<'_>, signal: &'static str, weight: f64, floor: f64) -> Option<HeadResult> {
    let declared = level::declared_band(case, signal);
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let series = case.find_series(service, signal, None)?;
            level::finding(
                case,
                series,
                Worse::High,
                declared,
                |base, c| (c.cpu_floor_share * base.abs()).max(floor),
                1.0,
                true,
            )
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: signal,
        signal: signal.to_owned(),
        unit: "1".to_owned(),
        excess_unit: "use above normal",
        composition: Composition::Local,
        weight,
        climbs: Vec::new(),
        findings,
    })
}
