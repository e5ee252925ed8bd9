//! Attention on the device: operands in, launches, results out.

use candle_core::{DType, Device, Tensor};

use super::launch::{self, Operands, Results};
use super::memory;
use super::nvrtc::{Source, load};
use super::operands::{DeviceScalar, Held, beside, into_tensor};
use super::variant::Layout;
use crate::csr::CsrGraph;
use crate::error::{GatError, Result};
use crate::kernel::{AttentionInput, AttentionResult, AttentionShape, Scores, Want};

/// Status words: lowest node with a score, lowest node with a result that is
/// not finite.
const NOBODY: u32 = u32::MAX;

/// Runs the kernel for a checked input with at least one node, on the CUDA
/// device of `values`.
pub(super) fn attend<T: DeviceScalar>(
    graph: &CsrGraph,
    input: &AttentionInput<'_>,
    shape: AttentionShape,
    want: Want,
) -> Result<AttentionResult> {
    let Device::Cuda(device) = input.values.device() else {
        return Err(candle_core::Error::Msg("expected values on a CUDA device".into()).into());
    };
    memory::check(device, graph, shape, want)?;
    let on_device = graph.device_copies().on(graph, device)?;
    let parts = Parts::new(input)?;
    let held = parts.hold()?;
    let (dynamic, edge) = (parts.att.is_some(), parts.edge.is_some());

    let layout = Layout::new(size_of::<T>(), shape.heads, shape.channels, held.aligned());
    let wide = layout == Layout::Wide;
    let source = if wide { Source::Wide } else { Source::Attention };
    let defines = layout.defines(T::NAME, dynamic, edge);
    let operands: Operands<'_, T> = held.operands(shape, input.negative_slope)?;

    let alpha_len = graph.edges() * shape.heads;
    let mut out = launch::uninitialised::<T>(device, graph.nodes() * shape.heads * shape.channels)?;
    let mut alpha = (wide || want == Want::OutputAndAttention)
        .then(|| launch::uninitialised::<T>(device, alpha_len))
        .transpose()?;
    let mut status = device.clone_htod(&[NOBODY, NOBODY])?;
    let mut results = Results { out: &mut out, alpha: alpha.as_mut(), status: &mut status };
    if wide {
        let wide = load(device, source, &defines, "attend_wide")?;
        launch::wide(&wide, graph.nodes(), &on_device, &operands, &mut results)?;
    } else {
        let warp_heads = layout.heads_of_a_warp();
        let warps = load(device, source, &defines, "attend")?;
        launch::warps(&warps, graph.nodes(), warp_heads, &on_device, &operands, &mut results)?;
        if let Some(hubs) = &on_device.hubs {
            let blocks = load(device, source, &defines, "attend_hubs")?;
            launch::hubs(&blocks, hubs, warp_heads, &on_device, &operands, &mut results)?;
        }
    }
    // Waits for the kernels: an error must come from this call.
    check_status(&device.clone_dtoh(&status)?, shape.dtype)?;
    drop(held);
    let out = into_tensor(out, (graph.nodes(), shape.heads, shape.channels), input.values)?;
    let alpha = alpha.filter(|_| want == Want::OutputAndAttention);
    let alpha =
        alpha.map(|alpha| into_tensor(alpha, (graph.edges(), shape.heads), input.values)).transpose()?;
    Ok(AttentionResult { out, alpha })
}

/// The lowest node is named; its scores come before its result.
fn check_status(status: &[u32], dtype: DType) -> Result<()> {
    match *status {
        [NOBODY, NOBODY] => Ok(()),
        [score, result] if score <= result => {
            Err(GatError::Overflow { what: "attention score", node: score as usize, dtype })
        },
        [_, result] => Err(GatError::Overflow { what: "output", node: result as usize, dtype }),
        _ => Err(candle_core::Error::Msg("the status has two words".into()).into()),
    }
}

/// Operands as contiguous tensors on one device.
struct Parts {
    values: Tensor,
    src: Option<Tensor>,
    dst: Tensor,
    edge: Option<Tensor>,
    att: Option<Tensor>,
}

impl Parts {
    fn new(input: &AttentionInput<'_>) -> Result<Self> {
        let here = |x: &Tensor| beside(x, input.values);
        let values = here(input.values)?;
        Ok(match input.scores {
            Scores::Additive { src, dst, edge } => Self {
                values,
                src: Some(here(src)?),
                dst: here(dst)?,
                edge: edge.map(here).transpose()?,
                att: None,
            },
            Scores::Dynamic { dst, edge, att } => Self {
                values,
                src: None,
                dst: here(dst)?,
                edge: edge.map(here).transpose()?,
                att: Some(here(att)?),
            },
        })
    }

    fn hold(&self) -> Result<HeldParts<'_>> {
        Ok(HeldParts {
            values: Held::new(&self.values)?,
            src: self.src.as_ref().map(Held::new).transpose()?,
            dst: Held::new(&self.dst)?,
            edge: self.edge.as_ref().map(Held::new).transpose()?,
            att: self.att.as_ref().map(Held::new).transpose()?,
        })
    }
}

/// The same, locked for reading.
struct HeldParts<'a> {
    values: Held<'a>,
    src: Option<Held<'a>>,
    dst: Held<'a>,
    edge: Option<Held<'a>>,
    att: Option<Held<'a>>,
}

impl HeldParts<'_> {
    /// A power of two that divides the position of every operand that is read
    /// several elements at a time. Allocations themselves are aligned.
    fn aligned(&self) -> usize {
        let mut starts = vec![self.values.start()];
        if let Some(att) = &self.att {
            starts.extend([self.dst.start(), att.start()]);
            starts.extend(self.edge.as_ref().map(Held::start));
        }
        let fits = |vec: &usize| starts.iter().all(|start| start.is_multiple_of(*vec));
        [4, 2].into_iter().find(fits).unwrap_or(1)
    }

    fn operands<T: DeviceScalar>(&self, shape: AttentionShape, slope: f64) -> Result<Operands<'_, T>> {
        let fits = |size: usize| {
            let limit = u32::MAX as usize;
            u32::try_from(size).map_err(|_| GatError::TooLarge {
                what: "heads or channels",
                found: size,
                limit,
            })
        };
        Ok(Operands {
            heads: fits(shape.heads)?,
            channels: fits(shape.channels)?,
            values: self.values.view()?,
            src: self.src.as_ref().map(Held::view).transpose()?,
            dst: self.dst.view()?,
            edge: self.edge.as_ref().map(Held::view).transpose()?,
            att: self.att.as_ref().map(Held::view).transpose()?,
            slope: T::from_f64(slope),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_lowest_node_is_named_scores_first() {
        let said = |status: [u32; 2]| check_status(&status, DType::F32).map_err(|e| e.to_string());
        assert!(said([NOBODY, NOBODY]).is_ok());
        assert!(said([3, 3]).unwrap_err().starts_with("attention score of node 3"));
        assert!(said([3, 2]).unwrap_err().starts_with("output of node 2"));
        assert!(said([NOBODY, 7]).unwrap_err().starts_with("output of node 7"));
    }
}
