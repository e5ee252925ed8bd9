//! The kernel that fits the device on which tensors lie.

use std::sync::Arc;

use candle_core::Device;

use super::{AttentionInput, AttentionKernel, AttentionResult, CpuKernel, LayerInput, LayerResult, Want};
use crate::csr::CsrGraph;
use crate::error::Result;

/// Computes where the values lie: the same network runs on any device, by the
/// device of its tensors. What layers use unless told otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByDevice;

impl AttentionKernel for ByDevice {
    fn name(&self) -> &'static str {
        "by device"
    }

    fn attend(&self, graph: &CsrGraph, input: &AttentionInput<'_>, want: Want) -> Result<AttentionResult> {
        match input.values.device() {
            #[cfg(feature = "cuda")]
            Device::Cuda(_) => super::cuda::CudaKernel.attend(graph, input, want),
            _ => CpuKernel.attend(graph, input, want),
        }
    }

    /// Layers are fused on the CPU only; on a GPU each step already runs at memory speed.
    fn layer(&self, graph: &CsrGraph, input: &LayerInput<'_>, want: Want) -> Result<Option<LayerResult>> {
        CpuKernel.layer(graph, input, want)
    }
}

/// The kernel for tensors on `device`.
pub fn kernel_for(device: &Device) -> Arc<dyn AttentionKernel> {
    match device {
        #[cfg(feature = "cuda")]
        Device::Cuda(_) => Arc::new(super::cuda::CudaKernel),
        _ => Arc::new(CpuKernel),
    }
}
