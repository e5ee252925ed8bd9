//! Steps around attention that stay on the device: see `ops.rs` and `conv.rs`
//! for the same on the CPU.

use candle_core::{CudaDevice, Tensor};

use super::launch;
use super::nvrtc::{self, Kernel, Source};
use super::operands::{DeviceScalar, Held, beside, into_tensor};
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};
use crate::scalar::with_scalar;

/// A kernel of `dense.cu` for an element type.
pub(super) fn load<T: DeviceScalar>(device: &CudaDevice, name: &str) -> Result<Kernel> {
    nvrtc::load(device, Source::Dense, &[("SCALAR", T::NAME.to_owned())], name)
}

/// [`check_finite`](crate::ops::check_finite) on the device: one number comes
/// back.
pub(crate) fn check_finite(what: &str, x: &Tensor) -> Result<()> {
    if x.elem_count() == 0 {
        return Ok(());
    }
    with_scalar!(x.dtype(), what, T => {
        let device = x.device().as_cuda_device()?;
        let flat = x.contiguous()?;
        let mut first = device.clone_htod(&[u64::MAX])?;
        let held = Held::new(&flat)?;
        launch::first_not_finite(&load::<T>(device, "first_not_finite")?, &held.view::<T>()?, &mut first)?;
        match device.clone_dtoh(&first)?[..] {
            [u64::MAX] => Ok(()),
            [index] => {
                let index = index as usize;
                let element = flat.flatten_all()?.narrow(0, index, 1)?.to_vec1::<T>()?;
                let value = element.first().map_or(f64::NAN, |v| candle_core::WithDType::to_f64(*v));
                Err(GatError::NonFinite { what: what.into(), index, value })
            },
            _ => Err(candle_core::Error::Msg("one number was written".into()).into()),
        }
    })
}

/// [`head_dot`](crate::ops::head_dot) on the device; lanes share a row, so
/// sums have another order than on the CPU.
pub(crate) fn head_dot(h: &Tensor, att: &Tensor) -> Result<Tensor> {
    let (n, _) = h.dims2()?;
    let (_, heads, channels) = att.dims3()?;
    if n == 0 {
        return Ok(Tensor::zeros((0, heads), h.dtype(), h.device())?);
    }
    with_scalar!(h.dtype(), "node features", T => {
        let device = h.device().as_cuda_device()?;
        let (rows, att) = (h.contiguous()?, beside(att, h)?);
        let mut out = launch::uninitialised::<T>(device, n * heads)?;
        {
            let (rows, att) = (Held::new(&rows)?, Held::new(&att)?);
            let sizes = (n * heads, heads, channels);
            let kernel = load::<T>(device, "head_dot")?;
            launch::head_dot(&kernel, sizes, &rows.view::<T>()?, &att.view::<T>()?, &mut out)?;
        }
        Ok(into_tensor(out, (n, heads), h)?)
    })
}

/// Edge features [E', D] with those of added self-loops, `fill_loops` of
/// `conv.rs` on the device.
pub(crate) fn fill_loops(graph: &CsrGraph, kept: &[u32], edge_attr: &Tensor) -> Result<Tensor> {
    let (_, width) = edge_attr.dims2()?;
    if graph.edges() == 0 {
        return Ok(Tensor::zeros((0, width), edge_attr.dtype(), edge_attr.device())?);
    }
    with_scalar!(edge_attr.dtype(), "edge_attr", T => {
        let device = edge_attr.device().as_cuda_device()?;
        let on_device = graph.device_copies().on(graph, device)?;
        let given = edge_attr.contiguous()?;
        let mut out = launch::uninitialised::<T>(device, graph.edges() * width)?;
        {
            let given = Held::new(&given)?;
            let sizes = (graph.nodes(), kept.len(), width);
            let kernel = load::<T>(device, "fill_loops")?;
            let kept = on_device.kept(kept, device)?;
            launch::fill_loops(&kernel, sizes, kept, &on_device, &given.view::<T>()?, &mut out)?;
        }
        Ok(into_tensor(out, (graph.edges(), width), edge_attr)?)
    })
}
