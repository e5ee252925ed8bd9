//! How fast the network is: what `infra-analyze bench gat` measures.
//!
//! The network is the seed model, attention → ReLU → attention → sigmoid in f32, on random
//! directed graphs, as PyTorch Geometric would run it. A [`Problem`] is drawn from a seed or read
//! from a file that other programs read, too.

mod clock;
mod peer;

use candle_core::{DType, Device, Tensor};

use crate::conv::ConvKind;
use crate::csr::{CsrGraph, SelfLoops};
use crate::error::Result;
use crate::model::{SeedModel, SeedModelConfig};
use crate::weights::{Draw, random_seed_model};
use clock::timed;

/// Streams of random numbers, apart from those of the layers.
const GRAPH: u64 = 101;
const FEATURES: u64 = 102;

/// Size of a network and its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Nodes, N.
    pub nodes: usize,
    /// Edges before self-loops, E.
    pub edges: usize,
    /// Features of a node, F.
    pub in_channels: usize,
    /// Features of each head of the first layer, C.
    pub hidden: usize,
    /// Heads of the first layer, H.
    pub heads: usize,
    /// Kind of both layers.
    pub kind: ConvKind,
}

/// A network, its graph and its input.
#[derive(Debug)]
pub struct Problem {
    size: Size,
    src: Vec<u32>,
    dst: Vec<u32>,
    graph: CsrGraph,
    x: Tensor,
    model: SeedModel,
}

impl Problem {
    /// A problem drawn from a seed: edges uniform, no self-loops, features uniform in ±1.
    ///
    /// # Errors
    /// Those of [`random_seed_model`] and [`CsrGraph::new`].
    pub fn random(size: Size, seed: u64) -> Result<Self> {
        let config = SeedModelConfig {
            kind: size.kind,
            heads: size.heads,
            ..SeedModelConfig::new(size.in_channels, size.hidden)
        };
        let model = random_seed_model(&config, seed, DType::F32, &Device::Cpu)?;
        let mut draw = Draw::new(seed, GRAPH);
        let mut below = |limit: usize| (draw.unit() * limit as f64) as usize;
        let pairs = (0..size.edges).map(|_| {
            let src = below(size.nodes);
            let dst = (src + 1 + below(size.nodes.saturating_sub(1))) % size.nodes.max(1);
            (src as u32, dst as u32)
        });
        let (src, dst): (Vec<u32>, Vec<u32>) = pairs.unzip();
        let mut draw = Draw::new(seed, FEATURES);
        let features: Vec<f32> =
            (0..size.nodes * size.in_channels).map(|_| draw.uniform(-1.0, 1.0) as f32).collect();
        let x = Tensor::from_vec(features, (size.nodes, size.in_channels), &Device::Cpu)?;
        Self::new(size, src, dst, x, model)
    }

    fn new(size: Size, src: Vec<u32>, dst: Vec<u32>, x: Tensor, model: SeedModel) -> Result<Self> {
        let graph = CsrGraph::new(size.nodes, &src, &dst, SelfLoops::OnePerNode)?;
        Ok(Self { size, src, dst, graph, x, model })
    }

    /// Its size.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// One run of the network: a number a node.
    ///
    /// # Errors
    /// Those of [`SeedModel::forward`].
    pub fn run(&self) -> Result<Vec<f32>> {
        Ok(self.model.forward(&self.x, &self.graph, None)?.out.flatten_all()?.to_vec1()?)
    }

    /// How long each of `repeats` runs took, after one that does not count \[s\].
    ///
    /// # Errors
    /// Those of [`SeedModel::forward`].
    pub fn run_seconds(&self, repeats: usize) -> Result<Vec<f64>> {
        self.model.forward(&self.x, &self.graph, None)?;
        let once = |_| timed(|| self.model.forward(&self.x, &self.graph, None)).map(|(_, seconds)| seconds);
        (0..repeats).map(once).collect()
    }

    /// How long grouping the edges by destination took, each of `repeats` times \[s\].
    ///
    /// # Errors
    /// Those of [`CsrGraph::new`].
    pub fn csr_seconds(&self, repeats: usize) -> Result<Vec<f64>> {
        let build = || CsrGraph::new(self.size.nodes, &self.src, &self.dst, SelfLoops::OnePerNode);
        (0..repeats).map(|_| timed(build).map(|(_, seconds)| seconds)).collect()
    }

    /// Bytes that a run cannot avoid moving when every row that an edge asks for comes from memory
    /// once: gathered rows, indices, inputs, outputs of both layers.
    pub fn bytes(&self) -> u64 {
        let Size { nodes, in_channels, hidden, heads, .. } = self.size;
        let edges = self.graph.edges();
        let width = heads * hidden;
        let row = in_channels.min(width) + heads;
        let first = edges * (4 * row + 4) + 4 * nodes * (in_channels + width);
        let second = edges * (4 + 4) + 4 * nodes * (width + 2);
        (first + second) as u64
    }
}

/// Does `work` on a pool of `threads` threads, 0 for one a core; where no such pool can be had, on
/// the usual one.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_problem_and_its_answer() {
        let size = Size { nodes: 50, edges: 200, in_channels: 8, hidden: 8, heads: 2, kind: ConvKind::GatV2 };
        let (a, b) = (Problem::random(size, 7).unwrap(), Problem::random(size, 7).unwrap());
        assert_eq!(a.run().unwrap(), b.run().unwrap());
        assert!(a.src.iter().zip(&a.dst).all(|(s, d)| s != d));
        assert_eq!(a.run_seconds(3).unwrap().len(), 3);
        assert_eq!(a.csr_seconds(2).unwrap().len(), 2);
        let bytes = (250 * (40 + 4) + 200 * 24) + 250 * 8 + 200 * 18;
        assert_eq!(a.bytes(), bytes);
    }
}
