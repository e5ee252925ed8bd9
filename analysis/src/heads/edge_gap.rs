//! Network from metrics: a caller's latency of calls less the callee's, where no spans tell it.
//!
//! Blame is shared between the ends as for spans; see [`super::traces`].

use std::collections::BTreeMap;

use infra_ingest::frames::EdgeMetricRow;

use super::calibration::Calibration;
use super::traces::network::blame_ends;
use super::{Composition, Detail, Finding, HeadResult, first_run};
use crate::case::Case;
use crate::cite::Cite;

/// An edge's windows and what is normal for it.
struct Edge<'a> {
    windows: BTreeMap<u32, &'a EdgeMetricRow>,
    calibration: Calibration,
}

impl Edge<'_> {
    /// Mean gap over some windows \[s\].
    fn gap(&self, windows: &[u32]) -> Option<f64> {
        let rows = || windows.iter().filter_map(|w| self.windows.get(w));
        let count: i64 = rows().map(|r| r.count).sum();
        (count > 0).then(|| rows().map(|r| r.gap_s).sum::<f64>() / count as f64)
    }
}

pub(super) fn evaluate(case: &Case<'_>, starved: &[f64]) -> Option<HeadResult> {
    let c = case.constants;
    let mut windows: BTreeMap<(usize, usize), BTreeMap<u32, &EdgeMetricRow>> = BTreeMap::new();
    for row in case.summary.edge_metrics.rows() {
        windows
            .entry((row.caller_idx as usize, row.callee_idx as usize))
            .or_default()
            .insert(row.window, row);
    }
    let edges: BTreeMap<(usize, usize), Edge<'_>> = windows
        .into_iter()
        .filter_map(|(key, windows)| {
            let normal: Vec<f64> = case
                .periods
                .normal
                .iter()
                .filter_map(|w| windows.get(w))
                .map(|r| r.gap_s / r.count.max(1) as f64)
                .collect();
            let floor = |base: f64| c.latency_floor_s.max(c.latency_floor_share * base);
            let calibration = Calibration::from_normal(&normal, 1.0, floor, c)?;
            Some((key, Edge { windows, calibration }))
        })
        .collect();
    let blamed = |windows: &[u32]| {
        let z: Vec<((usize, usize), f64)> = edges
            .iter()
            .filter_map(|(key, edge)| Some((*key, edge.calibration.z(edge.gap(windows)?, 1.0))))
            .collect();
        blame_ends(&z, starved, c)
    };
    let whole = blamed(&case.periods.incident);
    let quiet: Vec<Vec<f64>> = case.stretches().into_iter().map(blamed).collect();
    let by_window: Vec<Vec<f64>> = case.periods.incident.iter().map(|w| blamed(&[*w])).collect();
    let findings: Vec<Option<Finding>> = (0..case.len())
        .map(|service| {
            let windows: Vec<f64> = by_window.iter().map(|z| z[service]).collect();
            let found = finding(case, &edges, service, whole[service], &windows)?;
            Some(Finding { quiet: quiet.iter().map(|z| z[service]).collect(), ..found })
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "network",
        signal: "client minus server latency per call".to_owned(),
        unit: "s".to_owned(),
        excess_unit: "s of extra time between client and server per call",
        composition: Composition::Local,
        weight: c.weight_network_metrics,
        climbs: Vec::new(),
        findings,
    })
}

fn finding(
    case: &Case<'_>,
    edges: &BTreeMap<(usize, usize), Edge<'_>>,
    service: usize,
    z: f64,
    windows: &[f64],
) -> Option<Finding> {
    let c = case.constants;
    let mine = edges.iter().filter(|((a, b), _)| *a == service || *b == service);
    let (ends, edge, gap) =
        mine.filter_map(|(ends, edge)| Some((*ends, edge, edge.gap(&case.periods.incident)?))).max_by(
            |a, b| a.1.calibration.z(a.2, 1.0).total_cmp(&b.1.calibration.z(b.2, 1.0)).then(b.0.cmp(&a.0)),
        )?;
    let during = || case.periods.incident.iter().filter_map(|w| edge.windows.get(w));
    let beyond: Vec<bool> = windows.iter().map(|z| *z >= c.onset_z).collect();
    let onset =
        first_run(&beyond, c.onset_run as usize).and_then(|i| edge.windows.get(&case.periods.incident[i]));
    let worst =
        during().max_by(|a, b| a.widest_s.total_cmp(&b.widest_s).then(b.widest_row.cmp(&a.widest_row)));
    let other = if ends.0 == service { ends.1 } else { ends.0 };
    Some(Finding {
        z,
        peak_z: windows.iter().copied().fold(z, f64::max),
        band: edge.calibration.base + c.onset_z * edge.calibration.scale,
        excess: (gap - edge.calibration.base).max(0.0),
        normal: edge.calibration.base,
        observed: gap,
        normal_windows: edge.calibration.windows,
        incident_windows: windows.len(),
        onset_ns: onset.map(|r| r.widest_ns),
        onset: onset.map(|r| Cite::row("calls", r.widest_row)),
        worst: worst.map(|r| Cite::row("calls", r.widest_row)),
        detail: Some(Detail::Edge {
            other,
            outgoing: ends.0 == service,
            count: during().map(|r| r.count.unsigned_abs()).sum(),
        }),
        quiet: Vec::new(),
    })
}
