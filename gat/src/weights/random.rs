//! Random parameters: the control that knows nothing.

use candle_core::{DType, Device, Tensor};

use super::draw::Draw;
use crate::config::{CheckedConfig, GatConvConfig};
use crate::conv::{Conv, ConvKind};
use crate::conv_gat::{GatConv, GatWeights};
use crate::conv_gatv2::{GatV2Conv, GatV2Weights};
use crate::error::{GatError, Result};
use crate::model::{SeedModel, SeedModelConfig};

/// Keeps the streams of the two layers of a model apart.
const LAYER_1: u64 = 1;
const LAYER_2: u64 = 2;

/// A [`GatConv`] with random parameters, initialised as PyTorch Geometric's
/// `GATConv.reset_parameters`: matrices and attention vectors uniform after
/// Glorot and Bengio 2010, bias zero.
///
/// # Determinism
/// A pure function of settings, seed and type on every machine. Drawn in f64
/// and rounded, so f32 and f64 models of a seed are the same model.
///
/// # Errors
/// [`GatError::InvalidConfig`](crate::GatError::InvalidConfig);
/// [`GatError::DTypeMismatch`](crate::GatError::DTypeMismatch) unless `dtype`
/// is f32 or f64.
pub fn random_gat(config: GatConvConfig, seed: u64, dtype: DType, device: &Device) -> Result<GatConv> {
    draw_gat(config, Draw::new(seed, LAYER_1), dtype, device)
}

/// A [`GatV2Conv`] with random parameters, initialised as PyTorch Geometric's
/// `GATv2Conv.reset_parameters`: as [`random_gat`], and the biases of the two
/// projections uniform within ±1/√`in_channels`.
///
/// # Errors
/// Those of [`random_gat`].
pub fn random_gatv2(config: GatConvConfig, seed: u64, dtype: DType, device: &Device) -> Result<GatV2Conv> {
    draw_gatv2(config, Draw::new(seed, LAYER_1), dtype, device)
}

/// A [`SeedModel`] with random parameters, each layer from a stream of its
/// own.
///
/// # Errors
/// Those of [`random_gat`].
pub fn random_seed_model(
    config: &SeedModelConfig,
    seed: u64,
    dtype: DType,
    device: &Device,
) -> Result<SeedModel> {
    let layer = |settings, stream| -> Result<Conv> {
        let draw = Draw::new(seed, stream);
        Ok(match config.kind {
            ConvKind::Gat => draw_gat(settings, draw, dtype, device)?.into(),
            ConvKind::GatV2 => draw_gatv2(settings, draw, dtype, device)?.into(),
        })
    };
    SeedModel::new(layer(config.layer1(), LAYER_1)?, layer(config.layer2(), LAYER_2)?)
}

fn draw_gat(config: GatConvConfig, draw: Draw, dtype: DType, device: &Device) -> Result<GatConv> {
    let checked = config.clone().check()?;
    let mut draw = Drawer::new(draw, dtype, device, &checked)?;
    // The order of the draws is part of what a seed means.
    let lin = draw.matrix(config.in_channels)?;
    let att_src = draw.att()?;
    let att_dst = draw.att()?;
    let lin_edge = config.edge_dim.map(|d| draw.matrix(d)).transpose()?;
    let att_edge = config.edge_dim.map(|_| draw.att()).transpose()?;
    let weights = GatWeights { lin, att_src, att_dst, lin_edge, att_edge, bias: draw.output_bias()? };
    GatConv::new(config, weights)
}

fn draw_gatv2(config: GatConvConfig, draw: Draw, dtype: DType, device: &Device) -> Result<GatV2Conv> {
    let checked = config.clone().check()?;
    let mut draw = Drawer::new(draw, dtype, device, &checked)?;
    let weights = GatV2Weights {
        lin_l: draw.matrix(config.in_channels)?,
        lin_l_bias: draw.projection_bias()?,
        lin_r: draw.matrix(config.in_channels)?,
        lin_r_bias: draw.projection_bias()?,
        att: draw.att()?,
        lin_edge: config.edge_dim.map(|d| draw.matrix(d)).transpose()?,
        bias: draw.output_bias()?,
    };
    GatV2Conv::new(config, weights)
}

/// Draws the parameters of one layer.
struct Drawer<'a> {
    draw: Draw,
    dtype: DType,
    device: &'a Device,
    config: &'a CheckedConfig,
}

impl<'a> Drawer<'a> {
    fn new(draw: Draw, dtype: DType, device: &'a Device, config: &'a CheckedConfig) -> Result<Self> {
        if !matches!(dtype, DType::F32 | DType::F64) {
            return Err(GatError::DTypeMismatch {
                what: "random weights".into(),
                expected: "F32 or F64",
                found: dtype,
            });
        }
        Ok(Self { draw, dtype, device, config })
    }

    /// [H·C, inputs], Glorot.
    fn matrix(&mut self, inputs: usize) -> Result<Tensor> {
        let outputs = self.config.projected_width();
        self.uniform(&[outputs, inputs], glorot(inputs, outputs))
    }

    /// [1, H, C]; PyTorch Geometric takes the last two sizes for Glorot's.
    fn att(&mut self) -> Result<Tensor> {
        let [one, heads, channels] = self.config.att_shape();
        self.uniform(&[one, heads, channels], glorot(heads, channels))
    }

    fn projection_bias(&mut self) -> Result<Option<Tensor>> {
        let config = self.config.get();
        if !config.bias {
            return Ok(None);
        }
        let bound = 1.0 / (config.in_channels as f64).sqrt();
        let width = self.config.projected_width();
        self.uniform(&[width], bound).map(Some)
    }

    fn output_bias(&self) -> Result<Option<Tensor>> {
        if !self.config.get().bias {
            return Ok(None);
        }
        let width = self.config.out_width();
        Ok(Some(Tensor::zeros(width, self.dtype, self.device)?))
    }

    fn uniform(&mut self, shape: &[usize], bound: f64) -> Result<Tensor> {
        let count = shape.iter().product();
        let values: Vec<f64> = (0..count).map(|_| self.draw.uniform(-bound, bound)).collect();
        let drawn = Tensor::from_vec(values, shape, &Device::Cpu)?;
        Ok(drawn.to_dtype(self.dtype)?.to_device(self.device)?)
    }
}

/// Half-width √(6 / (fan_in + fan_out)).
fn glorot(fan_in: usize, fan_out: usize) -> f64 {
    (6.0 / (fan_in as f64 + fan_out as f64)).sqrt()
}
