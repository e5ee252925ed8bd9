//! Latency from spans: self time, the part of a span that none of its children covers.
//!
//! What a service waits for is not in it, so nothing has to be explained away.

use std::collections::BTreeMap;

use super::quiet::Split;
use super::typical::{Pool, Typical, chance};
use crate::case::Case;
use crate::cite::Cite;
use crate::heads::{Composition, Detail, Finding, HeadResult, first_run};

/// Operations shorter than this weigh as if they took so long \[s\].
const LEAST_WEIGHT_S: f64 = 1e-4;

/// Operations of one service.
type Operations<'a> = BTreeMap<&'a str, Typical>;

pub(super) fn evaluate(case: &Case<'_>, split: &Split) -> Option<HeadResult> {
    let c = case.constants;
    let mut windows: BTreeMap<usize, BTreeMap<&str, BTreeMap<u32, Pool>>> = BTreeMap::new();
    for row in case.summary.operations.rows() {
        let pool = Pool { count: row.count as f64, ln: row.self_ln };
        let of_service = windows.entry(row.service_idx as usize).or_default();
        of_service.entry(&row.operation).or_default().insert(row.window, pool);
    }
    let mut findings: Vec<Option<Finding>> = vec![None; case.len()];
    for (service, operations) in windows {
        let typical: Operations<'_> = operations
            .into_iter()
            .filter_map(|(name, windows)| Some((name, Typical::new(windows, split, c)?)))
            .collect();
        findings[service] = finding(case, split, service, &typical);
    }
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "latency",
        signal: "self time per span".to_owned(),
        unit: "s".to_owned(),
        excess_unit: "s of extra self time",
        composition: Composition::Local,
        weight: c.weight_latency,
        climbs: Vec::new(),
        findings,
    })
}

fn finding(case: &Case<'_>, split: &Split, service: usize, operations: &Operations<'_>) -> Option<Finding> {
    let c = case.constants;
    let at = |window: u32| z_of(operations, |t| t.at(window).unwrap_or_default());
    let normal: Vec<f64> = split.normal().filter_map(at).collect();
    let chance = chance(&normal, c);
    let z = z_of(operations, |t| t.incident(split))? / chance;
    let pools: Vec<(&str, &Typical, Pool)> = operations
        .iter()
        .map(|(name, t)| (*name, t, t.incident(split)))
        .filter(|(_, _, p)| p.count > 0.0)
        .collect();
    let (name, typical, pool) =
        *pools.iter().max_by(|a, b| a.1.z(a.2).total_cmp(&b.1.z(b.2)).then(b.0.cmp(a.0)))?;
    let windows: Vec<(u32, f64)> = split.incident().filter_map(|w| Some((w, at(w)? / chance))).collect();
    let beyond: Vec<bool> = windows.iter().map(|(_, z)| *z >= c.onset_z).collect();
    let onset =
        first_run(&beyond, c.onset_run as usize).and_then(|i| rows(case, service, name, windows[i].0));
    let worst = case
        .summary
        .operations
        .rows()
        .iter()
        .filter(|r| r.service_idx as usize == service && r.operation == name && split.is_incident(r.window))
        .max_by(|a, b| a.slowest_s.total_cmp(&b.slowest_s).then(b.slowest_row.cmp(&a.slowest_row)));
    Some(Finding {
        z,
        peak_z: windows.iter().map(|(_, z)| *z).fold(z, f64::max),
        band: typical.base * (1.0 + c.onset_z * c.latency_floor_share),
        excess: pools.iter().map(|(_, t, p)| t.excess_s(*p)).sum(),
        normal: typical.base,
        observed: Typical::observed(pool),
        normal_windows: typical.normal_windows(),
        incident_windows: windows.len(),
        onset_ns: onset.map(|o| o.0),
        onset: onset.map(|o| Cite::row("spans", o.1)),
        worst: worst.map(|r| Cite::row("spans", r.slowest_row)),
        quiet: split.calm().map(|w| at(w).unwrap_or(0.0) / chance).collect(),
        detail: Some(Detail::Operation { name: name.to_owned(), count: pool.count as u64 }),
    })
}

/// Deviation of a service: that of its operations, weighted by the time they normally take.
fn z_of(operations: &Operations<'_>, pool: impl Fn(&Typical) -> Pool) -> Option<f64> {
    let mut sum = 0.0;
    let mut total = 0.0;
    for typical in operations.values() {
        let pool = pool(typical);
        let weight = pool.count * typical.base.max(LEAST_WEIGHT_S);
        sum += weight * typical.z(pool);
        total += weight;
    }
    (total > 0.0).then(|| sum / total)
}

/// Time and row of the first span of an operation in a window.
fn rows(case: &Case<'_>, service: usize, operation: &str, window: u32) -> Option<(i64, i64)> {
    let mut of_window = case
        .summary
        .operations
        .rows()
        .iter()
        .filter(|r| r.service_idx as usize == service && r.window == window);
    let named = of_window.clone().find(|r| r.operation == operation);
    named.or_else(|| of_window.next()).map(|r| (r.first_ns, r.first_row))
}
