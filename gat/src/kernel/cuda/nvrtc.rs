//! Compiling the kernels at run time, and keeping what was compiled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::CudaDevice;
use candle_core::cuda_backend::cudarc::driver::{CudaFunction, CudaStream, LaunchArgs};
use candle_core::cuda_backend::cudarc::nvrtc::{CompileError, CompileOptions, compile_ptx_with_opts};

use crate::error::{GatError, Result};

/// A file of kernels; `common.cu` goes before each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// Attention with a head's row in registers.
    Attention,
    /// Attention for any number of channels.
    Wide,
    /// Checks and small steps.
    Dense,
}

impl Source {
    fn text(self) -> &'static str {
        match self {
            Self::Attention => concat!(include_str!("common.cu"), include_str!("attention.cu")),
            Self::Wide => concat!(include_str!("common.cu"), include_str!("wide.cu")),
            Self::Dense => concat!(include_str!("common.cu"), include_str!("dense.cu")),
        }
    }
}

/// A kernel that is ready to run, and where it runs.
pub(super) struct Kernel {
    function: CudaFunction,
    stream: Arc<CudaStream>,
}

impl Kernel {
    /// A launch, to be given its arguments.
    pub(super) fn builder(&self) -> LaunchArgs<'_> {
        self.stream.launch_builder(&self.function)
    }
}

/// PTX by processor and build, for the life of the process. Loaded modules
/// are kept by candle, per device.
static COMPILED: Mutex<BTreeMap<(String, i32), Arc<str>>> = Mutex::new(BTreeMap::new());

/// PTX of this processor runs on every later one. For an NVRTC that is older
/// than the GPU.
const OLDEST: i32 = 75;

/// The kernel `name` of a file, built with macros `GAT_<KEY>=<value>`.
///
/// # Errors
/// [`GatError::DeviceUnavailable`] with the compiler's words;
/// [`GatError::Candle`] if the driver refuses what was compiled.
pub(super) fn load(
    device: &CudaDevice,
    source: Source,
    defines: &[(&'static str, String)],
    name: &str,
) -> Result<Kernel> {
    let context = device.cuda_stream().context().clone();
    let (major, minor) = context.compute_capability().map_err(candle_core::Error::wrap)?;
    let defines: Vec<String> = defines.iter().map(|(key, value)| format!("-DGAT_{key}={value}")).collect();
    let module = format!("infra-gat {source:?} {}", defines.join(" "));
    let ptx = ptx(&module, major * 10 + minor, source, &defines)?;
    let function = device.get_or_load_custom_func(name, &module, &ptx)?.into_cuda_function();
    Ok(Kernel { function, stream: device.cuda_stream() })
}

fn ptx(module: &str, processor: i32, source: Source, defines: &[String]) -> Result<Arc<str>> {
    // A panic elsewhere leaves a map of complete entries.
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ptx) = compiled.get(&(module.to_owned(), processor)) {
        return Ok(ptx.clone());
    }
    let ptx: Arc<str> = compile(source, processor, defines)
        .or_else(|error| compile(source, OLDEST, defines).map_err(|_| error))
        .map_err(unavailable)?
        .into();
    compiled.insert((module.to_owned(), processor), ptx.clone());
    Ok(ptx)
}

fn compile(source: Source, processor: i32, defines: &[String]) -> Result<String, CompileError> {
    let mut options = vec![format!("--gpu-architecture=compute_{processor}"), "--std=c++17".into()];
    options.extend_from_slice(defines);
    let options = CompileOptions { options, name: Some("gat.cu".into()), ..CompileOptions::default() };
    Ok(compile_ptx_with_opts(source.text(), options)?.to_src())
}

fn unavailable(error: CompileError) -> GatError {
    let reason = match error {
        CompileError::CompileError { nvrtc, log, .. } => {
            format!("NVRTC: {nvrtc:?}: {}", log.to_string_lossy())
        },
        error => format!("NVRTC: {error}"),
    };
    GatError::DeviceUnavailable {
        device: "cuda",
        // On one line; a compiler may have much more to say.
        reason: reason.lines().take(4).map(str::trim).collect::<Vec<_>>().join(" "),
        hint: "put libnvrtc and libnvrtc-builtins of one CUDA version on the loader's path, or use the device cpu",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::variant::Layout;
    use super::*;

    /// Needs NVRTC, no GPU: `cargo test --features cuda -- --ignored`.
    #[test]
    #[ignore = "needs libnvrtc, which a check without CUDA does not have"]
    fn the_kernels_compile_and_old_compilers_get_an_older_processor() {
        let layout = Layout::new(4, 4, 32, 4);
        let text =
            ptx("attention", 90, Source::Attention, &defines(layout.defines("float", true, true))).unwrap();
        assert!(text.contains(".target sm_90") && text.contains(".entry attend_hubs"));
        let text = ptx("future", 990, Source::Dense, &defines(vec![("SCALAR", "double".into())])).unwrap();
        assert!(text.contains(".target sm_75"));
        let error =
            ptx("broken", 90, Source::Dense, &defines(vec![("SCALAR", "nothing".into())])).unwrap_err();
        assert!(error.to_string().contains("is undefined"), "{error}");
    }

    fn defines(of: Vec<(&'static str, String)>) -> Vec<String> {
        of.iter().map(|(key, value)| format!("-DGAT_{key}={value}")).collect()
    }
}
