//! Parameters from safetensors files, under PyTorch Geometric's state-dict
//! names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ::safetensors::SafeTensors;
use candle_core::{DType, Device, Tensor};

use crate::config::GatConvConfig;
use crate::conv::{Conv, ConvKind};
use crate::conv_gat::{GatConv, GatWeights};
use crate::conv_gatv2::{GatV2Conv, GatV2Weights};
use crate::error::{GatError, Result};
use crate::files;
use crate::model::{SeedModel, SeedModelConfig};
use crate::ops::{check_finite, check_shape};

/// Reads a [`SeedModel`] from a file: layers `gat1.` and `gat2.`, settings
/// from the metadata (see [`WeightFile::seed_model_config`]).
///
/// # Errors
/// Those of [`WeightFile::read`], [`WeightFile::seed_model_config`] and
/// [`WeightFile::conv`].
pub fn load_seed_model(file: &Path, dtype: DType, device: &Device) -> Result<SeedModel> {
    WeightFile::read(file)?.seed_model(dtype, device)
}

/// The tensors and metadata of one safetensors file, on the CPU.
#[derive(Clone, Debug)]
pub struct WeightFile {
    file: PathBuf,
    tensors: BTreeMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

impl WeightFile {
    /// Reads a file into memory.
    ///
    /// # Errors
    /// [`GatError::Io`]; [`GatError::Safetensors`] if the file is damaged or
    /// of another format; [`GatError::Candle`] for element types that candle
    /// does not know.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = files::read(file)?;
        let damaged = |source| GatError::Safetensors { file: file.to_path_buf(), source: Box::new(source) };
        // Parsed strictly first: candle's own reader names no file.
        SafeTensors::deserialize(&bytes).map_err(damaged)?;
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        Ok(Self {
            file: file.to_path_buf(),
            tensors: tensors.into_iter().collect(),
            metadata: metadata.into_iter().collect(),
        })
    }

    /// Names of the tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// A tensor as it is in the file.
    ///
    /// # Errors
    /// [`GatError::MissingTensor`], with the names there are.
    pub fn tensor(&self, name: &str) -> Result<&Tensor> {
        let tensor = self.tensors.get(name);
        tensor.ok_or_else(|| GatError::MissingTensor {
            file: self.file.clone(),
            name: name.into(),
            found: self.tensors.keys().cloned().collect(),
        })
    }

    /// A metadata value as text.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// The parameters `{prefix}.lin.weight`, ... as a layer of the kind.
    ///
    /// # Errors
    /// [`GatError::InvalidConfig`]; [`GatError::MissingTensor`],
    /// [`GatError::ShapeMismatch`] and [`GatError::NonFinite`], naming file
    /// and tensor.
    pub fn conv(
        &self,
        kind: ConvKind,
        prefix: &str,
        config: GatConvConfig,
        dtype: DType,
        device: &Device,
    ) -> Result<Conv> {
        let checked = config.clone().check()?;
        let reader = LayerReader { file: self, prefix, dtype, device };
        let (width, out_width) = (checked.projected_width(), checked.out_width());
        let inputs = config.in_channels;
        let matrix = |name, inputs| reader.parameter(name, &[width, inputs]);
        let att = |name| reader.parameter(name, &checked.att_shape());
        let vector = |name, width| match config.bias {
            true => reader.parameter(name, &[width]).map(Some),
            false => Ok(None),
        };
        let lin_edge = || {
            let edge_dim = config.edge_dim;
            edge_dim.map(|d| matrix("lin_edge.weight", d)).transpose()
        };
        Ok(match kind {
            ConvKind::Gat => {
                let weights = GatWeights {
                    lin: matrix("lin.weight", inputs)?,
                    att_src: att("att_src")?,
                    att_dst: att("att_dst")?,
                    lin_edge: lin_edge()?,
                    att_edge: config.edge_dim.map(|_| att("att_edge")).transpose()?,
                    bias: vector("bias", out_width)?,
                };
                GatConv::new(config, weights)?.into()
            },
            ConvKind::GatV2 => {
                let weights = GatV2Weights {
                    lin_l: matrix("lin_l.weight", inputs)?,
                    lin_l_bias: vector("lin_l.bias", width)?,
                    lin_r: matrix("lin_r.weight", inputs)?,
                    lin_r_bias: vector("lin_r.bias", width)?,
                    att: att("att")?,
                    lin_edge: lin_edge()?,
                    bias: vector("bias", out_width)?,
                };
                GatV2Conv::new(config, weights)?.into()
            },
        })
    }

    /// Settings of a [`SeedModel`]: `kind`, `heads`, `concat`,
    /// `negative_slope`, and optionally `edge_dim` and `add_self_loops` from
    /// the metadata, widths from the shapes of the first layer's parameters.
    ///
    /// # Errors
    /// [`GatError::InvalidMetadata`]; [`GatError::MissingTensor`];
    /// [`GatError::ShapeMismatch`].
    pub fn seed_model_config(&self) -> Result<SeedModelConfig> {
        let kind = self.required("kind", "gat or gatv2")?;
        let (lin, att) = match kind {
            ConvKind::Gat => ("gat1.lin.weight", "gat1.att_src"),
            ConvKind::GatV2 => ("gat1.lin_l.weight", "gat1.att"),
        };
        let &[_, in_channels] = self.tensor(lin)?.dims() else {
            return Err(self.wrong_shape(lin, "[heads * hidden, in_channels]"));
        };
        let &[1, _, hidden] = self.tensor(att)?.dims() else {
            return Err(self.wrong_shape(att, "[1, heads, hidden]"));
        };
        let truth = "true or false";
        Ok(SeedModelConfig {
            kind,
            in_channels,
            hidden,
            heads: self.required("heads", "a whole number")?,
            concat: self.required("concat", truth)?,
            negative_slope: self.required("negative_slope", "a number")?,
            edge_dim: self.optional("edge_dim", "a whole number")?,
            add_self_loops: self.optional("add_self_loops", truth)?.unwrap_or(true),
        })
    }

    /// The [`SeedModel`] of the file.
    ///
    /// # Errors
    /// Those of [`seed_model_config`](Self::seed_model_config) and
    /// [`conv`](Self::conv).
    pub fn seed_model(&self, dtype: DType, device: &Device) -> Result<SeedModel> {
        let config = self.seed_model_config()?;
        let layer1 = self.conv(config.kind, "gat1", config.layer1(), dtype, device)?;
        let layer2 = self.conv(config.kind, "gat2", config.layer2(), dtype, device)?;
        SeedModel::new(layer1, layer2)
    }

    fn required<T: FromStr>(&self, key: &'static str, expected: &'static str) -> Result<T> {
        let value = self.optional(key, expected)?;
        value.ok_or_else(|| self.bad_metadata(key, expected))
    }

    fn optional<T: FromStr>(&self, key: &'static str, expected: &'static str) -> Result<Option<T>> {
        let value = self.metadata(key).map(str::parse);
        value.transpose().map_err(|_| self.bad_metadata(key, expected))
    }

    fn bad_metadata(&self, key: &'static str, expected: &'static str) -> GatError {
        GatError::InvalidMetadata {
            file: self.file.clone(),
            key,
            found: self.metadata(key).map(Into::into),
            expected,
        }
    }

    fn wrong_shape(&self, name: &str, expected: &str) -> GatError {
        GatError::ShapeMismatch {
            what: self.label(name),
            expected: expected.into(),
            found: self.tensors.get(name).map_or_else(Vec::new, |t| t.dims().to_vec()),
        }
    }

    /// File and tensor, for messages.
    pub(crate) fn label(&self, name: &str) -> String {
        format!("{}: {name}", self.file.display())
    }
}

/// Reads the parameters below one prefix.
struct LayerReader<'a> {
    file: &'a WeightFile,
    prefix: &'a str,
    dtype: DType,
    device: &'a Device,
}

impl LayerReader<'_> {
    fn parameter(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let name = format!("{}.{name}", self.prefix);
        let tensor = self.file.tensor(&name)?;
        let label = self.file.label(&name);
        check_shape(&label, tensor, shape, "the settings' shape")?;
        let tensor = tensor.to_dtype(self.dtype)?;
        check_finite(&label, &tensor)?;
        Ok(tensor.to_device(self.device)?)
    }
}
