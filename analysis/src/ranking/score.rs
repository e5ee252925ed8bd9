//! One ranking: local evidence times the mass that the risk walk leaves.

use candle_core::Device;
use infra_eventlog::metadata::Symptom;
use ndarray::Array2;

use super::attention::{Attention, Network};
use super::explain::{Explained, best_below, explain_all};
use super::walk::absorb;
use crate::case::Case;
use crate::error::AnalysisError;
use crate::heads::{Composition, HeadResult};

/// Digits after which scores count as equal; ties break by name.
const DIGITS: f64 = 1e12;

/// Head weights and temperature of one ensemble member; the plain ranking has all factors 1.
#[derive(Clone, Debug)]
pub struct Member {
    /// Factor on each head's weight.
    pub factors: Vec<f64>,
    /// Temperature of the logits.
    pub tau: f64,
}

/// Everything behind one ranking.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// Services, best first; those without evidence last, by name.
    pub order: Vec<usize>,
    /// Score of each service, at least 0.
    pub scores: Vec<f64>,
    /// Evidence of each service by itself, explained part removed.
    pub local: Vec<f64>,
    /// Mass that came to rest at each service, 0..1.
    pub absorbed: Vec<f64>,
    /// The network's attention.
    pub attention: Attention,
    /// Share of the starting mass by head.
    pub head_share: Vec<f64>,
}

/// Evidence of one head on one service, in nats: what is left after explaining away.
///
/// Additive heads speak in the logarithm of the excess (seconds, requests) that is beyond normal
/// noise, the others in the logarithm of their deviation.
#[must_use]
pub fn evidence(case: &Case<'_>, head: &HeadResult, explained: &Explained, service: usize) -> f64 {
    match head.composition {
        Composition::Additive => explained.own[service] * libm::log(1.0 + head.certain_excess(service)),
        Composition::Level | Composition::Local | Composition::Climbing => {
            explained.own[service] * libm::log(1.0 + head.z(service) / case.constants.gate_z)
        },
    }
}

/// What all members of an ensemble share: evidence and what explains it.
pub struct Grounds<'a> {
    /// The incident.
    pub case: &'a Case<'a>,
    /// Evidence heads.
    pub heads: &'a [HeadResult],
    /// Explanations, by head.
    pub explained: Vec<Explained>,
    /// The network over the dependency graph.
    pub network: Network,
    /// Factor on each service's local evidence, at least 1: what changed there before its onset.
    pub boost: Vec<f64>,
}

impl<'a> Grounds<'a> {
    /// Explains all heads and lays the network over the graph.
    ///
    /// # Errors
    /// [`AnalysisError::Gat`].
    pub fn new(case: &'a Case<'a>, heads: &'a [HeadResult], device: Device) -> Result<Self, AnalysisError> {
        let explained = explain_all(case, heads);
        Ok(Self {
            case,
            heads,
            explained,
            network: Network::new(case, device)?,
            boost: vec![1.0; case.len()],
        })
    }
}

/// Ranks all services.
///
/// # Errors
/// [`AnalysisError::Gat`].
pub fn rank(grounds: &Grounds<'_>, member: &Member) -> Result<Ranking, AnalysisError> {
    let Grounds { case, heads, explained, network, boost } = grounds;
    let n = case.len();
    let c = case.constants;
    let evidence =
        Array2::from_shape_fn((heads.len(), n), |(h, i)| evidence(case, &heads[h], &explained[h], i));
    let weights: Vec<f64> = heads.iter().zip(&member.factors).map(|(h, f)| h.weight * f).collect();
    let local: Vec<f64> = (0..n)
        .map(|i| {
            let sum: f64 =
                evidence.column(i).iter().zip(&weights).map(|(e, w)| libm::pow(w * e, c.norm)).sum();
            libm::pow(sum, 1.0 / c.norm) * boost[i]
        })
        .collect();
    let reach = reach(case, &local);
    let grounds: Vec<&Explained> = heads
        .iter()
        .zip(explained)
        .map(|(head, explained)| match head.composition {
            Composition::Additive | Composition::Level => explained,
            Composition::Local | Composition::Climbing => &reach,
        })
        .collect();
    let attention = network.attend(&grounds, &evidence, member.tau, c.attention_floor)?;
    let start = starting_mass(case, heads, &local);
    // A head carries as much of the mass as it says of the places where the mass starts.
    let said: Vec<f64> = heads
        .iter()
        .zip(&weights)
        .map(|(h, w)| w * start.iter().enumerate().map(|(i, m)| m * h.gate(i, c.gate_z)).sum::<f64>())
        .collect();
    let total: f64 = said.iter().sum();
    let head_share: Vec<f64> = if total > 0.0 {
        said.iter().map(|s| s / total).collect()
    } else {
        vec![1.0 / heads.len().max(1) as f64; heads.len()]
    };
    let mut absorbed = vec![0.0; n];
    for (h, share) in head_share.iter().enumerate() {
        if *share <= 0.0 {
            continue;
        }
        let rest = absorb(case, &start, &attention.own[h], &attention.by_edge[h], c.walk_depth as usize);
        for (a, r) in absorbed.iter_mut().zip(rest) {
            *a += share * r;
        }
    }
    let scores: Vec<f64> = local
        .iter()
        .zip(&absorbed)
        .map(|(l, a)| {
            let score = if *a > 0.0 { libm::pow(*a, c.walk_exponent) * l } else { 0.0 };
            (score * DIGITS).round() / DIGITS
        })
        .collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| case.name(a).cmp(case.name(b))));
    Ok(Ranking { order, scores, local, absorbed, attention, head_share })
}

/// What heads attend to whose evidence is each service's own already: the service itself by its
/// local evidence, a dependency by the best that is reached through it.
fn reach(case: &Case<'_>, local: &[f64]) -> Explained {
    let hop = case.constants.climb_hop;
    let below = best_below(case, local, hop);
    let most = local.iter().copied().fold(0.0, f64::max);
    let part = |value: f64| if most > 0.0 { value / most } else { 0.0 };
    let by_edge = case.graph.edges().map(|edge| {
        let (i, j) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        if i == j { 0.0 } else { part(hop * local[j].max(below[j])) }
    });
    Explained {
        own: local.iter().map(|l| part(*l)).collect(),
        gate: vec![1.0; local.len()],
        by_edge: by_edge.collect(),
        share: vec![1.0; case.graph.edge_count()],
    }
}

/// Where the walk starts: the declared symptom, else the entry services that deviate, else all
/// that deviates; a quarter is spread by local evidence when several services are suspect.
fn starting_mass(case: &Case<'_>, heads: &[HeadResult], local: &[f64]) -> Vec<f64> {
    let n = case.len();
    let c = case.constants;
    let deviation = |i: usize| heads.iter().map(|h| h.gate(i, c.gate_z)).fold(0.0, f64::max);
    let mut start = vec![0.0; n];
    let symptom = symptom_service(case, case.periods.symptom.as_ref());
    if let Some(symptom) = symptom {
        start[symptom] = 1.0;
    } else {
        for entry in case.graph.entries() {
            start[entry.index()] = deviation(entry.index());
        }
        if start.iter().sum::<f64>() < 0.5 {
            start = (0..n).map(deviation).collect();
        }
    }
    normalise(&mut start);
    let mut spread = local.to_vec();
    normalise(&mut spread);
    if local.iter().filter(|l| **l > 0.0).count() > 1 {
        for (s, l) in start.iter_mut().zip(&spread) {
            *s = (1.0 - c.spread_mass) * *s + c.spread_mass * l;
        }
    }
    normalise(&mut start);
    start
}

/// The service that the symptom names, if the run has it.
#[must_use]
pub fn symptom_service(case: &Case<'_>, symptom: Option<&Symptom>) -> Option<usize> {
    symptom.and_then(|s| case.find(&s.service))
}

fn normalise(mass: &mut [f64]) {
    let total: f64 = mass.iter().sum();
    if total > 0.0 {
        mass.iter_mut().for_each(|m| *m /= total);
    }
}
