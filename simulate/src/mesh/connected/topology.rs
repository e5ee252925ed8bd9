//! Layers and calls.

use super::Connected;
use super::names::pick;
use crate::kernel::RandomSource;

const LAYERS: u64 = 300;
const CALLS: u64 = 302;
/// Depths that are drawn.
const DEPTHS: (usize, usize) = (3, 8);
/// One service of so many is met by users.
const PER_ENTRY: usize = 10;
/// Callers that are tried to join two pieces.
const TRIED: usize = 64;
/// Share of calls that go to the very next layer.
const NEXT_LAYER: f64 = 0.8;

/// Who is in which layer, and who calls whom.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    /// Layer of each service, ascending; layer 0 is met by users.
    pub(super) layer_of: Vec<usize>,
    /// Layers.
    pub(super) layers: usize,
    /// Callees of each service, ascending.
    pub(super) calls: Vec<Vec<usize>>,
}

pub(super) fn topology(random: RandomSource, plan: &Connected) -> Topology {
    let n = plan.services;
    let drawn = DEPTHS.0 + pick(random.uniform(LAYERS, 0, 0), DEPTHS.1 - DEPTHS.0 + 1);
    let layers = plan.depth.unwrap_or(drawn).clamp(2, (n / 2).max(2));
    let layer_of = layers_of(random, n, layers, plan.out_degree_max);
    let starts: Vec<usize> = (0..=layers).map(|l| layer_of.partition_point(|x| *x < l)).collect();
    let mut calls: Vec<Vec<usize>> = vec![Vec::new(); n];
    for service in 0..starts[layers - 1] {
        let below = starts[layer_of[service] + 1];
        let next_end = starts[layer_of[service] + 2];
        let draw = |k: u64| random.uniform(CALLS, service as u64, k);
        let wanted = degree(draw(0), plan.out_degree_max).min(n - below);
        // Few draws hit a callee twice; those that do are passed over.
        for k in 0..wanted as u64 {
            let end = if draw(2 * k + 1) < NEXT_LAYER { next_end } else { n };
            let callee = below + pick(draw(2 * k + 2), end - below);
            if !calls[service].contains(&callee) {
                calls[service].push(callee);
            }
        }
    }
    adopt(random, &layer_of, &starts, plan.out_degree_max, &mut calls);
    join(&starts, layers, plan.out_degree_max, &mut calls);
    calls.iter_mut().for_each(|list| list.sort_unstable());
    Topology { layer_of, layers, calls }
}

/// Layer of each service, ascending: every layer has one, a tenth are in the first, the others are
/// spread by drawn shares as far as `most` calls of a service reach.
fn layers_of(random: RandomSource, n: usize, layers: usize, most: usize) -> Vec<usize> {
    let entries = (n / PER_ENTRY).max(1);
    let mut size = vec![1; layers];
    size[0] = entries.min(n + 1 - layers);
    let rest = n - size.iter().sum::<usize>();
    let share: Vec<f64> = (1..layers).map(|l| 0.5 + random.uniform(LAYERS, 0, l as u64)).collect();
    let total: f64 = share.iter().sum();
    let mut left = rest;
    for (l, part) in share.iter().enumerate() {
        // No more than the layer before can call.
        let room = size[l].saturating_mul(most).saturating_sub(size[l + 1]);
        let more = ((rest as f64 * part / total) as usize).min(left).min(room);
        size[l + 1] += more;
        left -= more;
    }
    for l in 1..layers {
        let more = left.min(size[l - 1].saturating_mul(most).saturating_sub(size[l]));
        size[l] += more;
        left -= more;
    }
    size[layers - 1] += left;
    size.iter().enumerate().flat_map(|(l, count)| std::iter::repeat_n(l, *count)).collect()
}

/// A number of calls from 1 to `most`, k with weight 1/k.
fn degree(u: f64, most: usize) -> usize {
    let total: f64 = (1..=most).map(|k| 1.0 / k as f64).sum();
    let mut left = u * total;
    for k in 1..most {
        left -= 1.0 / k as f64;
        if left < 0.0 {
            return k;
        }
    }
    most
}

/// Gives every service below the first layer a caller, in the layer before it: one that may still
/// call; else one that gives up a call to a callee that does not need it; else, where calls cannot
/// reach everyone, the one that calls fewest.
fn adopt(random: RandomSource, layer_of: &[usize], starts: &[usize], most: usize, calls: &mut [Vec<usize>]) {
    let mut callers = vec![0_usize; calls.len()];
    calls.iter().flatten().for_each(|callee| callers[*callee] += 1);
    for service in starts[1]..calls.len() {
        if callers[service] > 0 {
            continue;
        }
        let (from, to) = (starts[layer_of[service] - 1], starts[layer_of[service]]);
        let first = from + pick(random.uniform(CALLS, service as u64, 1 << 20), to - from);
        let around = (first..to).chain(from..first);
        callers[service] = 1;
        if let Some(free) = around.clone().find(|c| calls[*c].len() < most) {
            calls[free].push(service);
            continue;
        }
        // A callee in a deeper layer has its turn later.
        let spare = |callee: usize| layer_of[callee] > layer_of[service] || callers[callee] > 1;
        let enough = (to - from).saturating_mul(most) >= starts[layer_of[service] + 1] - to;
        let mut callers_around = around.clone().take_while(|_| enough);
        let swap = callers_around.find_map(|c| Some((c, calls[c].iter().position(|x| spare(*x))?)));
        if let Some((caller, at)) = swap {
            callers[calls[caller][at]] -= 1;
            calls[caller][at] = service;
        } else if let Some(caller) = around.min_by_key(|c| (calls[*c].len(), *c)) {
            calls[caller].push(service);
        }
    }
}

/// Joins separate pieces to that of service 0: the first service of a piece calls one of the first
/// piece in a later layer; if it may not call more, somebody else of either piece calls one of the
/// other.
fn join(starts: &[usize], layers: usize, most: usize, calls: &mut [Vec<usize>]) {
    let n = calls.len();
    let mut piece: Vec<usize> = (0..n).collect();
    fn root(piece: &mut [usize], mut i: usize) -> usize {
        while piece[i] != i {
            piece[i] = piece[piece[i]];
            i = piece[i];
        }
        i
    }
    for (caller, callees) in calls.iter().enumerate() {
        for callee in callees {
            let (a, b) = (root(&mut piece, caller), root(&mut piece, *callee));
            piece[a.max(b)] = a.min(b);
        }
    }
    // Every piece has a service of layer 0, for every other service has a caller.
    for entry in 1..starts[1] {
        let own = root(&mut piece, entry);
        if own == 0 {
            continue;
        }
        // Who may call: the entry, else somebody with calls left in either piece.
        let mut joined = |c: &usize| calls[*c].len() < most && [0, own].contains(&root(&mut piece, *c));
        let callers: Vec<usize> = if calls[entry].len() < most {
            vec![entry]
        } else {
            (0..starts[layers - 1]).filter(&mut joined).take(TRIED).collect()
        };
        let mut callee_of = |caller: usize| {
            let other = if root(&mut piece, caller) == 0 { own } else { 0 };
            let below = starts[starts.partition_point(|start| *start <= caller)];
            (below..n).find(|callee| root(&mut piece, *callee) == other).map(|callee| (caller, callee))
        };
        let link = callers.into_iter().find_map(&mut callee_of).or_else(|| callee_of(entry));
        if let Some((caller, callee)) = link {
            calls[caller].push(callee);
            piece[own] = 0;
        }
    }
}
