//! What both kinds of layers share: results, preparation of inputs, and one
//! type for either.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use candle_core::{DType, Tensor};

use crate::config::CheckedConfig;
use crate::conv_gat::GatConv;
use crate::conv_gatv2::GatV2Conv;
use crate::csr::{CsrGraph, SelfLoops};
use crate::error::{GatError, Result};
use crate::kernel::{Activation, AttentionKernel, AttentionResult, LayerResult, Want};
use crate::ops::{Host, check_dtype, check_finite, check_shape, from_host, host, mean_of_heads, sigmoid};
use crate::scalar::{Scalar, with_scalar};

/// Result of one layer.
#[derive(Clone, Debug)]
pub struct ConvOutput {
    /// Node features, [N, H·C] with `concat`, else [N, C].
    pub out: Tensor,
    /// Attention, if it was asked for.
    pub attention: Option<Attention>,
}

/// Attention coefficients and the edges they belong to.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Sources and destinations of the E' edges in *edge order*: the given
    /// edges in their order, less given self-loops if the layer adds its own,
    /// then one self-loop per node, node 0 first. The same order as PyTorch
    /// Geometric's `return_attention_weights`.
    pub edge_index: (Vec<u32>, Vec<u32>),
    /// [E', H]. Each head sums to 1 over the edges into one destination.
    pub alpha: Tensor,
}

/// The kind of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConvKind {
    /// Static attention, Veličković et al. 2018.
    #[default]
    Gat,
    /// Dynamic attention, Brody et al. 2022.
    GatV2,
}

impl ConvKind {
    /// The name in weight files: `gat` or `gatv2`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gat => "gat",
            Self::GatV2 => "gatv2",
        }
    }
}

impl fmt::Display for ConvKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ConvKind {
    type Err = GatError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "gat" => Ok(Self::Gat),
            "gatv2" => Ok(Self::GatV2),
            _ => {
                Err(GatError::InvalidConfig { option: "kind", value: text.into(), expected: "gat or gatv2" })
            },
        }
    }
}

/// A layer of either kind.
#[derive(Clone, Debug)]
pub enum Conv {
    /// Static attention.
    Gat(GatConv),
    /// Dynamic attention.
    GatV2(GatV2Conv),
}

impl Conv {
    /// The settings the layer was built with.
    pub fn config(&self) -> &CheckedConfig {
        match self {
            Self::Gat(conv) => conv.config(),
            Self::GatV2(conv) => conv.config(),
        }
    }

    /// The kind of the layer.
    pub fn kind(&self) -> ConvKind {
        match self {
            Self::Gat(_) => ConvKind::Gat,
            Self::GatV2(_) => ConvKind::GatV2,
        }
    }

    /// The same layer on another kernel.
    #[must_use]
    pub fn with_kernel(self, kernel: Arc<dyn AttentionKernel>) -> Self {
        match self {
            Self::Gat(conv) => Self::Gat(conv.with_kernel(kernel)),
            Self::GatV2(conv) => Self::GatV2(conv.with_kernel(kernel)),
        }
    }

    /// Runs the layer; see [`GatConv::forward`].
    ///
    /// # Errors
    /// Those of [`GatConv::forward`].
    pub fn forward(&self, x: &Tensor, graph: &CsrGraph, edge_attr: Option<&Tensor>) -> Result<ConvOutput> {
        self.run(x, graph, edge_attr, Want::Output, Activation::None)
    }

    /// Runs the layer and keeps attention; see [`GatConv::forward`].
    ///
    /// # Errors
    /// Those of [`GatConv::forward`].
    pub fn forward_with_attention(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
    ) -> Result<ConvOutput> {
        self.run(x, graph, edge_attr, Want::OutputAndAttention, Activation::None)
    }

    /// Runs the layer and a function of its output.
    pub(crate) fn run(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
        want: Want,
        activation: Activation,
    ) -> Result<ConvOutput> {
        match self {
            Self::Gat(conv) => conv.run(x, graph, edge_attr, want, activation),
            Self::GatV2(conv) => conv.run(x, graph, edge_attr, want, activation),
        }
    }
}

impl From<GatConv> for Conv {
    fn from(conv: GatConv) -> Self {
        Self::Gat(conv)
    }
}

impl From<GatV2Conv> for Conv {
    fn from(conv: GatV2Conv) -> Self {
        Self::GatV2(conv)
    }
}

/// Inputs of a layer that passed every check.
pub(crate) struct Prepared<'a> {
    /// The graph the layer works on, self-loops added if it wants them.
    pub(crate) graph: Cow<'a, CsrGraph>,
    /// Features of the graph's edges, [E', D].
    pub(crate) edge_attr: Option<Tensor>,
}

/// Checks the inputs of a layer against its settings and adds self-loops. Whether `x` is finite is
/// left to whoever reads it first.
pub(crate) fn prepare<'a>(
    config: &CheckedConfig,
    dtype: DType,
    x: &Tensor,
    graph: &'a CsrGraph,
    edge_attr: Option<&Tensor>,
) -> Result<Prepared<'a>> {
    let config = config.get();
    let expected = [graph.nodes(), config.in_channels];
    check_shape("x", x, &expected, "[nodes, in_channels]")?;
    check_dtype("x", x, dtype)?;
    match (config.edge_dim, edge_attr) {
        (None, None) => {},
        (Some(edge_dim), None) => return Err(GatError::MissingEdgeAttr { edge_dim }),
        (None, Some(edge_attr)) => {
            let found = edge_attr.dims().to_vec();
            return Err(GatError::UnexpectedEdgeAttr { found });
        },
        (Some(edge_dim), Some(edge_attr)) => {
            let expected = [graph.given_edges(), edge_dim];
            check_shape("edge_attr", edge_attr, &expected, "[edges, edge_dim]")?;
            check_dtype("edge_attr", edge_attr, dtype)?;
            check_finite("edge_attr", edge_attr)?;
        },
    }
    let graph = match (config.add_self_loops, graph.self_loops()) {
        (true, SelfLoops::AsGiven) => Cow::Owned(graph.with_self_loops()?),
        _ => Cow::Borrowed(graph),
    };
    let edge_attr = match (edge_attr, graph.kept()) {
        (Some(edge_attr), Some(kept)) => {
            let filled = with_scalar!(dtype, "edge_attr", T => fill_loops::<T>(&graph, kept, edge_attr))?;
            check_finite("edge_attr of an added self-loop", &filled)?;
            Some(filled)
        },
        (edge_attr, _) => edge_attr.cloned(),
    };
    Ok(Prepared { graph, edge_attr })
}

/// Features [E', D] of kept edges, followed by those of the added self-loops:
/// the mean over the node's other incoming edges, zeros if it has none
/// (PyTorch Geometric's `fill_value = "mean"`). Sums run in edge order.
fn fill_loops<T: Scalar>(graph: &CsrGraph, kept: &[u32], edge_attr: &Tensor) -> Result<Tensor> {
    #[cfg(feature = "cuda")]
    if edge_attr.device().is_cuda() {
        return crate::kernel::cuda::fill_loops(graph, kept, edge_attr);
    }
    let (_, width) = edge_attr.dims2()?;
    let given = host(edge_attr)?;
    let given = Host::<T>::new(&given)?;
    let given = given.slice()?;
    let mut filled = Vec::with_capacity(graph.edges() * width);
    for &edge in kept {
        filled.extend_from_slice(&given[edge as usize * width..][..width]);
    }
    for node in 0..graph.nodes() {
        let mut mean = vec![T::ZERO; width];
        let edges = graph.slots(node).map(|slot| graph.edge_of(slot) as usize);
        let others = edges.filter(|&edge| edge < kept.len());
        let mut count = 0.0;
        for edge in others {
            count += 1.0;
            for (sum, &value) in mean.iter_mut().zip(&filled[edge * width..]) {
                *sum += value;
            }
        }
        let divisor = T::from_f64(f64::max(count, 1.0));
        filled.extend(mean.into_iter().map(|sum| sum / divisor));
    }
    from_host(filled, &[graph.edges(), width], edge_attr.device())
}

/// The last steps of both kinds: heads together, bias, activation, attention's edges.
pub(crate) fn finish(
    config: &CheckedConfig,
    graph: &CsrGraph,
    result: AttentionResult,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<ConvOutput> {
    let out = if config.get().concat {
        result.out.reshape((graph.nodes(), config.projected_width()))?
    } else {
        mean_of_heads(&result.out)?
    };
    let out = match bias {
        Some(bias) => out.broadcast_add(bias)?,
        None => out,
    };
    // The sum over heads and the bias may overflow, too.
    check_finite("output", &out)?;
    let out = match activation {
        Activation::None => out,
        Activation::Relu => out.relu()?,
        Activation::Sigmoid => sigmoid(&out)?,
    };
    Ok(output(graph, LayerResult { out, alpha: result.alpha }))
}

/// A layer's result, attention with its edges.
pub(crate) fn output(graph: &CsrGraph, result: LayerResult) -> ConvOutput {
    let edge_index = || (graph.src().to_vec(), graph.dst().to_vec());
    let attention = result.alpha.map(|alpha| Attention { edge_index: edge_index(), alpha });
    ConvOutput { out: result.out, attention }
}

/// Checks one parameter of a layer: shape, element type, finite.
pub(crate) fn check_parameter(
    what: &str,
    parameter: &Tensor,
    dtype: DType,
    expected: &[usize],
    axes: &str,
) -> Result<()> {
    check_shape(what, parameter, expected, axes)?;
    check_dtype(what, parameter, dtype)?;
    check_finite(what, parameter)
}

/// Checks a parameter that the settings ask for, or do not.
pub(crate) fn check_optional(
    what: &str,
    parameter: Option<&Tensor>,
    wanted: bool,
    dtype: DType,
    expected: &[usize],
    axes: &str,
) -> Result<()> {
    match (parameter, wanted) {
        (None, false) => Ok(()),
        (Some(parameter), true) => check_parameter(what, parameter, dtype, expected, axes),
        (Some(parameter), false) => Err(GatError::ShapeMismatch {
            what: what.into(),
            expected: "none (the settings do not ask for it)".into(),
            found: parameter.dims().to_vec(),
        }),
        (None, true) => Err(GatError::ShapeMismatch {
            what: what.into(),
            expected: format!("{axes} = {expected:?} (the settings ask for it)"),
            found: Vec::new(),
        }),
    }
}
