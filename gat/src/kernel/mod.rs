//! The inner loop of every layer: scores, softmax per destination, weighted
//! sum. One small trait, so that a faster implementation can take the place
//! of the plain one.

mod by_device;
mod cpu;
#[cfg(feature = "cuda")]
pub mod cuda;
mod fused;
mod layer;

use std::fmt;

use candle_core::{DType, Tensor};

pub use by_device::{ByDevice, kernel_for};
pub use cpu::CpuKernel;
pub use layer::{Activation, LayerAttention, LayerInput, LayerResult};

use crate::csr::CsrGraph;
use crate::error::{GatError, Result};
use crate::ops::{check_dtype, check_float, check_shape};

/// Computes attention and the attention-weighted sum over incoming edges.
///
/// With score e_ij of edge j → i (see [`Scores`]), per head:
///
/// ```text
/// alpha_ij = exp(e_ij - m_i) / (sum_k exp(e_ik - m_i) + 1e-16),  m_i = max_k e_ik
/// out_i    = sum_j alpha_ij * values_j
/// ```
///
/// (Veličković et al. 2018, eqs. 2-4; the maximum and the 1e-16 as PyTorch
/// Geometric's `softmax`.) A node without incoming edges gets zeros.
///
/// # Contract
/// * Call [`AttentionInput::check`] first and return its error.
/// * Results lie on the device of `values`, `alpha` in the graph's edge order.
/// * Each sum runs over a destination's slots in ascending order, or the
///   implementation says otherwise and gives its tolerance. In any case bytes
///   are the same from run to run: no atomics.
/// * A score or result that is not finite is
///   [`GatError::Overflow`], never NaN.
///
/// Where the tensors lie decides which kernel runs, see [`ByDevice`].
pub trait AttentionKernel: fmt::Debug + Send + Sync {
    /// A short name for reports and benchmarks.
    fn name(&self) -> &'static str;

    /// Runs the kernel; attention is kept only if wanted.
    ///
    /// # Errors
    /// Those of [`AttentionInput::check`];
    /// [`GatError::Overflow`];
    /// [`GatError::Candle`].
    fn attend(&self, graph: &CsrGraph, input: &AttentionInput<'_>, want: Want) -> Result<AttentionResult>;

    /// Runs a whole layer at once, if the kernel has a faster way than projection,
    /// [`attend`](Self::attend) and the last steps one by one. `None` if it has not, or if
    /// anything is not finite: the steps then say what and where.
    ///
    /// The operands were checked by the layer.
    ///
    /// # Errors
    /// [`GatError::Candle`].
    fn layer(&self, graph: &CsrGraph, input: &LayerInput<'_>, want: Want) -> Result<Option<LayerResult>> {
        let _ = (graph, input, want);
        Ok(None)
    }
}

/// What a kernel returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// Node outputs. Attention is not stored, memory stays O(N·H·C).
    Output,
    /// Node outputs and attention, O(E'·H) more.
    OutputAndAttention,
}

/// Operands of an [`AttentionKernel`]. H heads of C channels each, N nodes, E'
/// edges in the graph's edge order; all of one element type, f32 or f64.
#[derive(Clone, Copy, Debug)]
pub struct AttentionInput<'a> {
    /// What a source sends: [N, H, C] projected node features.
    pub values: &'a Tensor,
    /// What the score of an edge is made of.
    pub scores: Scores<'a>,
    /// Slope of LeakyReLU below zero. 1: scores are not bent.
    pub negative_slope: f64,
}

/// Ingredients of the score e_ij of edge j → i, before the softmax.
#[derive(Clone, Copy, Debug)]
pub enum Scores<'a> {
    /// GAT (Veličković et al. 2018, eq. 3): `leaky(src_j + dst_i + edge_ij)`.
    Additive {
        /// Source part, [N, H].
        src: &'a Tensor,
        /// Destination part, [N, H].
        dst: &'a Tensor,
        /// Edge part, [E', H].
        edge: Option<&'a Tensor>,
    },
    /// GATv2 (Brody et al. 2022, eq. 7):
    /// `sum_c att_c * leaky(values_jc + dst_ic + edge_ijc)`.
    Dynamic {
        /// Destination part, [N, H, C]; the source part are the values.
        dst: &'a Tensor,
        /// Edge part, [E', H, C].
        edge: Option<&'a Tensor>,
        /// Attention vector of each head, [1, H, C].
        att: &'a Tensor,
    },
}

/// Checked sizes of an [`AttentionInput`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionShape {
    /// Number of attention heads, H.
    pub heads: usize,
    /// Features of a head, C.
    pub channels: usize,
    /// Element type of all operands.
    pub dtype: DType,
}

/// What an [`AttentionKernel`] returns.
#[derive(Clone, Debug)]
pub struct AttentionResult {
    /// Weighted sums, [N, H, C].
    pub out: Tensor,
    /// Attention in the graph's edge order, [E', H], if it was wanted.
    pub alpha: Option<Tensor>,
}

impl AttentionInput<'_> {
    /// Checks the operands against each other and against the graph.
    ///
    /// # Errors
    /// [`GatError::ShapeMismatch`] and
    /// [`GatError::DTypeMismatch`], naming
    /// the operand.
    pub fn check(&self, graph: &CsrGraph) -> Result<AttentionShape> {
        let (n, e) = (graph.nodes(), graph.edges());
        check_float("values", self.values)?;
        let dtype = self.values.dtype();
        const MAX: usize = usize::MAX;
        let &[_, heads @ 1..=MAX, channels @ 1..=MAX] = self.values.dims() else {
            return Err(GatError::ShapeMismatch {
                what: "values".into(),
                expected: "[N, H, C] with at least one head and one channel".into(),
                found: self.values.dims().to_vec(),
            });
        };
        let check = |what: &str, x: &Tensor, expected: &[usize], axes: &str| {
            check_shape(what, x, expected, axes).and_then(|()| check_dtype(what, x, dtype))
        };
        check("values", self.values, &[n, heads, channels], "[N, H, C]")?;
        match self.scores {
            Scores::Additive { src, dst, edge } => {
                check("source scores", src, &[n, heads], "[N, H]")?;
                check("destination scores", dst, &[n, heads], "[N, H]")?;
                if let Some(edge) = edge {
                    check("edge scores", edge, &[e, heads], "[E, H]")?;
                }
            },
            Scores::Dynamic { dst, edge, att } => {
                let axes = "[N, H, C]";
                check("destination features", dst, &[n, heads, channels], axes)?;
                check("att", att, &[1, heads, channels], "[1, H, C]")?;
                if let Some(edge) = edge {
                    check("edge features", edge, &[e, heads, channels], "[E, H, C]")?;
                }
            },
        }
        Ok(AttentionShape { heads, channels, dtype })
    }
}
