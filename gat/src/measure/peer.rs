//! Problems that other programs read, too: safetensors with `src`, `dst` \[E\] u32, `x` [N, F],
//! and the parameters `w1`, `s1`, `d1`, `b1` of the first layer, `w2` … of the second, in f32.
//! For GATv2 `r1`, `r2` project destinations and `s1`, `s2` are the attention vectors.

use std::path::Path;

use candle_core::{Device, Tensor};

use super::{Problem, Size};
use crate::config::GatConvConfig;
use crate::conv::{Conv, ConvKind};
use crate::conv_gat::{GatConv, GatWeights};
use crate::conv_gatv2::{GatV2Conv, GatV2Weights};
use crate::error::Result;
use crate::model::SeedModel;
use crate::weights::WeightFile;

impl Problem {
    /// Reads a problem and runs it with layers of `kind`.
    ///
    /// # Errors
    /// [`GatError`](crate::GatError) naming the file and what it lacks.
    pub fn read(path: &Path, kind: ConvKind) -> Result<Self> {
        let file = WeightFile::read(path)?;
        let (src, dst) = (file.tensor("src")?.to_vec1::<u32>()?, file.tensor("dst")?.to_vec1::<u32>()?);
        let x = file.tensor("x")?.clone();
        let (nodes, in_channels) = x.dims2()?;
        let (_, heads, hidden) = file.tensor("s1")?.dims3()?;
        let layers = [("1", in_channels, hidden, heads), ("2", heads * hidden, 1, 1)];
        let [first, second] = layers.map(|(suffix, inputs, outputs, heads)| {
            let config = GatConvConfig { heads, ..GatConvConfig::new(inputs, outputs) };
            layer(&file, kind, suffix, config)
        });
        let model = SeedModel::new(first?, second?)?;
        let size = Size { nodes, edges: src.len(), in_channels, hidden, heads, kind };
        Self::new(size, src, dst, x, model)
    }
}

/// A layer whose parameters' names end in `suffix`.
fn layer(file: &WeightFile, kind: ConvKind, suffix: &str, config: GatConvConfig) -> Result<Conv> {
    let get = |name: &str| file.tensor(&format!("{name}{suffix}")).cloned();
    let width = config.heads * config.out_channels;
    Ok(match kind {
        ConvKind::Gat => GatConv::new(
            config,
            GatWeights {
                lin: get("w")?,
                att_src: get("s")?,
                att_dst: get("d")?,
                lin_edge: None,
                att_edge: None,
                bias: Some(get("b")?),
            },
        )?
        .into(),
        ConvKind::GatV2 => {
            let zeros = || Tensor::zeros(width, candle_core::DType::F32, &Device::Cpu);
            let weights = GatV2Weights {
                lin_l: get("w")?,
                lin_l_bias: Some(zeros()?),
                lin_r: get("r")?,
                lin_r_bias: Some(zeros()?),
                att: get("s")?,
                lin_edge: None,
                bias: Some(get("b")?),
            };
            GatV2Conv::new(config, weights)?.into()
        },
    })
}
