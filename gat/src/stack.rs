//! One layer applied several times: a walk of several steps.

use candle_core::Tensor;

use crate::conv::{Conv, ConvOutput};
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};

/// The same layer applied `depth` times, without anything in between.
///
/// With [`analytic_conv`](crate::weights::analytic_conv) attention is the same
/// in every step, so `depth` layers are `depth` steps of a walk against the
/// edges: entry i of the output is the mean of `x` over the nodes at which a
/// walk ends that starts at i and, step by step, goes from a destination to
/// one of its sources with probability alpha.
#[derive(Clone, Debug)]
pub struct Stack {
    conv: Conv,
    depth: usize,
}

impl Stack {
    /// A stack of `depth` applications, at least one.
    ///
    /// # Errors
    /// [`GatError::InvalidConfig`] for a depth of 0;
    /// [`GatError::ShapeMismatch`] if the layer cannot read what it writes.
    pub fn new(conv: impl Into<Conv>, depth: usize) -> Result<Self> {
        let conv = conv.into();
        if depth == 0 {
            return Err(GatError::InvalidConfig {
                option: "depth",
                value: "0".into(),
                expected: "at least 1",
            });
        }
        let (reads, writes) = (conv.config().get().in_channels, conv.config().out_width());
        if reads != writes {
            return Err(GatError::ShapeMismatch {
                what: "output of a stacked layer".into(),
                expected: format!("[N, in_channels] = [N, {reads}]"),
                found: vec![writes],
            });
        }
        Ok(Self { conv, depth })
    }

    /// The layer.
    pub fn conv(&self) -> &Conv {
        &self.conv
    }

    /// How often the layer is applied.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Runs the stack: one result per application, first to last. Attention
    /// is kept in each.
    ///
    /// # Shapes
    /// * `x`: [N, F]; `edge_attr`: [E, D], the same for every application.
    /// * returns `depth` outputs [N, F].
    ///
    /// # Errors
    /// Those of [`GatConv::forward`](crate::GatConv::forward).
    pub fn forward_with_attention(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
    ) -> Result<Vec<ConvOutput>> {
        let mut steps: Vec<ConvOutput> = Vec::with_capacity(self.depth);
        for _ in 0..self.depth {
            let x = steps.last().map_or(x, |step| &step.out);
            let step = self.conv.forward_with_attention(x, graph, edge_attr)?;
            steps.push(step);
        }
        Ok(steps)
    }

    /// Runs the stack and returns the last output, [N, F].
    ///
    /// # Errors
    /// Those of [`GatConv::forward`](crate::GatConv::forward).
    pub fn forward(&self, x: &Tensor, graph: &CsrGraph, edge_attr: Option<&Tensor>) -> Result<Tensor> {
        let mut x = x.clone();
        for _ in 0..self.depth {
            x = self.conv.forward(&x, graph, edge_attr)?.out;
        }
        Ok(x)
    }
}
