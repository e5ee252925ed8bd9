//! The plain kernel: threads over ranges of destinations, one destination at
//! a time, its edges in slot order.

use std::ops::Range;

use rayon::prelude::*;

use candle_core::DType;

use super::{
    AttentionInput, AttentionKernel, AttentionResult, AttentionShape, LayerInput, LayerResult, Scores, Want,
    fused,
};
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};
use crate::ops::{Host, from_host, host};
use crate::scalar::{Scalar, with_scalar};

/// Nodes plus edges that one task handles. Only speed depends on it: every
/// destination is computed whole, by one thread, in one order.
const WORK_PER_TASK: usize = 1024;

/// The kernel for the CPU, and the reference for every other one.
///
/// # Determinism
/// Bytes are the same on any number of threads and on any machine of one
/// target: each sum runs over one destination's slots in ascending order, and
/// exponentials come from `libm`.
///
/// Time O(E·H·C); memory beyond the result: one destination's scores per
/// thread, O(in-degree·H). Tensors on another device are copied to the host
/// and the results back.
#[derive(Clone, Copy, Debug, Default)]
pub struct CpuKernel;

impl AttentionKernel for CpuKernel {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn attend(&self, graph: &CsrGraph, input: &AttentionInput<'_>, want: Want) -> Result<AttentionResult> {
        let shape = input.check(graph)?;
        with_scalar!(shape.dtype, "values", T => attend::<T>(graph, input, shape, want))
    }

    /// In f32 a layer is one fused operation.
    fn layer(&self, graph: &CsrGraph, input: &LayerInput<'_>, want: Want) -> Result<Option<LayerResult>> {
        if input.x.dtype() == DType::F32 && input.x.device().is_cpu() && graph.nodes() > 0 {
            fused::layer(graph, input, want)
        } else {
            Ok(None)
        }
    }
}

/// Views the operands as slices and picks the score function.
fn attend<T: Scalar>(
    graph: &CsrGraph,
    input: &AttentionInput<'_>,
    shape: AttentionShape,
    want: Want,
) -> Result<AttentionResult> {
    let AttentionShape { heads, channels, .. } = shape;
    let width = heads * channels;
    let values = host(input.values)?;
    let values = Host::<T>::new(&values)?;
    let values = values.slice()?;
    let slope = T::from_f64(input.negative_slope);
    let (out, alpha) = match input.scores {
        Scores::Additive { src, dst, edge } => {
            let (src, dst, edge) = (host(src)?, host(dst)?, edge.map(host).transpose()?);
            let (src, dst) = (Host::<T>::new(&src)?, Host::<T>::new(&dst)?);
            let edge = edge.as_ref().map(Host::<T>::new).transpose()?;
            let (src, dst) = (src.slice()?, dst.slice()?);
            let edge = edge.as_ref().map(Host::slice).transpose()?;
            let score = |i: usize, j: usize, e: usize, scores: &mut [T]| {
                let (src, dst) = (&src[j * heads..], &dst[i * heads..]);
                for (h, score) in scores.iter_mut().enumerate() {
                    let mut sum = src[h] + dst[h];
                    if let Some(edge) = edge {
                        sum += edge[e * heads + h];
                    }
                    *score = leaky_relu(sum, slope);
                }
            };
            run(graph, values, heads, channels, score, want)?
        },
        Scores::Dynamic { dst, edge, att } => {
            let (dst, att, edge) = (host(dst)?, host(att)?, edge.map(host).transpose()?);
            let (dst, att) = (Host::<T>::new(&dst)?, Host::<T>::new(&att)?);
            let edge = edge.as_ref().map(Host::<T>::new).transpose()?;
            let (dst, att) = (dst.slice()?, att.slice()?);
            let edge = edge.as_ref().map(Host::slice).transpose()?;
            let score = |i: usize, j: usize, e: usize, scores: &mut [T]| {
                let (src, dst) = (&values[j * width..], &dst[i * width..]);
                for (h, score) in scores.iter_mut().enumerate() {
                    *score = T::ZERO;
                    for at in h * channels..(h + 1) * channels {
                        let mut sum = src[at] + dst[at];
                        if let Some(edge) = edge {
                            sum += edge[e * width + at];
                        }
                        *score += att[at] * leaky_relu(sum, slope);
                    }
                }
            };
            run(graph, values, heads, channels, score, want)?
        },
    };
    let device = input.values.device();
    let alpha = alpha.map(|alpha| from_host(alpha, &[graph.edges(), heads], device));
    Ok(AttentionResult {
        out: from_host(out, &[graph.nodes(), heads, channels], device)?,
        alpha: alpha.transpose()?,
    })
}

fn leaky_relu<T: Scalar>(x: T, negative_slope: T) -> T {
    if x > T::ZERO { x } else { negative_slope * x }
}

/// Runs all destinations. `score(i, j, e, row)` writes the H scores of edge e
/// from j to i. Returns `out` and, if wanted, `alpha` in edge order.
fn run<T: Scalar>(
    graph: &CsrGraph,
    values: &[T],
    heads: usize,
    channels: usize,
    score: impl Fn(usize, usize, usize, &mut [T]) + Sync,
    want: Want,
) -> Result<(Vec<T>, Option<Vec<T>>)> {
    let mut out = vec![T::ZERO; graph.nodes() * heads * channels];
    let mut by_slot = match want {
        Want::Output => Vec::new(),
        Want::OutputAndAttention => vec![T::ZERO; graph.edges() * heads],
    };
    let tasks = split(graph, &mut out, &mut by_slot, heads, channels);
    let one = |scratch: &mut Scratch<T>, task: Task<'_, T>| {
        task.run(graph, values, heads, channels, &score, scratch)
    };
    let results: Vec<Result<()>> = if tasks.len() <= 1 {
        // A single task starts no threads.
        let mut scratch = Scratch::default();
        tasks.into_iter().map(|task| one(&mut scratch, task)).collect()
    } else {
        tasks.into_par_iter().map_init(Scratch::default, one).collect()
    };
    // In task order, so that the lowest node is the one reported.
    results.into_iter().collect::<Result<()>>()?;
    match want {
        Want::Output => Ok((out, None)),
        Want::OutputAndAttention => {
            let mut alpha = vec![T::ZERO; by_slot.len()];
            for (slot, row) in by_slot.chunks_exact(heads).enumerate() {
                let start = graph.edge_of(slot) as usize * heads;
                alpha[start..start + heads].copy_from_slice(row);
            }
            Ok((out, Some(alpha)))
        },
    }
}

/// A range of destinations with the parts of the results that are its own.
struct Task<'a, T> {
    nodes: Range<usize>,
    out: &'a mut [T],
    /// Attention of these destinations' slots; empty if not wanted.
    alpha: &'a mut [T],
}

/// Buffers of a thread, kept from one destination to the next.
struct Scratch<T> {
    weights: Vec<T>,
    max: Vec<T>,
    sum: Vec<T>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self { weights: Vec::new(), max: Vec::new(), sum: Vec::new() }
    }
}

fn split<'a, T>(
    graph: &CsrGraph,
    mut out: &'a mut [T],
    mut alpha: &'a mut [T],
    heads: usize,
    channels: usize,
) -> Vec<Task<'a, T>> {
    let mut tasks = Vec::new();
    let keeps_alpha = !alpha.is_empty();
    let (mut first, mut edges) = (0, 0);
    for node in 0..graph.nodes() {
        edges += graph.slots(node).len();
        let nodes = first..node + 1;
        if nodes.len() + edges < WORK_PER_TASK && nodes.end < graph.nodes() {
            continue;
        }
        let kept = if keeps_alpha { edges * heads } else { 0 };
        let (out_here, out_rest) = out.split_at_mut(nodes.len() * heads * channels);
        let (alpha_here, alpha_rest) = alpha.split_at_mut(kept);
        (out, alpha) = (out_rest, alpha_rest);
        (first, edges) = (nodes.end, 0);
        tasks.push(Task { nodes, out: out_here, alpha: alpha_here });
    }
    tasks
}

impl<T: Scalar> Task<'_, T> {
    fn run(
        self,
        graph: &CsrGraph,
        values: &[T],
        heads: usize,
        channels: usize,
        score: &impl Fn(usize, usize, usize, &mut [T]),
        scratch: &mut Scratch<T>,
    ) -> Result<()> {
        let width = heads * channels;
        let mut alpha = self.alpha;
        for (node, out) in self.nodes.zip(self.out.chunks_exact_mut(width)) {
            let slots = graph.slots(node);
            scratch.weights.resize(slots.len() * heads, T::ZERO);
            let weights = &mut scratch.weights[..];
            for (slot, row) in slots.clone().zip(weights.chunks_exact_mut(heads)) {
                let (j, e) = (graph.source_of(slot), graph.edge_of(slot));
                score(node, j as usize, e as usize, row);
            }
            check_range("attention score", node, weights)?;
            softmax(weights, heads, &mut scratch.max, &mut scratch.sum);
            for (slot, row) in slots.zip(weights.chunks_exact(heads)) {
                let values = &values[graph.source_of(slot) as usize * width..][..width];
                accumulate(out, row, values, channels);
            }
            check_range("output", node, out)?;
            if !alpha.is_empty() {
                let (here, rest) = alpha.split_at_mut(weights.len());
                here.copy_from_slice(weights);
                alpha = rest;
            }
        }
        Ok(())
    }
}

/// Softmax of each column of `weights` [edges of one node, H], in place.
fn softmax<T: Scalar>(weights: &mut [T], heads: usize, max: &mut Vec<T>, sum: &mut Vec<T>) {
    let Some(first) = weights.get(..heads) else {
        return; // no incoming edges
    };
    max.clear();
    max.extend_from_slice(first);
    for row in weights.chunks_exact(heads) {
        for (max, &score) in max.iter_mut().zip(row) {
            if score > *max {
                *max = score;
            }
        }
    }
    sum.clear();
    sum.resize(heads, T::ZERO);
    for row in weights.chunks_exact_mut(heads) {
        for ((weight, &max), sum) in row.iter_mut().zip(&*max).zip(&mut *sum) {
            *weight = (*weight - max).libm_exp();
            *sum += *weight;
        }
    }
    for row in weights.chunks_exact_mut(heads) {
        for (weight, &sum) in row.iter_mut().zip(&*sum) {
            *weight /= sum + T::SOFTMAX_EPS;
        }
    }
}

/// Adds `values` [H, C] to `out`, each head times its attention.
fn accumulate<T: Scalar>(out: &mut [T], alpha: &[T], values: &[T], channels: usize) {
    let heads = out.chunks_exact_mut(channels).zip(values.chunks_exact(channels));
    for ((out, values), &alpha) in heads.zip(alpha) {
        for (out, &value) in out.iter_mut().zip(values) {
            *out += alpha * value;
        }
    }
}

fn check_range<T: Scalar>(what: &'static str, node: usize, results: &[T]) -> Result<()> {
    if results.iter().all(|value| value.finite()) {
        return Ok(());
    }
    Err(GatError::Overflow { what, node, dtype: T::DTYPE })
}
