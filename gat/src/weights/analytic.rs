//! Parameters in closed form: attention that reads the edge features and
//! nothing else.

use candle_core::{DType, Device, Tensor};

use crate::config::GatConvConfig;
use crate::conv_gat::{GatConv, GatWeights};
use crate::error::Result;

/// A [`GatConv`] whose attention is the softmax over the incoming edges of
/// the edge features themselves, one attention head per feature:
///
/// ```text
/// alpha_ijh = exp(edge_attr_ijh) / sum_k exp(edge_attr_ikh)
/// out_ih    = sum_j alpha_ijh x_jh
/// ```
///
/// So the caller decides what attention means: give log-terms, already
/// divided by a temperature, as `edge_attr`. Self-loops are explicit edges
/// with a feature of their own; a node without one cannot attend to itself.
/// One layer is one step of message passing; see [`Stack`](crate::Stack) for
/// several.
///
/// # Parameters
/// F = H = `heads`, C = 1, D = `heads`: `lin` and `lin_edge` are identities,
/// `att_edge` ones, `att_src` and `att_dst` zeros; negative slope 1, since
/// logarithms must not be bent; no bias, no added self-loops. In f64 the
/// logits equal the edge features bit for bit.
///
/// # Shapes
/// * `x`: [N, H]; `edge_attr`: [E, H], finite.
/// * returns `out` [N, H], `alpha` [E, H].
///
/// # Errors
/// [`GatError::InvalidConfig`](crate::GatError::InvalidConfig) for 0 heads;
/// [`GatError::DTypeMismatch`](crate::GatError::DTypeMismatch) unless `dtype`
/// is f32 or f64.
///
/// # Example
/// ```
/// use candle_core::{DType, Device, Tensor};
/// use infra_gat::{CsrGraph, SelfLoops, weights::analytic_conv};
///
/// // Node 0 hears node 1 three times as loudly as itself.
/// let graph = CsrGraph::new(2, &[0, 1], &[0, 0], SelfLoops::AsGiven)?;
/// let x = Tensor::new(&[[0.0_f64], [1.0]], &Device::Cpu)?;
/// let logits = Tensor::new(&[[0.0_f64], [3.0_f64.ln()]], &Device::Cpu)?;
/// let conv = analytic_conv(1, DType::F64, &Device::Cpu)?;
/// let out = conv.forward(&x, &graph, Some(&logits))?.out.to_vec2::<f64>()?;
/// assert!((out[0][0] - 0.75).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn analytic_conv(heads: usize, dtype: DType, device: &Device) -> Result<GatConv> {
    let config = GatConvConfig {
        heads,
        negative_slope: 1.0,
        edge_dim: Some(heads),
        add_self_loops: false,
        bias: false,
        ..GatConvConfig::new(heads, 1)
    };
    // Before the identity of [heads, heads] is allocated.
    config.clone().check()?;
    let att = (1, heads, 1);
    let weights = GatWeights {
        lin: Tensor::eye(heads, dtype, device)?,
        att_src: Tensor::zeros(att, dtype, device)?,
        att_dst: Tensor::zeros(att, dtype, device)?,
        lin_edge: Some(Tensor::eye(heads, dtype, device)?),
        att_edge: Some(Tensor::ones(att, dtype, device)?),
        bias: None,
    };
    GatConv::new(config, weights)
}
