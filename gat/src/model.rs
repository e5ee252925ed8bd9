//! The seed model: two layers that turn node features into one number per
//! node.

use candle_core::Tensor;

use crate::config::GatConvConfig;
use crate::conv::{Attention, Conv, ConvKind};
use crate::csr::{CsrGraph, SelfLoops};
use crate::error::{GatError, Result};
use crate::kernel::{Activation, Want};

/// Settings of a [`SeedModel`].
#[derive(Clone, Debug, PartialEq)]
pub struct SeedModelConfig {
    /// Kind of both layers.
    pub kind: ConvKind,
    /// Features of a node going in.
    pub in_channels: usize,
    /// Features of each head of the first layer.
    pub hidden: usize,
    /// Heads of the first layer; the second has one.
    pub heads: usize,
    /// Whether the first layer concatenates its heads or takes their mean.
    pub concat: bool,
    /// Slope of LeakyReLU below zero, in both layers.
    pub negative_slope: f64,
    /// Features of an edge, if both layers read them.
    pub edge_dim: Option<usize>,
    /// Whether both layers replace self-loops by one per node.
    pub add_self_loops: bool,
}

impl SeedModelConfig {
    /// The seed's own settings: static attention, two heads, concatenated,
    /// slope 0.2, self-loops added, no edge features.
    pub fn new(in_channels: usize, hidden: usize) -> Self {
        Self {
            kind: ConvKind::Gat,
            in_channels,
            hidden,
            heads: 2,
            concat: true,
            negative_slope: 0.2,
            edge_dim: None,
            add_self_loops: true,
        }
    }

    /// Settings of the first layer.
    pub fn layer1(&self) -> GatConvConfig {
        GatConvConfig { heads: self.heads, concat: self.concat, ..self.layer(self.in_channels, self.hidden) }
    }

    /// Settings of the second layer: one head, one feature.
    pub fn layer2(&self) -> GatConvConfig {
        let heads = if self.concat { self.heads } else { 1 };
        self.layer(heads.saturating_mul(self.hidden), 1)
    }

    fn layer(&self, in_channels: usize, out_channels: usize) -> GatConvConfig {
        GatConvConfig {
            negative_slope: self.negative_slope,
            edge_dim: self.edge_dim,
            add_self_loops: self.add_self_loops,
            ..GatConvConfig::new(in_channels, out_channels)
        }
    }
}

/// Attention(in → hidden, heads) → ReLU → attention(→ 1) → sigmoid.
///
/// Parameters come from [`random_seed_model`](crate::weights::random_seed_model)
/// or [`load_seed_model`](crate::weights::load_seed_model).
#[derive(Clone, Debug)]
pub struct SeedModel {
    layer1: Conv,
    layer2: Conv,
}

/// Result of a [`SeedModel`].
#[derive(Clone, Debug)]
pub struct SeedModelOutput {
    /// One number in (0, 1) per node, [N, 1].
    pub out: Tensor,
    /// Attention of the first layer, [E', heads], if it was asked for.
    pub attention1: Option<Attention>,
    /// Attention of the second layer, [E', 1], if it was asked for.
    pub attention2: Option<Attention>,
}

impl SeedModel {
    /// A model of two layers, of either kind.
    ///
    /// # Errors
    /// [`GatError::ShapeMismatch`] if the second does not read what the first
    /// writes, or does not write one number per node.
    pub fn new(layer1: impl Into<Conv>, layer2: impl Into<Conv>) -> Result<Self> {
        let (layer1, layer2) = (layer1.into(), layer2.into());
        let widths = [layer2.config().get().in_channels, layer2.config().out_width()];
        let expected = [layer1.config().out_width(), 1];
        if widths != expected {
            return Err(GatError::ShapeMismatch {
                what: "layer 2".into(),
                expected: format!("[in_channels, width of the output] = {expected:?}"),
                found: widths.to_vec(),
            });
        }
        Ok(Self { layer1, layer2 })
    }

    /// The first layer.
    pub fn layer1(&self) -> &Conv {
        &self.layer1
    }

    /// The second layer.
    pub fn layer2(&self) -> &Conv {
        &self.layer2
    }

    /// Runs the model.
    ///
    /// # Shapes
    /// * `x`: [N, in_channels]; `edge_attr`: [E, edge_dim], for both layers.
    /// * returns `out` [N, 1].
    ///
    /// # Errors
    /// Those of [`GatConv::forward`](crate::GatConv::forward).
    pub fn forward(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
    ) -> Result<SeedModelOutput> {
        self.run(x, graph, edge_attr, Want::Output)
    }

    /// Runs the model and keeps attention of both layers.
    ///
    /// # Errors
    /// Those of [`GatConv::forward`](crate::GatConv::forward).
    pub fn forward_with_attention(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
    ) -> Result<SeedModelOutput> {
        self.run(x, graph, edge_attr, Want::OutputAndAttention)
    }

    fn run(
        &self,
        x: &Tensor,
        graph: &CsrGraph,
        edge_attr: Option<&Tensor>,
        want: Want,
    ) -> Result<SeedModelOutput> {
        // Self-loops are added once, not once a layer.
        let looped;
        let adds = |layer: &Conv| layer.config().get().add_self_loops;
        let given = graph.self_loops() == SelfLoops::AsGiven;
        let graph = if given && adds(&self.layer1) && adds(&self.layer2) {
            looped = graph.with_self_loops()?;
            &looped
        } else {
            graph
        };
        let first = self.layer1.run(x, graph, edge_attr, want, Activation::Relu)?;
        let second = self.layer2.run(&first.out, graph, edge_attr, want, Activation::Sigmoid)?;
        Ok(SeedModelOutput { out: second.out, attention1: first.attention, attention2: second.attention })
    }
}
