//! Which device computes: the CPU, or an NVIDIA GPU.

use std::fmt;
use std::str::FromStr;

use candle_core::Device;

use crate::error::{GatError, Result};

/// The device a caller asks for. [`open`](Self::open) turns the wish into a
/// candle device or a reason why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// The host's processor. Always there.
    #[default]
    Cpu,
    /// The first NVIDIA GPU. Needs a build with the feature `cuda`.
    Cuda,
}

impl DeviceChoice {
    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }

    /// Opens the device.
    ///
    /// There is no silent fall-back: who asks for a GPU and gets none is told.
    ///
    /// # Errors
    /// [`GatError::DeviceUnavailable`] if `cuda` is not built in, if no GPU
    /// answers, or if its kernels cannot be compiled.
    pub fn open(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Cuda => open_cuda(),
        }
    }

    /// Opens the device, or else the CPU together with the reason, in one
    /// sentence that the caller prints as a warning: never a silent fall-back.
    ///
    /// # Example
    /// ```
    /// use infra_gat::DeviceChoice;
    ///
    /// let (device, warning) = DeviceChoice::Cpu.open_or_cpu();
    /// assert!(device.is_cpu() && warning.is_none());
    /// ```
    pub fn open_or_cpu(self) -> (Device, Option<String>) {
        match self.open() {
            Ok(device) => (device, None),
            Err(error) => (Device::Cpu, Some(format!("{error}; computing on the cpu"))),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DeviceChoice {
    type Err = GatError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            _ => {
                Err(GatError::InvalidConfig { option: "device", value: text.into(), expected: "cpu or cuda" })
            },
        }
    }
}

#[cfg(feature = "cuda")]
fn open_cuda() -> Result<Device> {
    let device = Device::new_cuda(0).map_err(|source| GatError::DeviceUnavailable {
        device: "cuda",
        // The rest may be a backtrace.
        reason: source.to_string().lines().next().unwrap_or_default().to_owned(),
        hint: "check the NVIDIA driver with nvidia-smi, or use the device cpu",
    })?;
    if let Device::Cuda(cuda) = &device {
        crate::kernel::cuda::ready(cuda)?;
    }
    Ok(device)
}

#[cfg(not(feature = "cuda"))]
fn open_cuda() -> Result<Device> {
    Err(GatError::DeviceUnavailable {
        device: "cuda",
        reason: "this build has no CUDA support".into(),
        hint: "use the cuda artifact (feature `cuda`), or the device cpu",
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_round_trip_and_others_are_refused() {
        for choice in [DeviceChoice::Cpu, DeviceChoice::Cuda] {
            assert_eq!(choice.name().parse::<DeviceChoice>().unwrap(), choice);
        }
        let message = "tpu".parse::<DeviceChoice>().unwrap_err().to_string();
        assert_eq!(message, "device = tpu: expected cpu or cuda");
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn cuda_without_the_feature_says_what_to_do() {
        let error = DeviceChoice::Cuda.open().unwrap_err();
        assert!(matches!(error, GatError::DeviceUnavailable { .. }));
        assert!(error.to_string().contains("or the device cpu"), "{error}");
        let (device, warning) = DeviceChoice::Cuda.open_or_cpu();
        assert!(device.is_cpu());
        assert_eq!(warning, Some(format!("{error}; computing on the cpu")));
    }
}
