//! The two element types of the engine, f32 and f64.

use candle_core::{DType, WithDType};

/// An element type: f32 for networks as PyTorch runs them, f64 for rankings.
///
/// Sealed by being private. Exponentials come from `libm`, so that results do
/// not depend on the C library of the machine.
pub(crate) trait Scalar: WithDType {
    /// 0.
    const ZERO: Self;

    /// 1.
    const ONE: Self;

    /// PyTorch Geometric adds this to every softmax denominator. Invisible
    /// next to a denominator of 1 or more, but it is part of the definition.
    const SOFTMAX_EPS: Self;

    /// e to the power of `self`. Not called `exp`: on a concrete type that
    /// would be the C library's.
    fn libm_exp(self) -> Self;

    /// Whether `self` is neither NaN nor infinite.
    fn finite(self) -> bool;
}

impl Scalar for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SOFTMAX_EPS: Self = 1e-16;

    fn libm_exp(self) -> Self {
        libm::expf(self)
    }

    fn finite(self) -> bool {
        self.is_finite()
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SOFTMAX_EPS: Self = 1e-16;

    fn libm_exp(self) -> Self {
        libm::exp(self)
    }

    fn finite(self) -> bool {
        self.is_finite()
    }
}

/// Calls a generic function with the element type that a [`DType`] names.
/// Anything but f32 and f64 must have been refused before, see
/// [`check_float`](crate::ops::check_float).
macro_rules! with_scalar {
    ($dtype:expr, $what:expr, $T:ident => $body:expr) => {
        match $dtype {
            candle_core::DType::F32 => {
                type $T = f32;
                $body
            },
            candle_core::DType::F64 => {
                type $T = f64;
                $body
            },
            found => Err($crate::scalar::unsupported($what, found)),
        }
    };
}
pub(crate) use with_scalar;

/// The refusal of any other element type.
pub(crate) fn unsupported(what: &str, found: DType) -> crate::GatError {
    crate::GatError::DTypeMismatch { what: what.into(), expected: "F32 or F64", found }
}
