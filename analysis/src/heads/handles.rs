//! Handles: file descriptors and connections in use, against their normal number.

use infra_eventlog::signal::Worse;

use super::{Composition, HeadResult, level};
use crate::case::Case;

const SIGNALS: [&str; 2] = ["open_fds", "connections"];

pub(super) fn evaluate(case: &Case<'_>) -> Option<HeadResult> {
    let findings: Vec<_> = (0..case.len())
        .map(|service| {
            let series = SIGNALS.iter().find_map(|s| case.find_series(service, s, None))?;
            let declared = level::declared_band(case, &series.row.signal);
            let first = series.windows.first()?.last;
            level::finding(
                case,
                series,
                Worse::High,
                // Nobody declares how many are usual: without normal time, those at first.
                declared.or_else(|| case.periods.normal.is_empty().then_some((first, 2.0 * first.max(1.0)))),
                |base, c| (c.cpu_floor_share * base.abs()).max(1.0),
                1.0,
                true,
            )
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "handles",
        signal: "handles in use".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "handles above normal",
        composition: Composition::Local,
        weight: case.constants.weight_handles,
        climbs: Vec::new(),
        findings,
    })
}
