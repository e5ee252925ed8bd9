//! Graphs, tensors and an independent implementation to compare with.

use candle_core::{Device, Tensor};
use infra_gat::{CsrGraph, GatWeights, candle_core};

/// A dense matrix as rows.
pub(crate) type Rows = Vec<Vec<f64>>;

pub(crate) fn tensor(rows: &[Vec<f64>], width: usize) -> Tensor {
    let flat: Vec<f64> = rows.iter().flatten().copied().collect();
    Tensor::from_vec(flat, (rows.len(), width), &Device::Cpu).unwrap()
}

pub(crate) fn rows(x: &Tensor) -> Rows {
    let x = x.to_dtype(candle_core::DType::F64).unwrap();
    x.to_vec2().unwrap()
}

/// All elements, row by row, as bits.
pub(crate) fn bits(x: &Tensor) -> Vec<u64> {
    let flat = x.flatten_all().unwrap();
    match x.dtype() {
        candle_core::DType::F32 => {
            let values = flat.to_vec1::<f32>().unwrap();
            values.iter().map(|v| u64::from(v.to_bits())).collect()
        },
        _ => {
            let values = flat.to_vec1::<f64>().unwrap();
            values.iter().map(|v| v.to_bits()).collect()
        },
    }
}

pub(crate) fn max_difference(a: &Rows, b: &Rows) -> f64 {
    assert_eq!(a.len(), b.len());
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    let differences = pairs.map(|(a, b)| (a - b).abs());
    // NaN must not vanish in a maximum.
    differences.fold(0.0, |max, d| if d.is_nan() { f64::NAN } else { max.max(d) })
}

/// Values between -1 and 1 that look random and come from a formula.
pub(crate) fn wave(count: usize, phase: f64) -> Vec<f64> {
    (0..count).map(|i| (i as f64 * 1.7 + phase).cos()).collect()
}

pub(crate) fn wave_rows(n: usize, width: usize, phase: f64) -> Rows {
    let flat = wave(n * width, phase);
    flat.chunks(width).map(<[f64]>::to_vec).collect()
}

/// Pseudo-random edges of a graph of `nodes` nodes, self-loops and repeats
/// included.
pub(crate) fn edges(nodes: usize, count: usize) -> (Vec<u32>, Vec<u32>) {
    let mut state = 12_345_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize % nodes) as u32
    };
    (0..count).map(|_| (next(), next())).unzip()
}

/// GAT (one matrix per head, concatenated, no bias), written as the paper
/// writes it: full N x N score matrices, -inf where there is no edge. Repeated
/// edges add their exponentials. Returns [N, H·C].
pub(crate) fn dense_gat(weights: &GatWeights, x: &Rows, graph: &CsrGraph, slope: f64) -> Rows {
    let lin = rows(&weights.lin);
    let (heads, channels) = match weights.att_src.dims() {
        &[1, h, c] => (h, c),
        other => panic!("{other:?}"),
    };
    let att = |t: &Tensor| rows(&t.squeeze(0).unwrap());
    let (att_src, att_dst) = (att(&weights.att_src), att(&weights.att_dst));
    let n = graph.nodes();
    let mut out = vec![vec![0.0; heads * channels]; n];
    for head in 0..heads {
        let project = |x: &Vec<f64>| -> Vec<f64> {
            let rows = &lin[head * channels..(head + 1) * channels];
            rows.iter().map(|w| w.iter().zip(x).map(|(w, x)| w * x).sum()).collect()
        };
        let h: Rows = x.iter().map(project).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut times = vec![vec![0.0; n]; n];
        for (&s, &d) in graph.src().iter().zip(graph.dst()) {
            times[d as usize][s as usize] += 1.0;
        }
        for i in 0..n {
            let score = |j: usize| {
                let e = dot(&att_src[head], &h[j]) + dot(&att_dst[head], &h[i]);
                if e > 0.0 { e } else { slope * e }
            };
            let max = (0..n).filter(|&j| times[i][j] > 0.0).map(score).fold(f64::NEG_INFINITY, f64::max);
            let weight =
                |j: usize| if times[i][j] > 0.0 { times[i][j] * (score(j) - max).exp() } else { 0.0 };
            let total: f64 = (0..n).map(weight).sum();
            if total == 0.0 {
                continue;
            }
            for c in 0..channels {
                let sum: f64 = (0..n).map(|j| weight(j) * h[j][c]).sum();
                out[i][head * channels + c] = sum / total;
            }
        }
    }
    out
}
