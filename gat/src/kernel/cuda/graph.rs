//! The graph on a device: copied once, kept as long as the [`CsrGraph`].

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use candle_core::CudaDevice;
use candle_core::cuda_backend::DeviceId;
use candle_core::cuda_backend::cudarc::driver::CudaSlice;

use super::variant::{HUB_DEGREE, SLOTS_BEYOND};
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};

/// The arrays of a [`CsrGraph`] that kernels read, in device memory.
pub(super) struct DeviceGraph {
    /// First slot of each node's group, [N + 1].
    pub(super) row_start: CudaSlice<u32>,
    /// Source of the edge in each slot, [E'] (one element if there is none).
    pub(super) slot_src: CudaSlice<u32>,
    /// Position in the edge order of the edge in each slot, likewise.
    pub(super) slot_edge: CudaSlice<u32>,
    /// Nodes with more than [`HUB_DEGREE`] incoming edges, if there are any.
    pub(super) hubs: Option<CudaSlice<u32>>,
    /// [`CsrGraph::kept`], when it was first asked for.
    kept: OnceLock<CudaSlice<u32>>,
}

impl DeviceGraph {
    fn upload(graph: &CsrGraph, device: &CudaDevice) -> Result<Self> {
        let limit = u32::MAX as usize - SLOTS_BEYOND;
        if graph.edges() > limit {
            return Err(GatError::TooLarge { what: "edges on a CUDA device", found: graph.edges(), limit });
        }
        let degree = |node: &u32| graph.slots(*node as usize).len();
        let hubs: Vec<u32> =
            (0..graph.nodes() as u32).filter(|node| degree(node) > HUB_DEGREE as usize).collect();
        Ok(Self {
            row_start: device.clone_htod(graph.row_start())?,
            slot_src: upload(device, graph.slot_src())?,
            slot_edge: upload(device, graph.slot_edge())?,
            hubs: (!hubs.is_empty()).then(|| device.clone_htod(&hubs)).transpose()?,
            kept: OnceLock::new(),
        })
    }

    /// The given edges that were kept when self-loops were added, [kept].
    pub(super) fn kept(&self, kept: &[u32], device: &CudaDevice) -> Result<&CudaSlice<u32>> {
        if let Some(there) = self.kept.get() {
            return Ok(there);
        }
        let uploaded = upload(device, kept)?;
        // Another thread may have been faster with the same numbers.
        Ok(self.kept.get_or_init(|| uploaded))
    }
}

/// Bytes that a graph takes on a device.
pub(super) fn graph_bytes(graph: &CsrGraph) -> u64 {
    4 * (graph.nodes() as u64 + 1 + 2 * graph.edges() as u64)
}

/// A copy on the device; one element for nothing, since no device memory is
/// no memory.
fn upload(device: &CudaDevice, values: &[u32]) -> Result<CudaSlice<u32>> {
    Ok(device.clone_htod(if values.is_empty() { &[0][..] } else { values })?)
}

/// Copies of one graph, one per device. Clones of a graph share them, and
/// they say nothing about the graph: all are equal.
#[derive(Clone, Default)]
pub(crate) struct DeviceCopies(Arc<Mutex<Vec<Upload>>>);

/// A graph and the device on which it lies.
type Upload = (DeviceId, Arc<DeviceGraph>);

impl DeviceCopies {
    /// The graph on `device`, copied there if it is not there yet.
    ///
    /// # Errors
    /// [`GatError::TooLarge`]; [`GatError::Candle`] if memory runs out.
    pub(super) fn on(&self, graph: &CsrGraph, device: &CudaDevice) -> Result<Arc<DeviceGraph>> {
        let mut copies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, copy)) = copies.iter().find(|(id, _)| *id == device.id()) {
            return Ok(copy.clone());
        }
        let copy = Arc::new(DeviceGraph::upload(graph, device)?);
        copies.push((device.id(), copy.clone()));
        Ok(copy)
    }

    /// Whether the graph is on `device` already.
    pub(super) fn are_on(&self, device: &CudaDevice) -> bool {
        let copies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        copies.iter().any(|(id, _)| *id == device.id())
    }
}

impl PartialEq for DeviceCopies {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for DeviceCopies {}

impl fmt::Debug for DeviceCopies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let copies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "DeviceCopies({})", copies.len())
    }
}
