//! Network: client-minus-server time, the part of a call that neither side accounts for.
//!
//! One slow edge does not tell which end is at fault. The caller answers for it as far as its
//! other edges are slow too, or it lacks processor time to handle answers; the callee for the
//! rest. A service is judged by the mean of what it answers for, over all its edges or over
//! those that reach it: who is slow all around is at fault, and a lone edge accuses the callee.

use std::collections::BTreeMap;

use super::quiet::Split;
use super::typical::{Pool, Typical, chance};
use crate::case::Case;
use crate::cite::Cite;
use crate::constants::Constants;
use crate::heads::{Composition, Detail, Finding, HeadResult, first_run};

type Edges = BTreeMap<(usize, usize), Typical>;

/// `starved`: how clearly each service's processor is in distress, 0..1.
pub(super) fn evaluate(case: &Case<'_>, split: &Split, starved: &[f64]) -> Option<HeadResult> {
    let c = case.constants;
    let mut windows: BTreeMap<(usize, usize), BTreeMap<u32, Pool>> = BTreeMap::new();
    for row in case.summary.edge_windows.rows().iter().filter(|r| r.gaps > 0) {
        let pool = Pool { count: row.gaps as f64, ln: row.gap_ln };
        windows
            .entry((row.caller_idx as usize, row.callee_idx as usize))
            .or_default()
            .insert(row.window, pool);
    }
    let edges: Edges =
        windows.into_iter().filter_map(|(key, w)| Some((key, Typical::new(w, split, c)?))).collect();
    let calm = vec![0.0; case.len()];
    let of = |w: u32| blame(&edges, |t| t.at(w).unwrap_or_default(), &calm, c);
    let normal: Vec<Vec<f64>> = split.normal().map(of).collect();
    let quiet: Vec<Vec<f64>> = split.calm().map(of).collect();
    let whole = blame(&edges, |t| t.incident(split), starved, c);
    let by_window: Vec<(u32, Vec<f64>)> =
        split.incident().map(|w| (w, blame(&edges, |t| t.at(w).unwrap_or_default(), starved, c))).collect();
    let findings: Vec<Option<Finding>> = (0..case.len())
        .map(|service| {
            let chance = chance(&normal.iter().map(|n| n[service]).collect::<Vec<_>>(), c);
            let windows: Vec<(u32, f64)> = by_window.iter().map(|(w, z)| (*w, z[service] / chance)).collect();
            let found = finding(case, split, service, &edges, whole[service] / chance, &windows)?;
            Some(Finding { quiet: quiet.iter().map(|n| n[service] / chance).collect(), ..found })
        })
        .collect();
    findings.iter().any(Option::is_some).then(|| HeadResult {
        name: "network",
        signal: "client minus server time per call".to_owned(),
        unit: "s".to_owned(),
        excess_unit: "s of extra time between client and server",
        composition: Composition::Local,
        weight: c.weight_network,
        climbs: Vec::new(),
        findings,
    })
}

/// Blame for the edges that some stretch of time shows.
fn blame(edges: &Edges, pool: impl Fn(&Typical) -> Pool, starved: &[f64], c: &Constants) -> Vec<f64> {
    let z: Vec<((usize, usize), f64)> = edges
        .iter()
        .map(|(key, typical)| (*key, typical, pool(typical)))
        .filter(|(_, _, pool)| pool.count > 0.0)
        .map(|(key, typical, pool)| (key, typical.z(pool)))
        .collect();
    blame_ends(&z, starved, c)
}

/// What each service answers for, in scales, given how much each edge (caller, callee) deviates:
/// means are taken of logarithms.
pub(in crate::heads) fn blame_ends(z: &[((usize, usize), f64)], starved: &[f64], c: &Constants) -> Vec<f64> {
    let gate = |z: f64| z * z / (z * z + c.gate_z * c.gate_z);
    // Sum of gates and number of edges by service.
    let mut around = vec![(0.0, 0.0_f64); starved.len()];
    for ((caller, callee), z) in z {
        for end in [*caller, *callee] {
            around[end].0 += gate(*z);
            around[end].1 += 1.0;
        }
    }
    // Over all edges: who is slow all around; over edges in: who answers slowly.
    let mut around_blame = vec![Mean::default(); starved.len()];
    let mut answering = vec![Mean::default(); starved.len()];
    for ((caller, callee), z) in z {
        let (moved, count) = around[*caller];
        let others = if count > 1.0 { (moved - gate(*z)) / (count - 1.0) } else { 0.0 };
        let caller_part = others.max(starved[*caller]).clamp(0.0, 1.0);
        let phi = libm::log(1.0 + z / c.gate_z);
        around_blame[*caller].add(caller_part * phi);
        around_blame[*callee].add((1.0 - caller_part) * phi);
        answering[*callee].add((1.0 - caller_part) * phi);
    }
    let scales = |nats: f64| c.gate_z * (libm::exp(nats) - 1.0);
    around_blame.iter().zip(&answering).map(|(all, answers)| scales(all.get().max(answers.get()))).collect()
}

/// A mean; 0 of nothing.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    fn get(self) -> f64 {
        if self.count > 0.0 { self.sum / self.count } else { 0.0 }
    }
}

fn finding(
    case: &Case<'_>,
    split: &Split,
    service: usize,
    edges: &Edges,
    z: f64,
    windows: &[(u32, f64)],
) -> Option<Finding> {
    let c = case.constants;
    let mine = edges.iter().filter(|((a, b), _)| *a == service || *b == service);
    let pools: Vec<((usize, usize), &Typical, Pool)> =
        mine.map(|(key, t)| (*key, t, t.incident(split))).filter(|(_, _, p)| p.count > 0.0).collect();
    let ((caller, callee), typical, pool) =
        *pools.iter().max_by(|a, b| a.1.z(a.2).total_cmp(&b.1.z(b.2)).then(b.0.cmp(&a.0)))?;
    let rows = || {
        let same = move |r: &&infra_ingest::frames::EdgeWindowRow| {
            (r.caller_idx as usize, r.callee_idx as usize) == (caller, callee)
        };
        case.summary.edge_windows.rows().iter().filter(same)
    };
    let beyond: Vec<bool> = windows.iter().map(|(_, z)| *z >= c.onset_z).collect();
    let onset = first_run(&beyond, c.onset_run as usize)
        .and_then(|i| rows().find(|r| r.window == windows[i].0))
        .map(|r| (r.first_ns, r.first_row));
    let worst = rows()
        .filter(|r| split.is_incident(r.window))
        .max_by(|a, b| a.widest_s.total_cmp(&b.widest_s).then(b.widest_row.cmp(&a.widest_row)));
    let other = if caller == service { callee } else { caller };
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
        worst: worst.map(|r| Cite::row("spans", r.widest_row)),
        detail: Some(Detail::Edge { other, outgoing: caller == service, count: pool.count as u64 }),
        quiet: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blamed(edges: &[(usize, usize, f64)], starved: &[f64]) -> Vec<f64> {
        let z: Vec<_> = edges.iter().map(|&(a, b, z)| ((a, b), z)).collect();
        blame_ends(&z, starved, &Constants::default())
    }

    #[test]
    fn a_lone_slow_edge_accuses_the_callee() {
        let z = blamed(&[(0, 1, 50.0), (0, 2, 0.0), (0, 3, 0.0)], &[0.0; 4]);
        assert!(z[1] > 40.0 && z[0] < 1.0 && z[2] == 0.0, "{z:?}");
    }

    #[test]
    fn a_caller_whose_every_edge_is_slow_answers_for_them() {
        let z = blamed(&[(0, 1, 50.0), (0, 2, 40.0), (0, 3, 60.0)], &[0.0; 4]);
        assert!(z[0] > 10.0 && z[1..].iter().all(|c| *c < 1.0), "{z:?}");
    }

    #[test]
    fn a_starved_caller_answers_for_its_edges_even_if_only_one_is_slow() {
        let z = blamed(&[(0, 1, 50.0), (0, 2, 0.0)], &[1.0, 0.0, 0.0]);
        assert!(z[1] == 0.0 && z[0] > 3.0, "{z:?}");
    }

    #[test]
    fn a_delayed_service_in_the_middle_is_blamed_by_both_sides() {
        let z = blamed(&[(0, 1, 50.0), (0, 3, 0.0), (1, 2, 50.0), (4, 1, 50.0)], &[0.0; 5]);
        assert!(z[1] > z[0] && z[1] > z[2] && z[1] > z[4], "{z:?}");
    }
}
