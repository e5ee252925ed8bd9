//! Attention on NVIDIA GPUs.
//!
//! The kernels are text (`*.cu`), compiled at run time by NVRTC for the GPU
//! found and for the shape wanted (`variant.rs`): no nvcc, no binaries for
//! processors that are not there. The graph is copied to a device once and
//! stays there with the [`CsrGraph`]; tensors stay where candle has them.
//!
//! | file | what |
//! | --- | --- |
//! | `attention.cu`, `wide.cu`, `dense.cu`, `common.cu` | the kernels |
//! | `variant.rs` | which build of them a shape wants |
//! | `nvrtc.rs` | compiling, and keeping what was compiled |
//! | `graph.rs` | the graph on the device |
//! | `memory.rs` | how much memory, and is it there |
//! | `operands.rs` | tensors as device memory |
//! | `attend.rs` | attention as a candle operation |
//! | `dense.rs` | checks and small steps around it |
//! | `launch.rs` | the launches, the only unsafe code |

mod attend;
mod dense;
mod graph;
mod launch;
mod memory;
mod nvrtc;
mod operands;
mod variant;

use candle_core::{CudaDevice, Tensor};

use super::{AttentionInput, AttentionKernel, AttentionResult, CpuKernel, Want};
use crate::csr::CsrGraph;
use crate::error::Result;
use crate::scalar::with_scalar;

pub(crate) use dense::{check_finite, fill_loops, head_dot};
pub(crate) use graph::DeviceCopies;
pub use memory::{free_bytes, needed_bytes};

/// The kernel for NVIDIA GPUs.
///
/// # Accuracy
/// Sums run in another order than on the CPU (a warp's lanes share a node's
/// edges) and exponentials are CUDA's, correct to 2 units in the last place:
/// results agree with [`CpuKernel`] within 1e-5 relative to the largest value
/// that goes in, and are the same bytes from run to run on one GPU. Sums are
/// divided by the softmax denominator at the end, so values within a factor
/// of the in-degree of the largest float overflow here and not on the CPU.
///
/// # Errors
/// Besides the contract's, [`GatError::DeviceMemory`](crate::GatError::DeviceMemory)
/// before anything is computed, and
/// [`GatError::DeviceUnavailable`](crate::GatError::DeviceUnavailable) if the
/// kernels cannot be compiled. Values on the CPU go to [`CpuKernel`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CudaKernel;

impl AttentionKernel for CudaKernel {
    fn name(&self) -> &'static str {
        "cuda"
    }

    fn attend(&self, graph: &CsrGraph, input: &AttentionInput<'_>, want: Want) -> Result<AttentionResult> {
        if !input.values.device().is_cuda() {
            return CpuKernel.attend(graph, input, want);
        }
        let shape = input.check(graph)?;
        if graph.nodes() == 0 {
            let like = |dims: &[usize]| Tensor::zeros(dims, shape.dtype, input.values.device());
            let alpha = (want == Want::OutputAndAttention).then(|| like(&[0, shape.heads])).transpose()?;
            return Ok(AttentionResult { out: like(&[0, shape.heads, shape.channels])?, alpha });
        }
        with_scalar!(shape.dtype, "values", T => attend::attend::<T>(graph, input, shape, want))
    }
}

/// Compiles the small kernels, so that a missing or unfit compiler is known
/// before anything is computed.
///
/// # Errors
/// [`GatError::DeviceUnavailable`](crate::GatError::DeviceUnavailable).
pub(crate) fn ready(device: &CudaDevice) -> Result<()> {
    dense::load::<f32>(device, "head_dot").map(|_| ())
}
