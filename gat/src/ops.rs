//! Small dense operations in a fixed order of summation.
//!
//! Why not candle's everywhere? Its CPU matmul picks kernels by instruction
//! set and cache size and may contract to FMA, so f64 results would differ in
//! the last bits between machines that run the same binary. Rankings compare
//! such numbers, so f64 goes through plain loops here; f32 networks go
//! through candle.

use std::marker::PhantomData;

use candle_core::{DType, Device, Storage, StorageRef, Tensor, WithDType};
use rayon::prelude::*;

use crate::error::{GatError, Result};
use crate::scalar::{Scalar, with_scalar};

/// Rows handed to a thread at a time; also the size below which threads cost
/// more than they bring.
const ROWS_PER_TASK: usize = 64;

/// `x @ weightᵀ + bias`.
///
/// # Shapes
/// * `x`: [N, F]; `weight`: [O, F], as PyTorch keeps it; `bias`: [O].
/// * returns [N, O].
///
/// f64 on the CPU sums over F in ascending order, starting from zero, on any
/// number of threads; the bias is added last.
pub(crate) fn linear(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (n, _) = x.dims2()?;
    let (outputs, _) = weight.dims2()?;
    // gemm has no use for empty operands, and the answer is known.
    let out = if n == 0 {
        Tensor::zeros((0, outputs), x.dtype(), x.device())?
    } else if x.dtype() == DType::F64 && x.device().is_cpu() {
        linear_in_order::<f64>(x, weight)?
    } else {
        x.matmul(&weight.t()?)?
    };
    match bias {
        Some(bias) => Ok(out.broadcast_add(bias)?),
        None => Ok(out),
    }
}

fn linear_in_order<T: Scalar>(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let (n, features) = x.dims2()?;
    let (outputs, _) = weight.dims2()?;
    let x = host(x)?;
    let x = Host::<T>::new(&x)?;
    // Transposed, the inner loop runs over outputs: each of them still sums
    // in ascending order of features, yet the loop vectorizes.
    let weight = host(&weight.t()?)?;
    let weight = Host::<T>::new(&weight)?;
    let (x, weight) = (x.slice()?, weight.slice()?);
    let mut out = vec![T::ZERO; n * outputs];
    let row = |(out, x): (&mut [T], &[T])| {
        for (&x, weight) in x.iter().zip(weight.chunks_exact(outputs)) {
            for (out, &weight) in out.iter_mut().zip(weight) {
                *out += x * weight;
            }
        }
    };
    if n <= ROWS_PER_TASK {
        // Merely asking for a parallel iterator starts all threads.
        out.chunks_exact_mut(outputs).zip(x.chunks_exact(features)).for_each(row);
    } else {
        out.par_chunks_exact_mut(outputs)
            .zip(x.par_chunks_exact(features))
            .with_min_len(ROWS_PER_TASK)
            .for_each(row);
    }
    Ok(Tensor::from_vec(out, (n, outputs), &Device::Cpu)?)
}

/// Dot product of every head's features with that head's attention vector.
///
/// # Shapes
/// * `h`: [N, H·C], head by head; `att`: [1, H, C].
/// * returns [N, H]; sums over C in ascending order (on the CPU).
pub(crate) fn head_dot(h: &Tensor, att: &Tensor) -> Result<Tensor> {
    let (n, _) = h.dims2()?;
    #[cfg(feature = "cuda")]
    if h.device().is_cuda() {
        return crate::kernel::cuda::head_dot(h, att);
    }
    let (_, heads, channels) = att.dims3()?;
    with_scalar!(h.dtype(), "node features", T => {
        let device = h.device();
        let (h, att) = (host(h)?, host(att)?);
        let (h, att) = (Host::<T>::new(&h)?, Host::<T>::new(&att)?);
        let (h, att) = (h.slice()?, att.slice()?);
        let mut out = vec![T::ZERO; n * heads];
        let row = |(out, h): (&mut [T], &[T])| {
            let per_head = h.chunks_exact(channels).zip(att.chunks_exact(channels));
            for (out, (h, att)) in out.iter_mut().zip(per_head) {
                *out = dot(h, att);
            }
        };
        if n <= ROWS_PER_TASK {
            out.chunks_exact_mut(heads).zip(h.chunks_exact(heads * channels)).for_each(row);
        } else {
            out.par_chunks_exact_mut(heads)
                .zip(h.par_chunks_exact(heads * channels))
                .with_min_len(ROWS_PER_TASK)
                .for_each(row);
        }
        from_host(out, &[n, heads], device)
    })
}

/// Sum of products in ascending order.
pub(crate) fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::ZERO, |sum, (&a, &b)| sum + a * b)
}

/// Logistic function 1 / (1 + e^-x) with libm's exponential, element by
/// element; on another device with that device's.
pub(crate) fn sigmoid(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return Ok((x.neg()?.exp()? + 1.0)?.recip()?);
    }
    with_scalar!(x.dtype(), "output", T => {
        let on_host = host(x)?;
        let values = Host::<T>::new(&on_host)?;
        let out: Vec<T> = values
            .slice()?
            .iter()
            .map(|&v| T::ONE / (T::ONE + (T::ZERO - v).libm_exp()))
            .collect();
        from_host(out, x.dims(), x.device())
    })
}

/// Mean over the heads of [N, H, C], heads added in ascending order; [N, C].
pub(crate) fn mean_of_heads(x: &Tensor) -> Result<Tensor> {
    let (n, heads, channels) = x.dims3()?;
    let mut sum = Tensor::zeros((n, channels), x.dtype(), x.device())?;
    for head in 0..heads {
        sum = (sum + x.narrow(1, head, 1)?.squeeze(1)?)?;
    }
    // Divided, not multiplied by a rounded reciprocal.
    let heads = Tensor::new(heads as f64, x.device())?.to_dtype(x.dtype())?;
    Ok(sum.broadcast_div(&heads)?)
}

/// Refuses element types other than f32 and f64.
pub(crate) fn check_float(what: &str, x: &Tensor) -> Result<()> {
    match x.dtype() {
        DType::F32 | DType::F64 => Ok(()),
        found => Err(crate::scalar::unsupported(what, found)),
    }
}

/// Refuses another element type than the layer's own.
pub(crate) fn check_dtype(what: &str, x: &Tensor, expected: DType) -> Result<()> {
    if x.dtype() == expected {
        return Ok(());
    }
    Err(GatError::DTypeMismatch {
        what: what.into(),
        expected: if expected == DType::F64 {
            "F64, as the layer's weights"
        } else {
            "F32, as the layer's weights"
        },
        found: x.dtype(),
    })
}

/// Refuses another shape; `axes` says what each size means.
pub(crate) fn check_shape(what: &str, x: &Tensor, expected: &[usize], axes: &str) -> Result<()> {
    if x.dims() == expected {
        return Ok(());
    }
    Err(GatError::ShapeMismatch {
        what: what.into(),
        expected: format!("{axes} = {expected:?}"),
        found: x.dims().to_vec(),
    })
}

/// Refuses NaN and infinities, naming the first.
pub(crate) fn check_finite(what: &str, x: &Tensor) -> Result<()> {
    #[cfg(feature = "cuda")]
    if x.device().is_cuda() {
        return crate::kernel::cuda::check_finite(what, x);
    }
    with_scalar!(x.dtype(), what, T => {
        let on_host = host(x)?;
        let values = Host::<T>::new(&on_host)?;
        match values.slice()?.iter().position(|v| !v.finite()) {
            None => Ok(()),
            Some(index) => Err(GatError::NonFinite {
                what: what.into(),
                index,
                value: values.slice()?[index].to_f64(),
            }),
        }
    })
}

/// The tensor on the CPU, row by row without gaps. Free if it already is.
pub(crate) fn host(x: &Tensor) -> Result<Tensor> {
    Ok(x.to_device(&Device::Cpu)?.contiguous()?)
}

/// A tensor of `values` on `device`.
pub(crate) fn from_host<T: WithDType>(values: Vec<T>, dims: &[usize], device: &Device) -> Result<Tensor> {
    Ok(Tensor::from_vec(values, dims, device)?)
}

/// A look at the elements of a tensor that [`host`] returned, without a copy.
pub(crate) struct Host<'a, T> {
    storage: StorageRef<'a>,
    start: usize,
    len: usize,
    element: PhantomData<T>,
}

impl<'a, T: WithDType> Host<'a, T> {
    pub(crate) fn new(x: &'a Tensor) -> Result<Self> {
        let (storage, layout) = x.storage_and_layout();
        let Some((start, end)) = layout.contiguous_offsets() else {
            let op = "Host::new";
            return Err(candle_core::Error::RequiresContiguous { op }.into());
        };
        Ok(Self { storage, start, len: end - start, element: PhantomData })
    }

    pub(crate) fn slice(&self) -> Result<&[T]> {
        match &*self.storage {
            Storage::Cpu(cpu) => Ok(&cpu.as_slice::<T>()?[self.start..][..self.len]),
            _ => Err(candle_core::Error::Msg("expected a tensor on the CPU".into()).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tensor(values: &[f64], dims: &[usize]) -> Tensor {
        Tensor::from_vec(values.to_vec(), dims, &Device::Cpu).unwrap()
    }

    #[test]
    fn both_linear_paths_agree_with_hand_computed_values() {
        let x = tensor(&[1.0, 2.0, -1.0, 0.5], &[2, 2]);
        let weight = tensor(&[1.0, 0.0, 0.0, 1.0, 2.0, -2.0], &[3, 2]);
        let bias = tensor(&[0.0, 10.0, 0.0], &[3]);
        let expected = vec![vec![1.0, 12.0, -2.0], vec![-1.0, 10.5, -3.0]];
        let f64_out = linear(&x, &weight, Some(&bias)).unwrap();
        assert_eq!(f64_out.to_vec2::<f64>().unwrap(), expected);
        let f32_of = |t: &Tensor| t.to_dtype(DType::F32).unwrap();
        let f32_out = linear(&f32_of(&x), &f32_of(&weight), Some(&f32_of(&bias))).unwrap();
        let widened = f32_out.to_dtype(DType::F64).unwrap();
        assert_eq!(widened.to_vec2::<f64>().unwrap(), expected);
    }

    #[test]
    fn a_view_is_read_at_its_own_offset() {
        let x = tensor(&[1.0, 2.0, 3.0, 4.0], &[4]).narrow(0, 2, 2).unwrap();
        assert_eq!(Host::<f64>::new(&x).unwrap().slice().unwrap(), [3.0, 4.0]);
    }

    #[test]
    fn sigmoid_saturates_without_nan() {
        let out = sigmoid(&tensor(&[-1e4, 0.0, 1e4], &[3])).unwrap();
        assert_eq!(out.to_vec1::<f64>().unwrap(), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn the_mean_of_heads_divides() {
        let x = tensor(&[1.0, 2.0, 4.0, 7.0, 1.0, 0.0], &[1, 3, 2]);
        let mean = mean_of_heads(&x).unwrap().to_vec2::<f64>().unwrap();
        assert_eq!(mean, [[2.0, 3.0]]);
    }
}
