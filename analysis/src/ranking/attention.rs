//! The graph attention network that carries the evidence.
//!
//! A GAT convolution whose parameters are analytic instead of learned (`infra_gat`): projection
//! the identity on evidence, logits the edge features, negative slope 1, explicit self-loops.
//! Messages run from dependency to dependent; row i attends to itself and its dependencies, one
//! attention head per evidence head. The attention on an edge reads: how much of the dependent's
//! distress this dependency explains.

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{analytic_conv, random_gat};
use infra_gat::{CsrGraph, GatConvConfig, SelfLoops};
use ndarray::Array2;

use super::explain::Explained;
use crate::case::Case;
use crate::error::AnalysisError;

/// Attention of the analytic network, by evidence head.
#[derive(Clone, Debug)]
pub struct Attention {
    /// `own[h][i]`: attention of service i to itself.
    pub own: Vec<Vec<f64>>,
    /// `by_edge[h][e]`: attention of the dependent to the dependency, by edge of the graph.
    pub by_edge: Vec<Vec<f64>>,
    /// `message[h][i]`: evidence of head h after one layer of message passing.
    pub message: Vec<Vec<f64>>,
}

/// Where the network's parameters come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weights {
    /// In closed form: what is told of an edge is its attention.
    #[default]
    Analytic,
    /// Drawn after Glorot from this seed: the control that evaluation compares with.
    Random(u64),
}

/// The network's fixed part: topology and device. Logits change with each ensemble member.
pub struct Network {
    csr: CsrGraph,
    nodes: usize,
    edges: usize,
    /// Edges of the graph that take part (self-dependencies do not).
    kept: Vec<usize>,
    device: Device,
    weights: Weights,
}

impl Network {
    /// The network over a case's dependency graph.
    ///
    /// # Errors
    /// [`AnalysisError::Gat`] if the device cannot be had.
    pub fn new(case: &Case<'_>, device: Device) -> Result<Self, AnalysisError> {
        let nodes = case.len();
        let mut src = Vec::with_capacity(case.graph.edge_count() + nodes);
        let mut dst = Vec::with_capacity(src.capacity());
        let mut kept = Vec::new();
        for (e, edge) in case.graph.edges().enumerate() {
            let ends = edge.depends_on;
            if ends.dependent != ends.dependency {
                kept.push(e);
                src.push(u32::try_from(ends.dependency.index()).unwrap_or(u32::MAX));
                dst.push(u32::try_from(ends.dependent.index()).unwrap_or(u32::MAX));
            }
        }
        for node in 0..nodes {
            let node = u32::try_from(node).unwrap_or(u32::MAX);
            src.push(node);
            dst.push(node);
        }
        let csr = CsrGraph::new(nodes, &src, &dst, SelfLoops::AsGiven)?;
        let edges = case.graph.edge_count();
        Ok(Self { csr, nodes, edges, kept, device, weights: Weights::default() })
    }

    /// The same network with other parameters.
    #[must_use]
    pub fn with_weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }

    /// Attention for given explanations.
    ///
    /// * `explained`: one entry per evidence head;
    /// * `evidence`: \[heads, services\], what head h says of service i by itself;
    /// * `tau`: temperature, `floor`: added before the logarithm.
    ///
    /// Logits are `ln(x + floor) / tau`, with `libm`'s logarithm, so that they are the same
    /// everywhere.
    ///
    /// # Errors
    /// [`AnalysisError::Gat`].
    pub fn attend(
        &self,
        explained: &[&Explained],
        evidence: &Array2<f64>,
        tau: f64,
        floor: f64,
    ) -> Result<Attention, AnalysisError> {
        let heads = explained.len();
        let rows = self.kept.len() + self.nodes;
        let logit = |x: f64| libm::log(x + floor) / tau;
        let mut features = Vec::with_capacity(rows * heads);
        for &e in &self.kept {
            features.extend(explained.iter().map(|x| logit(x.by_edge[e])));
        }
        for i in 0..self.nodes {
            features.extend(explained.iter().map(|x| logit(x.own[i] * x.gate[i])));
        }
        let x: Vec<f64> = evidence.t().iter().copied().collect();
        let x = tensor(x, (self.nodes, heads), &self.device)?;
        let features = tensor(features, (rows, heads), &self.device)?;
        let conv = match self.weights {
            Weights::Analytic => analytic_conv(heads, DType::F64, &self.device)?,
            Weights::Random(seed) => {
                let config = GatConvConfig {
                    heads,
                    edge_dim: Some(heads),
                    add_self_loops: false,
                    bias: false,
                    ..GatConvConfig::new(heads, 1)
                };
                random_gat(config, seed, DType::F64, &self.device)?
            },
        };
        let output = conv.forward_with_attention(&x, &self.csr, Some(&features))?;
        let attention =
            output.attention.ok_or_else(|| AnalysisError::Tensor("no attention came back".to_owned()))?;
        let alpha = read(&attention.alpha)?;
        let message = read(&output.out)?;
        let mut own = vec![vec![0.0; self.nodes]; heads];
        let mut by_edge = vec![vec![0.0; self.edges]; heads];
        for (row, alphas) in alpha.iter().enumerate() {
            for (h, a) in alphas.iter().enumerate() {
                match self.kept.get(row) {
                    Some(&e) => by_edge[h][e] = *a,
                    None => own[h][row - self.kept.len()] = *a,
                }
            }
        }
        let message = (0..heads).map(|h| message.iter().map(|row| row[h]).collect()).collect();
        Ok(Attention { own, by_edge, message })
    }
}

fn tensor(values: Vec<f64>, shape: (usize, usize), device: &Device) -> Result<Tensor, AnalysisError> {
    Tensor::from_vec(values, shape, device).map_err(|e| AnalysisError::Tensor(e.to_string()))
}

fn read(tensor: &Tensor) -> Result<Vec<Vec<f64>>, AnalysisError> {
    tensor.to_vec2::<f64>().map_err(|e| AnalysisError::Tensor(e.to_string()))
}
