//! Where parameters come from. Nothing here is trained.
//!
//! | scheme | module's functions | use |
//! | --- | --- | --- |
//! | analytic | [`analytic_conv`], [`JitterSpec`] | rankings: attention is a closed form of edge features |
//! | random | [`random_gat`], [`random_gatv2`], [`random_seed_model`], [`ensemble`] | the control: what a network without knowledge says |
//! | loaded | [`load_seed_model`], [`WeightFile`] | comparison with PyTorch Geometric |

mod analytic;
mod draw;
mod ensemble;
mod jitter;
mod random;
mod safetensors;

pub use analytic::analytic_conv;
pub(crate) use draw::Draw;
pub use ensemble::{Ensemble, ensemble};
pub use jitter::{JitterSample, JitterSpec};
pub use random::{random_gat, random_gatv2, random_seed_model};
pub use safetensors::{WeightFile, load_seed_model};
