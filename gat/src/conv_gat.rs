//! The layer of Veličković et al. 2018, "Graph Attention Networks".

use std::sync::Arc;

use candle_core::{DType, Tensor};

use crate::config::{CheckedConfig, GatConvConfig};
use crate::conv::{ConvOutput, Prepared, check_optional, check_parameter, finish, output, prepare};
use crate::csr::CsrGraph;
use crate::error::Result;
use crate::kernel::{
    Activation, AttentionInput, AttentionKernel, ByDevice, LayerAttention, LayerInput, Scores, Want,
};
use crate::ops::{check_finite, check_float, head_dot, linear};

/// Parameters of a [`GatConv`], named and shaped as in PyTorch Geometric's
/// `GATConv`. F = `in_channels`, H = `heads`, C = `out_channels`, D =
/// `edge_dim`.
#[derive(Clone, Debug)]
pub struct GatWeights {
    /// `lin.weight`, [H·C, F]; the paper's **W**.
    pub lin: Tensor,
    /// `att_src`, [1, H, C]; the half of the paper's **a** for the neighbour.
    pub att_src: Tensor,
    /// `att_dst`, [1, H, C]; the half of **a** for the node itself.
    pub att_dst: Tensor,
    /// `lin_edge.weight`, [H·C, D], if the layer reads edge features.
    pub lin_edge: Option<Tensor>,
    /// `att_edge`, [1, H, C], if the layer reads edge features.
    pub att_edge: Option<Tensor>,
    /// `bias`, `[H·C]` with `concat`, else `[C]`.
    pub bias: Option<Tensor>,
}

/// Graph attention layer with static attention.
///
/// ```text
/// h_i   = W x_i
/// e_ij  = LeakyReLU(att_src·h_j + att_dst·h_i + att_edge·(W_e edge_attr_ij))
/// out_i = sum_j softmax_j(e_ij) h_j   (+ bias)
/// ```
///
/// per head, j over the sources of edges into i (eqs. 1-6 of the paper, edge
/// term and self-loops as PyTorch Geometric's `GATConv`).
///
/// # Determinism
/// On the CPU in f64, bytes do not depend on the number of threads, nor on
/// the processor within one target. The same holds in f32, where a layer is one
/// fused operation.
#[derive(Clone, Debug)]
pub struct GatConv {
    config: CheckedConfig,
    weights: GatWeights,
    /// att_edge folded into lin_edge, [H, D]. Both are linear, so the edge
    /// term costs O(E·H) memory instead of O(E·H·C).
    edge_scores: Option<Tensor>,
    dtype: DType,
    kernel: Arc<dyn AttentionKernel>,
}

impl GatConv {
    /// A layer with the given parameters, on the kernel of the device on
    /// which they lie, see [`ByDevice`].
    ///
    /// # Errors
    /// [`GatError::InvalidConfig`](crate::GatError::InvalidConfig);
    /// [`GatError::ShapeMismatch`](crate::GatError::ShapeMismatch),
    /// [`GatError::DTypeMismatch`](crate::GatError::DTypeMismatch) (all share
    /// the type of `lin`, f32 or f64) and
    /// [`GatError::NonFinite`](crate::GatError::NonFinite), naming the
    /// parameter.
    pub fn new(config: GatConvConfig, weights: GatWeights) -> Result<Self> {
        let config = config.check()?;
        check_float("lin.weight", &weights.lin)?;
        let dtype = weights.lin.dtype();
        check_weights(&config, &weights, dtype)?;
        let edge_scores = match (&weights.lin_edge, &weights.att_edge) {
            (Some(lin_edge), Some(att_edge)) => Some(fold(lin_edge, att_edge)?),
            _ => None,
        };
        Ok(Self { config, weights, edge_scores, dtype, kernel: Arc::new(ByDevice) })
    }

    /// The same layer on another kernel.
    #[must_use]
    pub fn with_kernel(mut self, kernel: Arc<dyn AttentionKernel>) -> Self {
        self.kernel = kernel;
        self
    }

    /// The settings the layer was built with.
    pub fn config(&self) -> &CheckedConfig {
        &self.config
    }

    /// The parameters the layer was built with.
    pub fn weights(&self) -> &GatWeights {
        &self.weights
    }

    /// Runs the layer.
    ///
    /// # Shapes
    /// * `x`: [N, F], in the type of the weights.
    /// * `graph`: N nodes. If the layer adds self-loops and the graph has not
    ///   done so yet, they are added here; who calls often builds the graph
    ///   with [`SelfLoops::OnePerNode`](crate::SelfLoops::OnePerNode) once.
    /// * `edge_attr`: [E, D], a row per edge *given* to the graph's
    ///   constructor; exactly if the layer has `edge_dim`.
    /// * returns `out` [N, H·C] with `concat`, else [N, C].
    ///
    /// # Errors
    /// [`GatError::ShapeMismatch`](crate::GatError::ShapeMismatch),
    /// [`GatError::DTypeMismatch`](crate::GatError::DTypeMismatch),
    /// [`GatError::MissingEdgeAttr`](crate::GatError::MissingEdgeAttr),
    /// [`GatError::UnexpectedEdgeAttr`](crate::GatError::UnexpectedEdgeAttr);
    /// [`GatError::NonFinite`](crate::GatError::NonFinite) for NaN or
    /// infinity in an input;
    /// [`GatError::Overflow`](crate::GatError::Overflow) if finite inputs
    /// left the range.
    pub fn forward(&self, x: &Tensor, graph: &CsrGraph, edge_attr: Option<&Tensor>) -> Result<ConvOutput> {
        self.run(x, graph, edge_attr, Want::Output, Activation::None)
    }

    /// Runs the layer and keeps attention; see [`forward`](Self::forward).
    ///
    /// # Errors
    /// Those of [`forward`](Self::forward).
    pub fn forward_with_attention(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
    ) -> Result<ConvOutput> {
        self.run(x, graph, edge_attr, Want::OutputAndAttention, Activation::None)
    }

    pub(crate) fn run(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
        want: Want,
        activation: Activation,
    ) -> Result<ConvOutput> {
        let Prepared { graph, edge_attr } = prepare(&self.config, self.dtype, x, graph, edge_attr)?;
        let [_, heads, channels] = self.config.att_shape();
        let weights = &self.weights;
        let edge = match (&edge_attr, &self.edge_scores) {
            (Some(edge_attr), Some(weight)) => Some(linear(edge_attr, weight, None)?),
            _ => None,
        };
        let whole = LayerInput {
            x,
            attention: LayerAttention::Static {
                lin: &weights.lin,
                att_src: &weights.att_src,
                att_dst: &weights.att_dst,
                edge: edge.as_ref(),
            },
            heads,
            channels,
            negative_slope: self.config.get().negative_slope,
            concat: self.config.get().concat,
            bias: weights.bias.as_ref(),
            activation,
        };
        if let Some(result) = self.kernel.layer(&graph, &whole, want)? {
            return Ok(output(&graph, result));
        }
        check_finite("x", x)?;
        let h = linear(x, &weights.lin, None)?;
        let src = head_dot(&h, &weights.att_src)?;
        let dst = head_dot(&h, &weights.att_dst)?;
        let values = h.reshape((graph.nodes(), heads, channels))?;
        let input = AttentionInput {
            values: &values,
            scores: Scores::Additive { src: &src, dst: &dst, edge: edge.as_ref() },
            negative_slope: self.config.get().negative_slope,
        };
        let result = self.kernel.attend(&graph, &input, want)?;
        finish(&self.config, &graph, result, weights.bias.as_ref(), activation)
    }
}

fn check_weights(config: &CheckedConfig, weights: &GatWeights, dtype: DType) -> Result<()> {
    let width = config.projected_width();
    let att = config.att_shape();
    let att_axes = "[1, heads, out_channels]";
    let lin = [width, config.get().in_channels];
    let lin_axes = "[heads * out_channels, in_channels]";
    check_parameter("lin.weight", &weights.lin, dtype, &lin, lin_axes)?;
    check_parameter("att_src", &weights.att_src, dtype, &att, att_axes)?;
    check_parameter("att_dst", &weights.att_dst, dtype, &att, att_axes)?;
    let edges = config.get().edge_dim.is_some();
    check_optional(
        "lin_edge.weight",
        weights.lin_edge.as_ref(),
        edges,
        dtype,
        &[width, config.get().edge_dim.unwrap_or(0)],
        "[heads * out_channels, edge_dim]",
    )?;
    let att_edge = weights.att_edge.as_ref();
    check_optional("att_edge", att_edge, edges, dtype, &att, att_axes)?;
    check_optional(
        "bias",
        weights.bias.as_ref(),
        config.get().bias,
        dtype,
        &[config.out_width()],
        "[width of the output]",
    )
}

/// [H, D] with entry (h, d) = sum over c of att_edge[h, c] * lin_edge[h·C + c, d].
fn fold(lin_edge: &Tensor, att_edge: &Tensor) -> Result<Tensor> {
    let by_feature = lin_edge.t()?.contiguous()?;
    Ok(head_dot(&by_feature, att_edge)?.t()?.contiguous()?)
}
