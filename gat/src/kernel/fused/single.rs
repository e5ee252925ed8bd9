//! Layers of one head and one channel: a number a node, sixteen edges at a time.

use std::ops::Range;

use super::emit::sigmoid;
use super::rows::is_zero;
use super::softmax::Shift;
use super::tasks::Task;
use crate::csr::CsrGraph;
use crate::kernel::Activation;
use crate::lanes::{LANES, Lanes, Work, load_at, prefetch, store_at};

/// Values that stay in a near cache of their own accord.
const NEAR: usize = 1 << 18;
/// How many edges ahead values are asked for beyond that.
const AHEAD: usize = 64;

/// How a score is made of the source's value v and the destination's part d.
#[derive(Clone, Copy)]
pub(super) enum Score {
    /// LeakyReLU(factor * v + d + edge).
    Static {
        /// The source's attention parameter.
        factor: f32,
        /// How scores are shifted.
        shift: Shift,
    },
    /// factor * LeakyReLU(v + d + edge).
    Dynamic {
        /// The attention parameter.
        factor: f32,
    },
}

/// A layer ready to run.
pub(super) struct Single<'a> {
    pub(super) graph: &'a CsrGraph,
    /// What a source sends, [N].
    pub(super) values: Vec<f32>,
    /// What a destination adds to scores, [N].
    pub(super) destinations: Vec<f32>,
    pub(super) score: Score,
    /// What edges add, [E'].
    pub(super) edge: Option<&'a [f32]>,
    pub(super) slope: f32,
    pub(super) bias: f32,
    pub(super) activation: Activation,
}

/// Runs a task; whether all is finite.
pub(super) struct RunSingle<'a, 'b> {
    pub(super) layer: &'a Single<'a>,
    pub(super) task: Task<'b>,
}

impl Work for RunSingle<'_, '_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Lanes>(self) -> bool {
        let RunSingle { layer, task } = self;
        let starts = layer.graph.row_start();
        let mut finite = S::splat(0.0);
        let mut scores = Vec::new();
        let mut alpha = task.alpha;
        // Sums are divided sixteen at a time.
        let mut first = task.nodes.start;
        for out in task.out.chunks_mut(LANES) {
            let (mut totals, mut weights) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..out.len() {
                let (start, end) = (starts[first + lane] as usize, starts[first + lane + 1] as usize);
                let edges = layer.edges(first + lane, start..end);
                let sums = edges.sum::<S>(&mut scores, !alpha.is_empty(), &mut finite);
                (totals[lane], weights[lane]) = sums;
                if !alpha.is_empty() {
                    let (here, rest) = std::mem::take(&mut alpha).split_at_mut(end - start);
                    let inverse = 1.0 / weights[lane].max(f32::MIN_POSITIVE);
                    for (to, e) in here.iter_mut().zip(&scores) {
                        *to = e * inverse;
                    }
                    alpha = rest;
                }
            }
            first += out.len();
            let value = S::load(&totals).div(S::load(&weights).max(S::splat(f32::MIN_POSITIVE)));
            let value = value.add(S::splat(layer.bias));
            let zero = S::splat(0.0);
            finite = value.mul_add(zero, finite);
            let value = if layer.activation == Activation::Relu { value.max(zero) } else { value };
            value.store_first(out, out.len());
        }
        if layer.activation == Activation::Sigmoid {
            sigmoid::<S>(task.out);
        }
        is_zero(finite)
    }
}

impl Single<'_> {
    #[inline(always)]
    fn edges(&self, node: usize, slots: Range<usize>) -> Edges<'_> {
        Edges { layer: self, node, slots }
    }
}

/// The edges into one destination.
struct Edges<'a> {
    layer: &'a Single<'a>,
    node: usize,
    slots: Range<usize>,
}

impl Edges<'_> {
    /// Sum of weighted values and sum of weights. Weights are left in `scores` if kept.
    #[inline(always)]
    fn sum<S: Lanes>(&self, scores: &mut Vec<f32>, keep: bool, finite: &mut S) -> (f32, f32) {
        let count = self.slots.len();
        if let (Score::Static { shift: Shift::Bound { top }, .. }, false) = (self.layer.score, keep) {
            let offset = S::splat(self.layer.destinations[self.node]);
            let max = S::load(&top.0).add(offset).leaky(S::splat(self.layer.slope));
            let (mut total, mut weights) = (S::splat(0.0), S::splat(0.0));
            for at in (0..count).step_by(LANES) {
                let (score, value) = self.chunk::<S>(at, finite);
                let e = score.sub(max).exp_of_negative();
                weights = weights.add(e);
                total = e.mul_add(value, total);
            }
            return (total.fold_add(1).to_array()[0], weights.fold_add(1).to_array()[0]);
        }
        let room = count.next_multiple_of(LANES);
        if scores.len() < 2 * room {
            scores.resize(2 * room, 0.0);
        }
        let (scores, values) = scores.split_at_mut(room);
        let mut max = S::splat(f32::NEG_INFINITY);
        for at in (0..count).step_by(LANES) {
            let (score, value) = self.chunk::<S>(at, finite);
            max = score.max(max);
            store_at(score, scores, at);
            store_at(value, values, at);
        }
        let max = max.fold_max(1);
        let (mut total, mut weights) = (S::splat(0.0), S::splat(0.0));
        for at in (0..count).step_by(LANES) {
            let e = load_at::<S>(scores, at).sub(max).exp_of_negative();
            store_at(e, scores, at);
            weights = weights.add(e);
            total = e.mul_add(load_at(values, at), total);
        }
        (total.fold_add(1).to_array()[0], weights.fold_add(1).to_array()[0])
    }

    /// Scores and values of up to sixteen slots from `at` on; scores beyond them are lowest, values
    /// zero.
    #[inline(always)]
    fn chunk<S: Lanes>(&self, at: usize, finite: &mut S) -> (S, S) {
        let layer = self.layer;
        let slot = self.slots.start + at;
        let count = (self.slots.len() - at).min(LANES);
        let sources = &layer.graph.slot_src()[slot..];
        let at = match sources.first_chunk() {
            Some(at) => *at,
            None => {
                let mut at = [0; LANES];
                at[..count].copy_from_slice(&sources[..count]);
                at
            },
        };
        if layer.values.len() > NEAR {
            let ahead = layer.graph.slot_src().get(slot + AHEAD..).unwrap_or_default();
            for source in ahead.iter().take(count) {
                prefetch(&layer.values, *source as usize);
            }
        }
        let value = S::gather(&layer.values, &at, count);
        let mut offset = S::splat(layer.destinations[self.node]);
        if let Some(edge) = layer.edge {
            let mut lanes = [0.0; LANES];
            for (lane, &e) in lanes.iter_mut().zip(&layer.graph.slot_edge()[slot..slot + count]) {
                *lane = edge[e as usize];
            }
            offset = offset.add(S::load(&lanes));
        }
        let slope = S::splat(layer.slope);
        let score = match layer.score {
            Score::Static { factor, .. } => value.mul_add(S::splat(factor), offset).leaky(slope),
            Score::Dynamic { factor } => value.add(offset).leaky(slope).mul(S::splat(factor)),
        };
        let zero = S::splat(0.0);
        *finite = score.first(count, zero).mul_add(zero, *finite);
        (score.first(count, S::splat(f32::NEG_INFINITY)), value)
    }
}
