//! Explaining away: what a dependency explains is not the caller's own.
//!
//! For a caller i and its dependency j, x_ij is the share of i's distress that j accounts for:
//! in additive units `min(1, share_ij * excess_j * gate_j / excess_i)`, where share_ij is i's
//! part of all calls to j. What is left, `own_i = max(0, 1 - sum_j x_ij)`, is i's own.

use super::common_mode;
use crate::case::Case;
use crate::heads::{Composition, HeadResult, at_capacity, requests_in_incident};

/// Explanations of one head: the network's edge features.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Share of each service's distress that is its own, 0..1, before its gate.
    pub own: Vec<f64>,
    /// How clearly each service deviates, 0..1.
    pub gate: Vec<f64>,
    /// Share of the dependent's distress that the dependency explains, by edge of the graph.
    pub by_edge: Vec<f64>,
    /// Share of all calls to the dependency that the dependent makes, by edge of the graph.
    pub share: Vec<f64>,
}

/// Computes explanations of each head over all dependency edges.
#[must_use]
pub fn explain_all(case: &Case<'_>, heads: &[HeadResult]) -> Vec<Explained> {
    let failing = failing(case, heads);
    let errors = heads.iter().find(|h| h.name == "errors");
    let one = |head: &HeadResult| {
        let mut explained = match head.composition {
            Composition::Climbing => return climbing(case, head, &failing),
            _ => explain(case, head),
        };
        match (head.name, errors) {
            ("latency", Some(errors)) => explain_by_failures(case, head, errors, &mut explained),
            ("errors", _) => {
                explain_by_saturation(case, head, &mut explained);
                common_mode::explain(case, head, &mut explained);
            },
            ("shortfall", _) => explain_by_saturation(case, head, &mut explained),
            _ => {},
        }
        explained
    };
    heads.iter().map(one).collect()
}

/// Explanations of a head whose excess or level is compared along edges.
fn explain(case: &Case<'_>, head: &HeadResult) -> Explained {
    let n = case.len();
    let gate_z = case.constants.gate_z;
    let gate: Vec<f64> = (0..n).map(|i| head.gate(i, gate_z)).collect();
    let mut by_edge = vec![0.0; case.graph.edge_count()];
    let mut shares = vec![1.0; case.graph.edge_count()];
    let mut explained = vec![0.0; n];
    for (e, edge) in case.graph.edges().enumerate() {
        let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        if i == j || head.composition == Composition::Local {
            continue;
        }
        let share = match head.composition {
            Composition::Additive => share_of_calls(case, i, j),
            _ => 1.0,
        };
        shares[e] = share;
        let theirs = share * head.excess(j) * gate[j];
        if theirs <= 0.0 || (head.composition == Composition::Level && !precedes(head, j, i)) {
            continue;
        }
        let mine = head.excess(i);
        by_edge[e] = if mine > 0.0 { (theirs / mine).min(1.0) } else { 1.0 };
        explained[i] += by_edge[e];
    }
    let own = explained.iter().map(|x: &f64| (1.0 - x).max(0.0)).collect();
    Explained { own, gate, by_edge, share: shares }
}

/// A dependency that fails makes its callers wait (they time out, retry, fall back) although it is
/// not slow itself: its failures explain waiting that did not begin before them, less than slowness
/// would, for not every failure makes wait.
fn explain_by_failures(case: &Case<'_>, waiting: &HeadResult, errors: &HeadResult, out: &mut Explained) {
    let c = case.constants;
    let mut explained = vec![0.0; case.len()];
    for (e, edge) in case.graph.edges().enumerate() {
        let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        if i == j {
            continue;
        }
        let onset = |head: &HeadResult, s: usize| head.findings[s].as_ref().and_then(|f| f.onset_ns);
        let in_order = onset(errors, j).zip(onset(waiting, i)).is_some_and(|(first, then)| first <= then);
        if in_order && waiting.excess(i) > 0.0 {
            out.by_edge[e] = out.by_edge[e].max(c.climb_strength * errors.gate(j, c.gate_z));
        }
        explained[i] += out.by_edge[e];
    }
    out.own = explained.iter().map(|x: &f64| (1.0 - x).max(0.0)).collect();
}

/// What a service at its capacity cannot take is turned away, given up or never sent where it is
/// asked, however many hops away: its saturation explains failures that did not begin before it.
fn explain_by_saturation(case: &Case<'_>, head: &HeadResult, out: &mut Explained) {
    let c = case.constants;
    let full: Vec<Option<i64>> = (0..case.len()).map(|i| at_capacity(case, i).map(|s| s.since_ns)).collect();
    if full.iter().all(Option::is_none) {
        return;
    }
    let strength = |i: usize| {
        let onset = head.findings[i].as_ref().and_then(|f| f.onset_ns);
        let before =
            |since: &Option<i64>| since.is_some_and(|since| onset.is_none_or(|onset| since <= onset));
        full.iter().map(|since| if before(since) { c.saturation_strength } else { 0.0 }).collect::<Vec<f64>>()
    };
    for i in (0..case.len()).filter(|i| head.excess(*i) > 0.0) {
        let reached = strength(i);
        let below = best_below(case, &reached, 1.0);
        let mut explained: f64 = 0.0;
        for (e, edge) in case.graph.edges().enumerate() {
            let j = edge.depends_on.dependency.index();
            if edge.depends_on.dependent.index() == i && i != j {
                // Beside what j's own failures explain.
                let free = 1.0 - reached[j].max(below[j]);
                out.by_edge[e] = 1.0 - (1.0 - out.by_edge[e]) * free;
                explained += out.by_edge[e];
            }
        }
        out.own[i] = out.own[i].min((1.0 - explained).max(0.0));
    }
}

/// Evidence that climbs: a clearer failure further down, by whatever head it shows, explains
/// that of its callers, less at every hop. Requests flow down: a caller that deviates may ask its
/// callees for other things, which explains at most half of another mix of what is usual.
fn climbing(case: &Case<'_>, head: &HeadResult, failing: &[f64]) -> Explained {
    let c = case.constants;
    let n = case.len();
    let phi: Vec<f64> = (0..n).map(|i| nats(head, i, c.gate_z)).collect();
    let below = best_below(case, failing, c.climb_hop);
    let explains = |best: f64, i: usize, strength: f64| {
        let share = (best / phi[i]).min(1.0);
        strength * share * share
    };
    let mut own = vec![1.0; n];
    let mut by_edge = vec![0.0; case.graph.edge_count()];
    for i in (0..n).filter(|i| phi[*i] > 0.0) {
        let mut explained = explains(below[i], i, c.climb_strength);
        if !head.climbs.get(i).copied().unwrap_or(true) {
            let above =
                case.dependents(i).filter(|d| *d != i).map(|d| c.climb_hop * phi[d]).fold(0.0, f64::max);
            explained = explained.max(explains(above, i, c.mix_strength));
        }
        own[i] = 1.0 - explained;
    }
    for (e, edge) in case.graph.edges().enumerate() {
        let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        if i != j && phi[i] > 0.0 {
            by_edge[e] = explains(c.climb_hop * failing[j].max(below[j]), i, c.climb_strength);
        }
    }
    let gate = (0..n).map(|i| head.gate(i, c.gate_z)).collect();
    Explained { own, gate, by_edge, share: vec![1.0; case.graph.edge_count()] }
}

/// How clearly each service fails: its best head, gated, less what is only another mix of the
/// usual.
fn failing(case: &Case<'_>, heads: &[HeadResult]) -> Vec<f64> {
    let of = |i: usize| {
        let speaks = |h: &&HeadResult| h.climbs.get(i).copied().unwrap_or(true);
        let gate_z = case.constants.gate_z;
        heads
            .iter()
            .filter(speaks)
            .map(|h| h.weight * h.gate(i, gate_z) * nats(h, i, gate_z))
            .fold(0.0, f64::max)
    };
    (0..case.len()).map(of).collect()
}

/// Deviation in nats, as evidence counts it.
fn nats(head: &HeadResult, service: usize, gate_z: f64) -> f64 {
    libm::log(1.0 + head.z(service) / gate_z)
}

/// Best value among the services that each depends on, directly or not, times `hop` for every
/// step down; 0 where there is none. Paths longer than `walk_depth` are not followed.
pub(crate) fn best_below(case: &Case<'_>, values: &[f64], hop: f64) -> Vec<f64> {
    let mut best = vec![0.0_f64; values.len()];
    for _ in 0..case.constants.walk_depth as usize {
        let mut changed = false;
        let before = best.clone();
        for edge in case.graph.edges() {
            let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
            let reached = hop * values[j].max(before[j]);
            if i != j && reached > best[i] {
                best[i] = reached;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    best
}

/// Whether j's onset is known not to be later than i's: a cause does not follow its effect.
fn precedes(head: &HeadResult, j: usize, i: usize) -> bool {
    let onset = |s: usize| head.findings[s].as_ref().and_then(|f| f.onset_ns);
    match (onset(j), onset(i)) {
        (Some(a), Some(b)) => a <= b,
        // Without an onset of its own the dependent cannot contradict.
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// i's share of all calls to j: counted calls, else by the callers' own requests. Where nobody
/// counts anything, excess is per window, a ratio, and j's arrives whole at each caller.
pub(crate) fn share_of_calls(case: &Case<'_>, i: usize, j: usize) -> f64 {
    let part = |weight: &dyn Fn(usize) -> f64| -> Option<f64> {
        let total: f64 = case.dependents(j).map(weight).sum();
        (total > 0.0).then(|| weight(i) / total)
    };
    if case.has_calls()
        && let Some(share) = part(&|k| case.calls(k, j).unwrap_or(0.0))
    {
        return share;
    }
    part(&|k| requests_in_incident(case, k).unwrap_or(0.0)).unwrap_or(1.0)
}
