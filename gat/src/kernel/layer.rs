//! A whole layer as one operation: what a fused kernel takes and gives.

use candle_core::Tensor;

/// A layer on checked operands. N nodes of F features, H heads of C channels, E' edges in the
/// graph's edge order; all of one element type.
#[derive(Clone, Copy, Debug)]
pub struct LayerInput<'a> {
    /// Node features, [N, F].
    pub x: &'a Tensor,
    /// Parameters, and what edges add to scores.
    pub attention: LayerAttention<'a>,
    /// Attention heads, H.
    pub heads: usize,
    /// Features of a head, C.
    pub channels: usize,
    /// Slope of LeakyReLU below zero.
    pub negative_slope: f64,
    /// Whether heads stand side by side, or their mean is taken.
    pub concat: bool,
    /// Added to the output, `[H·C]` or `[C]`.
    pub bias: Option<&'a Tensor>,
    /// Applied last.
    pub activation: Activation,
}

/// Parameters of a layer by kind.
#[derive(Clone, Copy, Debug)]
pub enum LayerAttention<'a> {
    /// GAT (Veličković et al. 2018).
    Static {
        /// [H·C, F].
        lin: &'a Tensor,
        /// [1, H, C].
        att_src: &'a Tensor,
        /// [1, H, C].
        att_dst: &'a Tensor,
        /// What edges add to scores, [E', H].
        edge: Option<&'a Tensor>,
    },
    /// GATv2 (Brody et al. 2022).
    Dynamic {
        /// Projects sources, [H·C, F].
        lin_src: &'a Tensor,
        /// [H·C].
        bias_src: Option<&'a Tensor>,
        /// Projects destinations, [H·C, F].
        lin_dst: &'a Tensor,
        /// [H·C].
        bias_dst: Option<&'a Tensor>,
        /// [1, H, C].
        att: &'a Tensor,
        /// Projected edge features, [E', H, C].
        edge: Option<&'a Tensor>,
    },
}

/// A function of each element of a layer's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// As it is.
    #[default]
    None,
    /// max(x, 0).
    Relu,
    /// 1 / (1 + e^-x).
    Sigmoid,
}

/// What a layer gives.
#[derive(Clone, Debug)]
pub struct LayerResult {
    /// Node features, [N, H·C] with `concat`, else [N, C].
    pub out: Tensor,
    /// Attention in the graph's edge order, [E', H], if it was wanted.
    pub alpha: Option<Tensor>,
}
