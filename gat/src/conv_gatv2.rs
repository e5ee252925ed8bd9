//! The layer of Brody, Alon and Yahav 2022, "How Attentive are Graph
//! Attention Networks?".

use std::sync::Arc;

use candle_core::{DType, Tensor};

use crate::config::{CheckedConfig, GatConvConfig};
use crate::conv::{ConvOutput, Prepared, check_optional, check_parameter, finish, output, prepare};
use crate::csr::CsrGraph;
use crate::error::Result;
use crate::kernel::{
    Activation, AttentionInput, AttentionKernel, ByDevice, LayerAttention, LayerInput, Scores, Want,
};
use crate::ops::{check_finite, check_float, linear};

/// Parameters of a [`GatV2Conv`], named and shaped as in PyTorch Geometric's
/// `GATv2Conv`. F = `in_channels`, H = `heads`, C = `out_channels`, D =
/// `edge_dim`.
#[derive(Clone, Debug)]
pub struct GatV2Weights {
    /// `lin_l.weight`, [H·C, F]; projects sources.
    pub lin_l: Tensor,
    /// `lin_l.bias`, [H·C].
    pub lin_l_bias: Option<Tensor>,
    /// `lin_r.weight`, [H·C, F]; projects destinations.
    pub lin_r: Tensor,
    /// `lin_r.bias`, [H·C].
    pub lin_r_bias: Option<Tensor>,
    /// `att`, [1, H, C]; the paper's **a**.
    pub att: Tensor,
    /// `lin_edge.weight`, [H·C, D], if the layer reads edge features.
    pub lin_edge: Option<Tensor>,
    /// `bias`, `[H·C]` with `concat`, else `[C]`.
    pub bias: Option<Tensor>,
}

/// Graph attention layer with dynamic attention.
///
/// ```text
/// l_j   = W_l x_j + b_l,   r_i = W_r x_i + b_r
/// e_ij  = att · LeakyReLU(l_j + r_i + W_e edge_attr_ij)
/// out_i = sum_j softmax_j(e_ij) l_j   (+ bias)
/// ```
///
/// per head, j over the sources of edges into i (eq. 7 of the paper, edge
/// term, biases and self-loops as PyTorch Geometric's `GATv2Conv`).
///
/// Determinism: as [`GatConv`](crate::GatConv).
#[derive(Clone, Debug)]
pub struct GatV2Conv {
    config: CheckedConfig,
    weights: GatV2Weights,
    dtype: DType,
    kernel: Arc<dyn AttentionKernel>,
}

impl GatV2Conv {
    /// A layer with the given parameters, on the kernel of the device on
    /// which they lie, see [`ByDevice`].
    ///
    /// # Errors
    /// As [`GatConv::new`](crate::GatConv::new).
    pub fn new(config: GatConvConfig, weights: GatV2Weights) -> Result<Self> {
        let config = config.check()?;
        check_float("lin_l.weight", &weights.lin_l)?;
        let dtype = weights.lin_l.dtype();
        check_weights(&config, &weights, dtype)?;
        Ok(Self { config, weights, dtype, kernel: Arc::new(ByDevice) })
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
    pub fn weights(&self) -> &GatV2Weights {
        &self.weights
    }

    /// Runs the layer. Shapes as [`GatConv::forward`](crate::GatConv::forward).
    ///
    /// # Errors
    /// Those of [`GatConv::forward`](crate::GatConv::forward).
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
        let weights = &self.weights;
        let [_, heads, channels] = self.config.att_shape();
        let nodes = (graph.nodes(), heads, channels);
        let edge = match (&edge_attr, &weights.lin_edge) {
            (Some(edge_attr), Some(weight)) => {
                let edges = (graph.edges(), heads, channels);
                Some(linear(edge_attr, weight, None)?.reshape(edges)?)
            },
            _ => None,
        };
        let whole = LayerInput {
            x,
            attention: LayerAttention::Dynamic {
                lin_src: &weights.lin_l,
                bias_src: weights.lin_l_bias.as_ref(),
                lin_dst: &weights.lin_r,
                bias_dst: weights.lin_r_bias.as_ref(),
                att: &weights.att,
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
        let values = linear(x, &weights.lin_l, weights.lin_l_bias.as_ref())?.reshape(nodes)?;
        let dst = linear(x, &weights.lin_r, weights.lin_r_bias.as_ref())?.reshape(nodes)?;
        let input = AttentionInput {
            values: &values,
            scores: Scores::Dynamic { dst: &dst, edge: edge.as_ref(), att: &weights.att },
            negative_slope: self.config.get().negative_slope,
        };
        let result = self.kernel.attend(&graph, &input, want)?;
        finish(&self.config, &graph, result, weights.bias.as_ref(), activation)
    }
}

fn check_weights(config: &CheckedConfig, weights: &GatV2Weights, dtype: DType) -> Result<()> {
    let width = config.projected_width();
    let settings = config.get();
    let projections =
        [("lin_l", &weights.lin_l, &weights.lin_l_bias), ("lin_r", &weights.lin_r, &weights.lin_r_bias)];
    for (name, weight, bias) in projections {
        check_parameter(
            &format!("{name}.weight"),
            weight,
            dtype,
            &[width, settings.in_channels],
            "[heads * out_channels, in_channels]",
        )?;
        check_optional(
            &format!("{name}.bias"),
            bias.as_ref(),
            settings.bias,
            dtype,
            &[width],
            "[heads * out_channels]",
        )?;
    }
    check_parameter("att", &weights.att, dtype, &config.att_shape(), "[1, heads, out_channels]")?;
    check_optional(
        "lin_edge.weight",
        weights.lin_edge.as_ref(),
        settings.edge_dim.is_some(),
        dtype,
        &[width, settings.edge_dim.unwrap_or(0)],
        "[heads * out_channels, edge_dim]",
    )?;
    check_optional(
        "bias",
        weights.bias.as_ref(),
        settings.bias,
        dtype,
        &[config.out_width()],
        "[width of the output]",
    )
}
