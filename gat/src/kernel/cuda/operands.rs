//! Tensors as device memory.

use std::cell::RefCell;

use candle_core::backend::BackendStorage;
use candle_core::cuda_backend::CudaDType;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaView, DeviceRepr};
use candle_core::{CpuStorage, CudaStorage, CustomOp1, Layout, Result, Shape, Storage, StorageRef, Tensor};

use crate::scalar::Scalar;

/// An element type that the kernels are built for.
pub(super) trait DeviceScalar: Scalar + CudaDType + DeviceRepr {
    /// Its name in CUDA C++.
    const NAME: &'static str;
}

impl DeviceScalar for f32 {
    const NAME: &'static str = "float";
}

impl DeviceScalar for f64 {
    const NAME: &'static str = "double";
}

/// A tensor without gaps, held for as long as a launch looks at its memory.
pub(super) struct Held<'a> {
    storage: StorageRef<'a>,
    start: usize,
    len: usize,
}

impl<'a> Held<'a> {
    /// Holds a contiguous tensor.
    ///
    /// # Errors
    /// candle's `RequiresContiguous`.
    pub(super) fn new(x: &'a Tensor) -> Result<Self> {
        let (storage, layout) = x.storage_and_layout();
        let (start, len) = range(layout)?;
        Ok(Self { storage, start, len })
    }

    /// The elements in device memory.
    ///
    /// # Errors
    /// If the tensor is elsewhere or of another type.
    pub(super) fn view<T: CudaDType>(&self) -> Result<CudaView<'_, T>> {
        match &*self.storage {
            Storage::Cuda(cuda) => Ok(T::as_cuda_slice(cuda)?.slice(self.start..self.start + self.len)),
            _ => Err(candle_core::Error::Msg("expected a tensor on the CUDA device".into())),
        }
    }

    /// How many elements lie before the first.
    pub(super) fn start(&self) -> usize {
        self.start
    }
}

fn range(layout: &Layout) -> Result<(usize, usize)> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok((start, end - start)),
        None => Err(candle_core::Error::RequiresContiguous { op: "attention" }),
    }
}

/// Device memory on its way into a tensor: candle lets new storage into
/// tensors only as the result of an operation.
struct Wrap<T> {
    slice: RefCell<Option<CudaSlice<T>>>,
    shape: Shape,
}

impl<T: CudaDType> CustomOp1 for Wrap<T> {
    fn name(&self) -> &'static str {
        "attention-result"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        Err(candle_core::Error::Msg("device memory was given to a tensor on the CPU".into()))
    }

    fn cuda_fwd(&self, like: &CudaStorage, _: &Layout) -> Result<(CudaStorage, Shape)> {
        let twice = || candle_core::Error::Msg("device memory was given away twice".into());
        let slice = self.slice.take().ok_or_else(twice)?;
        Ok((CudaStorage::wrap_cuda_slice(slice, like.device().clone()), self.shape.clone()))
    }
}

/// A tensor of `shape` from device memory of at least as many elements, on
/// the device of `like`.
pub(super) fn into_tensor<T: CudaDType>(
    slice: CudaSlice<T>,
    shape: impl Into<Shape>,
    like: &Tensor,
) -> Result<Tensor> {
    like.apply_op1_no_bwd(&Wrap { slice: RefCell::new(Some(slice)), shape: shape.into() })
}

/// The tensor on the device of `like`, row by row without gaps. Free if it
/// already is.
pub(super) fn beside(x: &Tensor, like: &Tensor) -> Result<Tensor> {
    x.to_device(like.device())?.contiguous()
}
