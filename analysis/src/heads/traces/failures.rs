//! Errors from spans: those that failed while none of their children did.

use std::collections::BTreeMap;

use super::quiet::Split;
use super::typical::chance;
use crate::case::Case;
use crate::cite::Cite;
use crate::heads::calibration::Calibration;
use crate::heads::{Composition, Detail, Finding, HeadResult, first_run};

#[derive(Clone, Copy, Default)]
struct Count {
    spans: f64,
    failed: f64,
}

impl Count {
    fn add(&mut self, spans: i64, failed: i64) {
        self.spans += spans as f64;
        self.failed += failed as f64;
    }

    fn ratio(self) -> f64 {
        if self.spans > 0.0 { self.failed / self.spans } else { 0.0 }
    }
}

/// `None` if no span of the run failed: then the telemetry may not record status at all.
pub(super) fn evaluate(case: &Case<'_>, split: &Split) -> Option<HeadResult> {
    let c = case.constants;
    let rows = case.summary.operations.rows();
    if rows.iter().all(|r| r.failed == 0) {
        return None;
    }
    let mut windows: BTreeMap<usize, BTreeMap<u32, Count>> = BTreeMap::new();
    for row in rows {
        let of_window = windows.entry(row.service_idx as usize).or_default().entry(row.window).or_default();
        of_window.add(row.count, row.failed);
    }
    let mut findings: Vec<Option<Finding>> = vec![None; case.len()];
    for (service, windows) in &windows {
        findings[*service] = finding(case, split, *service, windows);
    }
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "errors",
        signal: "spans that failed by themselves".to_owned(),
        unit: "1".to_owned(),
        excess_unit: "extra failed spans",
        composition: Composition::Local,
        weight: c.weight_errors,
        climbs: Vec::new(),
        findings,
    })
}

fn finding(
    case: &Case<'_>,
    split: &Split,
    service: usize,
    windows: &BTreeMap<u32, Count>,
) -> Option<Finding> {
    let c = case.constants;
    let normal: Vec<f64> =
        windows.iter().filter(|(w, _)| split.is_normal(**w)).map(|(_, n)| n.ratio()).collect();
    let calibration = Calibration::from_normal(&normal, 1.0, |_| c.error_floor, c)?;
    let trust = |n: Count| n.spans / (n.spans + c.shrink_n);
    let z = |n: Count| calibration.z(n.ratio(), 1.0) * trust(n);
    let at = |window: u32| windows.get(&window).map(|n| z(*n));
    let chance = chance(&split.normal().filter_map(at).collect::<Vec<_>>(), c);
    let mut whole = Count::default();
    let incident: Vec<(u32, Count)> =
        windows.iter().filter(|(w, _)| split.is_incident(**w)).map(|(w, n)| (*w, *n)).collect();
    for (_, n) in &incident {
        whole.spans += n.spans;
        whole.failed += n.failed;
    }
    if whole.spans <= 0.0 {
        return None;
    }
    let rows = || {
        let mine = case.summary.operations.rows().iter().filter(|r| r.service_idx as usize == service);
        mine.filter(|r| split.is_incident(r.window) && r.failed > 0)
    };
    let beyond: Vec<bool> = incident.iter().map(|(_, n)| z(*n) / chance >= c.onset_z).collect();
    let first =
        first_run(&beyond, c.onset_run as usize).and_then(|i| rows().find(|r| r.window == incident[i].0));
    let most = rows().max_by(|a, b| a.failed.cmp(&b.failed).then_with(|| b.operation.cmp(&a.operation)));
    Some(Finding {
        z: z(whole) / chance,
        peak_z: incident.iter().map(|(_, n)| z(*n) / chance).fold(z(whole) / chance, f64::max),
        band: calibration.base + c.onset_z * calibration.scale,
        excess: ((whole.ratio() - calibration.base) * whole.spans).max(0.0),
        normal: calibration.base,
        observed: whole.ratio(),
        normal_windows: calibration.windows,
        incident_windows: incident.len(),
        onset_ns: first.map(|r| r.first_ns),
        onset: first.and_then(|r| r.failed_row).map(|row| Cite::row("spans", row)),
        worst: most.and_then(|r| r.failed_row).map(|row| Cite::row("spans", row)),
        quiet: split.calm().map(|w| at(w).unwrap_or(0.0) / chance).collect(),
        detail: most.map(|r| Detail::Operation { name: r.operation.clone(), count: whole.spans as u64 }),
    })
}
