//! The launches. Everything unsafe of the crate is in this file.
#![allow(unsafe_code)]

use candle_core::CudaDevice;
use candle_core::cuda_backend::cudarc::driver::{
    CudaSlice, CudaView, DeviceRepr, LaunchArgs, LaunchConfig, PushKernelArg,
};

use super::graph::DeviceGraph;
use super::nvrtc::Kernel;
use super::operands::DeviceScalar;
use super::variant::{BLOCK, HUB_BLOCK, HUB_DEGREE, dot_lanes};
use crate::error::{GatError, Result};

/// What attention reads besides the graph; shapes as in
/// [`Scores`](crate::kernel::Scores).
pub(super) struct Operands<'a, T> {
    pub(super) heads: u32,
    pub(super) channels: u32,
    pub(super) values: CudaView<'a, T>,
    /// GAT only.
    pub(super) src: Option<CudaView<'a, T>>,
    pub(super) dst: CudaView<'a, T>,
    pub(super) edge: Option<CudaView<'a, T>>,
    /// GATv2 only.
    pub(super) att: Option<CudaView<'a, T>>,
    pub(super) slope: T,
}

/// What attention writes.
pub(super) struct Results<'a, T> {
    /// [N, H, C].
    pub(super) out: &'a mut CudaSlice<T>,
    /// [E', H], if it is wanted; always for the wide kernel.
    pub(super) alpha: Option<&'a mut CudaSlice<T>>,
    /// Two nodes, see `common.cu`.
    pub(super) status: &'a mut CudaSlice<u32>,
}

/// No device memory, as a kernel sees it.
const NULL: &u64 = &0;

/// Device memory for `len` elements, or for one if there is none.
pub(super) fn uninitialised<T: DeviceRepr>(device: &CudaDevice, len: usize) -> Result<CudaSlice<T>> {
    // SAFETY: any bits are a float, and only the kernels of this module get to
    // see this memory before it is written: each of them writes all of it.
    Ok(unsafe { device.alloc::<T>(len.max(1)) }?)
}

/// `attend`: a warp for each node and each `warp_heads` heads.
pub(super) fn warps<T: DeviceScalar>(
    kernel: &Kernel,
    nodes: usize,
    warp_heads: usize,
    graph: &DeviceGraph,
    operands: &Operands<'_, T>,
    results: &mut Results<'_, T>,
) -> Result<()> {
    let count = nodes as u32;
    let warps = nodes as u64 * u64::from(operands.heads).div_ceil(warp_heads as u64);
    let mut args = kernel.builder();
    args.arg(&count).arg(&HUB_DEGREE);
    push(&mut args, graph, operands, results);
    // SAFETY: `attend` takes these arguments in this order (common.cu). It
    // reads and writes within [N, H, C], [N, H], [E', H] and [E', H, C], which
    // AttentionInput::check compared with the operands, and follows the
    // graph's indices, which CsrGraph::new checked.
    unsafe { args.launch(config(blocks(warps, u64::from(BLOCK / 32))?, BLOCK)) }.map(drop).map_err(failed)
}

/// `attend_hubs`: a block for each listed node and each `warp_heads` heads.
pub(super) fn hubs<T: DeviceScalar>(
    kernel: &Kernel,
    nodes: &CudaSlice<u32>,
    warp_heads: usize,
    graph: &DeviceGraph,
    operands: &Operands<'_, T>,
    results: &mut Results<'_, T>,
) -> Result<()> {
    let items = nodes.len() as u64 * u64::from(operands.heads).div_ceil(warp_heads as u64);
    let mut args = kernel.builder();
    args.arg(nodes);
    push(&mut args, graph, operands, results);
    // SAFETY: as `attend`; the listed nodes exist, and there are as many
    // blocks as nodes times groups of heads.
    unsafe { args.launch(config(blocks(items, 1)?, HUB_BLOCK)) }.map(drop).map_err(failed)
}

/// `attend_wide`: a warp for each node and head.
pub(super) fn wide<T: DeviceScalar>(
    kernel: &Kernel,
    nodes: usize,
    graph: &DeviceGraph,
    operands: &Operands<'_, T>,
    results: &mut Results<'_, T>,
) -> Result<()> {
    let count = nodes as u32;
    let warps = nodes as u64 * u64::from(operands.heads);
    let mut args = kernel.builder();
    args.arg(&count);
    push(&mut args, graph, operands, results);
    // SAFETY: as `attend`; `alpha` is there, the caller sees to it.
    unsafe { args.launch(config(blocks(warps, u64::from(BLOCK / 32))?, BLOCK)) }.map(drop).map_err(failed)
}

/// The arguments that OPERANDS of `common.cu` lists, in its order.
fn push<'a, T: DeviceScalar>(
    args: &mut LaunchArgs<'a>,
    graph: &'a DeviceGraph,
    operands: &'a Operands<'_, T>,
    results: &'a mut Results<'_, T>,
) {
    args.arg(&graph.row_start).arg(&graph.slot_src).arg(&graph.slot_edge);
    args.arg(&operands.heads).arg(&operands.channels).arg(&operands.values);
    push_optional(args, operands.src.as_ref());
    args.arg(&operands.dst);
    push_optional(args, operands.edge.as_ref());
    push_optional(args, operands.att.as_ref());
    args.arg(&operands.slope).arg(&mut *results.out);
    match results.alpha.as_deref_mut() {
        Some(alpha) => args.arg(alpha),
        None => args.arg(NULL),
    };
    args.arg(&mut *results.status);
}

fn push_optional<'a, T>(args: &mut LaunchArgs<'a>, view: Option<&'a CudaView<'a, T>>) {
    match view {
        Some(view) => args.arg(view),
        None => args.arg(NULL),
    };
}

/// `first_not_finite`: position of the first element that is NaN or infinite
/// into `first`, which holds the largest u64 before.
pub(super) fn first_not_finite<T: DeviceScalar>(
    kernel: &Kernel,
    x: &CudaView<'_, T>,
    first: &mut CudaSlice<u64>,
) -> Result<()> {
    // Threads walk on: some four per lane of a large GPU are enough.
    const MOST_BLOCKS: u64 = 4096;
    let count = x.len() as u64;
    let grid = blocks(count, u64::from(BLOCK))?.min(MOST_BLOCKS as u32);
    let mut args = kernel.builder();
    args.arg(&count).arg(x).arg(first);
    // SAFETY: the kernel reads `count` elements of x and writes one u64.
    unsafe { args.launch(config(grid, BLOCK)) }.map(drop).map_err(failed)
}

/// `head_dot`: dot products of rows [rows, C] with `att` [H, C], row r with
/// r mod H, into `out` [rows].
pub(super) fn head_dot<T: DeviceScalar>(
    kernel: &Kernel,
    (rows, heads, channels): (usize, usize, usize),
    h: &CudaView<'_, T>,
    att: &CudaView<'_, T>,
    out: &mut CudaSlice<T>,
) -> Result<()> {
    let lanes = dot_lanes(channels);
    let (count, heads, channels) = (rows as u64, heads as u32, channels as u32);
    let grid = blocks(count * u64::from(lanes), u64::from(BLOCK))?;
    let mut args = kernel.builder();
    args.arg(&count).arg(&heads).arg(&channels).arg(&lanes).arg(h).arg(att).arg(out);
    // SAFETY: h is [rows, C], att [H, C] and out [rows]: the caller's shapes.
    unsafe { args.launch(config(grid, BLOCK)) }.map(drop).map_err(failed)
}

/// `fill_loops`: features of kept edges and of added loops into `out`
/// [kept + N, D].
pub(super) fn fill_loops<T: DeviceScalar>(
    kernel: &Kernel,
    (nodes, kept_count, width): (usize, usize, usize),
    kept: &CudaSlice<u32>,
    graph: &DeviceGraph,
    given: &CudaView<'_, T>,
    out: &mut CudaSlice<T>,
) -> Result<()> {
    let threads = (nodes as u64 + kept_count as u64) * width as u64;
    let (nodes, kept_count, width) = (nodes as u32, kept_count as u32, width as u32);
    let mut args = kernel.builder();
    args.arg(&nodes).arg(&kept_count).arg(&width).arg(kept);
    args.arg(&graph.row_start).arg(&graph.slot_edge).arg(given).arg(out);
    // SAFETY: `kept` holds rows of `given`, both of the graph's construction;
    // out is [kept + N, D].
    unsafe { args.launch(config(blocks(threads, u64::from(BLOCK))?, BLOCK)) }.map(drop).map_err(failed)
}

fn config(blocks: u32, threads: u32) -> LaunchConfig {
    LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (threads, 1, 1), shared_mem_bytes: 0 }
}

/// Blocks of a launch, at least one: CUDA refuses none.
fn blocks(items: u64, per_block: u64) -> Result<u32> {
    const LIMIT: u64 = i32::MAX as u64;
    let blocks = items.div_ceil(per_block).max(1);
    if blocks > LIMIT {
        let (found, limit) = (items as usize, (LIMIT * per_block) as usize);
        return Err(GatError::TooLarge { what: "work of a CUDA launch", found, limit });
    }
    Ok(blocks as u32)
}

fn failed(error: impl std::fmt::Display + Send + Sync + 'static) -> GatError {
    candle_core::Error::wrap(error).into()
}
