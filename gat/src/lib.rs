//! Graph attention without training: GAT and GATv2 layers on candle tensors.
//!
//! The crate takes tensors and gives tensors. It knows graphs, features and
//! parameters; what a node stands for is the caller's business.
//!
//! # From edges to attention
//!
//! 1. [`CsrGraph`] checks an `edge_index` and groups its edges by
//!    destination, once, for any number of layers.
//! 2. A layer, [`GatConv`] (Veličković et al. 2018) or [`GatV2Conv`] (Brody
//!    et al. 2022), projects node features and hands them to an
//!    [`AttentionKernel`](kernel::AttentionKernel): scores, softmax over each
//!    destination's incoming edges, weighted sum. Conventions are those of
//!    PyTorch Geometric: an edge goes from source to target, row 0 to row 1,
//!    and information flows along it.
//! 3. [`SeedModel`] is the two-layer network that makes one number per node;
//!    [`Stack`] applies one layer several times.
//! 4. Parameters are never learned. [`weights`] draws them from a seed, reads
//!    them from a file, or writes them down in closed form, which makes
//!    attention a formula one can explain.
//! 5. [`verify`] replays golden data made with PyTorch Geometric.
//!
//! # Guarantees
//!
//! * *Accuracy*: outputs and attention agree with PyTorch Geometric to 1e-5.
//! * *Determinism*: on the CPU, bytes are the same from run to run and on any
//!   number of threads. In f64 they are also the same on every processor of
//!   one target: sums have a fixed order, and exponentials come from `libm`.
//!   In f32 the projections are candle's matmul, which chooses its
//!   instructions by processor. Across devices compare with a tolerance.
//! * *No panics from input*: endpoints, shapes, element types, NaN and
//!   infinities, overflow and damaged files are errors, see [`GatError`].
//! * *Memory*: O(N·H·C + E·H). GATv2 with edge features projects these per
//!   edge, O(E·H·C).
//!
//! # Example
//!
//! Node 2 listens to nodes 0 and 1 and to itself; each head's attention sums
//! to one.
//!
//! ```
//! use infra_gat::candle_core::{DType, Device, Tensor};
//! use infra_gat::{CsrGraph, GatConvConfig, SelfLoops, weights::random_gat};
//!
//! let graph = CsrGraph::new(3, &[0, 1], &[2, 2], SelfLoops::OnePerNode)?;
//! let x = Tensor::new(&[[1.0_f64, 0.0], [0.0, 1.0], [0.5, 0.5]], &Device::Cpu)?;
//! let config = GatConvConfig { heads: 2, ..GatConvConfig::new(2, 4) };
//! let conv = random_gat(config, 42, DType::F64, &Device::Cpu)?;
//!
//! let result = conv.forward_with_attention(&x, &graph, None)?;
//! assert_eq!(result.out.dims(), [3, 8]);
//!
//! let attention = result.attention.ok_or("attention was asked for")?;
//! assert_eq!(attention.edge_index.1, [2, 2, 0, 1, 2]);
//! let alpha = attention.alpha.to_vec2::<f64>()?;
//! for head in 0..2 {
//!     let into_2 = alpha[0][head] + alpha[1][head] + alpha[4][head];
//!     assert!((into_2 - 1.0).abs() < 1e-12);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csr;

pub mod kernel;

mod config;
mod conv;
mod conv_gat;
mod conv_gatv2;

mod model;
mod stack;

pub mod weights;

pub mod measure;
pub mod verify;

mod device;
mod error;

mod files;
mod lanes;
mod ops;
mod scalar;

/// Tensors appear in our interface; callers need the same version of candle.
pub use candle_core;

pub use config::{CheckedConfig, GatConvConfig};
pub use conv::{Attention, Conv, ConvKind, ConvOutput};
pub use conv_gat::{GatConv, GatWeights};
pub use conv_gatv2::{GatV2Conv, GatV2Weights};
pub use csr::{CsrGraph, SelfLoops};
pub use device::DeviceChoice;
pub use error::{GatError, Result};
pub use model::{SeedModel, SeedModelConfig, SeedModelOutput};
pub use stack::Stack;
