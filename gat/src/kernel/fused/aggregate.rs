//! One pass over destinations: scores, softmax and weighted sum, a block of edges at a time.

use std::ops::Range;

use super::accumulate::Edges;
use super::emit::Emit;
use super::heads::Group;
use super::rows::{Rows, is_zero};
use super::scores::{Dynamic, Static};
use super::softmax::{Shift, exponentials, shift};
use super::tasks::Task;
use super::values::Values;
use crate::csr::CsrGraph;
use crate::lanes::{LANES, Lanes, Work};

/// Edges whose rows are fetched together: few enough to stay in the nearest cache.
const EDGES_PER_BLOCK: usize = 256;

/// Where scores come from.
pub(super) enum Scoring {
    /// Source and destination parts lie in the rows, head by head.
    Static {
        /// Places of the source parts, by group.
        src: Vec<usize>,
        /// Places of the destination parts, by group.
        dst: Vec<usize>,
        /// How scores are shifted, by group.
        shift: Vec<Shift>,
    },
    /// A product of both projections.
    Dynamic {
        /// Destinations' projections.
        destinations: Rows,
        /// Attention vectors, as one row.
        att: Rows,
    },
}

/// A layer ready to run.
pub(super) struct Aggregate<'a> {
    pub(super) graph: &'a CsrGraph,
    pub(super) rows: Rows,
    pub(super) scoring: Scoring,
    pub(super) values: Values,
    pub(super) emit: Emit,
    pub(super) groups: Vec<Group>,
    pub(super) heads: usize,
    pub(super) channels: usize,
    /// What edges add to scores: [E', H], or [E', H, C] for dynamic attention.
    pub(super) edge: Option<&'a [f32]>,
    pub(super) slope: f32,
}

/// Buffers of a task, kept from block to block.
#[derive(Default)]
struct Scratch {
    /// Raw scores of the block.
    raw: Vec<f32>,
    /// Shifted scores, then their exponentials.
    weights: Vec<f32>,
    /// Sums of one destination.
    sums: Vec<f32>,
}

/// Runs a task; whether all is finite.
pub(super) struct Run<'a, 'b> {
    pub(super) layer: &'a Aggregate<'a>,
    pub(super) task: Task<'b>,
}

impl Work for Run<'_, '_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Lanes>(self) -> bool {
        let Run { layer, task } = self;
        let width = layer.emit.width;
        let starts = layer.graph.row_start();
        let (mut out, mut alpha) = (task.out, task.alpha);
        let mut finite = S::splat(0.0);
        let mut scratch = Scratch { sums: vec![0.0; layer.values.room()], ..Scratch::default() };
        let mut nodes = task.nodes;
        while !nodes.is_empty() {
            let first_slot = starts[nodes.start] as usize;
            let mut end = nodes.start + 1;
            while end < nodes.end && starts[end + 1] as usize - first_slot <= EDGES_PER_BLOCK {
                end += 1;
            }
            let slots = first_slot..starts[end] as usize;
            let (out_here, out_rest) = std::mem::take(&mut out).split_at_mut((end - nodes.start) * width);
            let kept = if alpha.is_empty() { 0 } else { slots.len() * layer.heads };
            let (alpha_here, alpha_rest) = std::mem::take(&mut alpha).split_at_mut(kept);
            (out, alpha) = (out_rest, alpha_rest);
            let mut block = Block { nodes: nodes.start..end, slots, out: out_here, alpha: alpha_here };
            nodes.start = end;
            for group in 0..layer.groups.len() {
                layer.block::<S>(group, &mut block, &mut scratch, &mut finite);
            }
            layer.emit.finish::<S>(block.out, &mut finite);
        }
        is_zero(finite)
    }
}

/// Some destinations, their edges and their parts of the results.
struct Block<'a> {
    nodes: Range<usize>,
    slots: Range<usize>,
    out: &'a mut [f32],
    alpha: &'a mut [f32],
}

impl Aggregate<'_> {
    /// One group of heads over a block of destinations.
    #[inline(always)]
    fn block<S: Lanes>(&self, group: usize, block: &mut Block<'_>, scratch: &mut Scratch, finite: &mut S) {
        let count = block.slots.len() * self.groups[group].period;
        // Whole vectors are read and written, beyond the last score, too.
        if scratch.raw.len() < count + LANES {
            scratch.raw.resize(count + LANES, 0.0);
            scratch.weights.resize(count + LANES, 0.0);
        }
        self.scores::<S>(group, block, scratch);
        *finite = finite.add(exponentials(&mut scratch.weights, count));
        let Scratch { weights, sums, .. } = scratch;
        let starts = self.graph.row_start();
        let group = self.groups[group];
        for (node, out) in block.nodes.clone().zip(block.out.chunks_exact_mut(self.emit.width)) {
            let slots = starts[node] as usize..starts[node + 1] as usize;
            let first = slots.start - block.slots.start;
            let edges = Edges {
                sources: &self.graph.slot_src()[slots],
                weights: &weights[first * group.period..],
                period: group.period,
                lines: self.rows.lines(),
                width: self.rows.width,
            };
            let inverse = self.values.sum(group, &edges, &self.emit, sums, out, finite);
            if !block.alpha.is_empty() {
                let alpha = &mut block.alpha[first * self.heads..];
                let rows = alpha.chunks_exact_mut(self.heads).zip(edges.weights.chunks_exact(group.period));
                for (alpha, weights) in rows.take(edges.sources.len()) {
                    for head in 0..group.count {
                        alpha[group.first + head] = weights[head] * inverse[head];
                    }
                }
            }
        }
    }

    /// Shifted scores of a block.
    #[inline(always)]
    fn scores<S: Lanes>(&self, group_index: usize, block: &Block<'_>, scratch: &mut Scratch) {
        let group = self.groups[group_index];
        let starts = self.graph.row_start();
        let (raw, weights) = (&mut scratch.raw[..], &mut scratch.weights[..]);
        let place = |node: usize| {
            let first = (starts[node] as usize - block.slots.start) * group.period;
            (first, (starts[node + 1] - starts[node]) as usize * group.period)
        };
        match &self.scoring {
            Scoring::Static { src, dst, shift: shifts } => {
                let (graph, rows, edge, heads) = (self.graph, &self.rows, self.edge, self.heads);
                let gather = Static { graph, rows, edge, heads, at: src[group_index], group };
                gather.gather(block.slots.clone(), raw);
                let at = dst[group_index];
                let mut pattern = [0; LANES];
                for (lane, of) in pattern.iter_mut().enumerate() {
                    *of = (lane % group.period + at % LANES) as u32;
                }
                let slope = S::splat(self.slope);
                let bound = match &shifts[group_index] {
                    Shift::Bound { top } => Some(S::load(&top.0)),
                    Shift::Exact => None,
                };
                for node in block.nodes.clone() {
                    let (first, count) = place(node);
                    let offset = S::load(&self.rows.row(node)[at / LANES].0).permute(&pattern);
                    let destination = Some((offset, slope));
                    shift(&raw[first..], count, group.period, destination, bound, &mut weights[first..]);
                }
            },
            Scoring::Dynamic { destinations, att } => {
                let dynamic = Dynamic {
                    graph: self.graph,
                    rows: &self.rows,
                    destinations,
                    att,
                    edge: self.edge,
                    width: self.heads * self.channels,
                    channels: self.channels,
                    group,
                    slope: self.slope,
                };
                for node in block.nodes.clone() {
                    let (first, count) = place(node);
                    let slots = starts[node] as usize..starts[node + 1] as usize;
                    dynamic.score::<S>(node, slots, &mut raw[first..]);
                    shift::<S>(&raw[first..], count, group.period, None, None, &mut weights[first..]);
                }
            },
        }
    }
}
