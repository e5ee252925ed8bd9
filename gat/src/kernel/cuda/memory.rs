//! How much device memory a kernel takes, and whether it is there.

use candle_core::backend::BackendDevice;
use candle_core::{CudaDevice, Device};

use super::graph::graph_bytes;
use super::variant::Layout;
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};
use crate::kernel::{AttentionShape, Want};

/// What the driver keeps for itself and what rounding of allocations takes.
const RESERVE: u64 = 16 << 20;

/// Device memory, in bytes, that one call of the kernel takes on top of its
/// operands: results, and the graph (E' edges count as they are now) if it is
/// not on the device yet.
pub fn needed_bytes(graph: &CsrGraph, shape: AttentionShape, want: Want) -> u64 {
    result_elements(graph, shape, want) * shape.dtype.size_in_bytes() as u64 + graph_bytes(graph)
}

/// Elements of `out` [N, H, C] and `alpha` [E', H]; the wide kernel wants the
/// latter in any case.
fn result_elements(graph: &CsrGraph, shape: AttentionShape, want: Want) -> u64 {
    let wide = Layout::new(shape.dtype.size_in_bytes(), shape.heads, shape.channels, 4) == Layout::Wide;
    let keeps_alpha = wide || want == Want::OutputAndAttention;
    let per_node = shape.heads as u64 * shape.channels as u64;
    let alpha = if keeps_alpha { graph.edges() as u64 * shape.heads as u64 } else { 0 };
    graph.nodes() as u64 * per_node + alpha
}

/// Free memory of a device in bytes; `None` for the CPU.
///
/// # Errors
/// [`GatError::Candle`] if the driver does not answer.
pub fn free_bytes(device: &Device) -> Result<Option<u64>> {
    match device {
        Device::Cuda(device) => Ok(Some(free(device)?)),
        _ => Ok(None),
    }
}

fn free(device: &CudaDevice) -> Result<u64> {
    let (free, _total) = device.cuda_stream().context().mem_get_info().map_err(candle_core::Error::wrap)?;
    Ok(free as u64)
}

/// Refuses a call that cannot have its memory.
///
/// # Errors
/// [`GatError::DeviceMemory`] with the bytes needed and free.
pub(super) fn check(device: &CudaDevice, graph: &CsrGraph, shape: AttentionShape, want: Want) -> Result<()> {
    let mut needed = needed_bytes(graph, shape, want) + RESERVE;
    if graph.device_copies().are_on(device) {
        needed -= graph_bytes(graph);
    }
    if free(device)? >= needed {
        return Ok(());
    }
    // Memory that was dropped goes back to the driver when the stream rests.
    device.synchronize()?;
    let free = free(device)?;
    if free >= needed {
        return Ok(());
    }
    Err(GatError::DeviceMemory { device: "cuda", needed, free })
}
