//! Settings of a layer: first unchecked, then checked.

use crate::error::{GatError, Result};

/// Settings of a [`GatConv`](crate::GatConv) or
/// [`GatV2Conv`](crate::GatV2Conv), named as in PyTorch Geometric. Unchecked;
/// [`check`](Self::check) is the gate that layers and weight schemes use.
///
/// # Example
/// ```
/// use infra_gat::GatConvConfig;
///
/// let config = GatConvConfig {
///     heads: 2,
///     ..GatConvConfig::new(3, 4)
/// };
/// assert_eq!(config.check()?.out_width(), 8);
/// assert!(GatConvConfig::new(0, 4).check().is_err());
/// # Ok::<(), infra_gat::GatError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GatConvConfig {
    /// Features of a node going in, F.
    pub in_channels: usize,
    /// Features of a node coming out of each head, C.
    pub out_channels: usize,
    /// Number of attention heads, H.
    pub heads: usize,
    /// Heads side by side (output width H·C) instead of their mean (C).
    pub concat: bool,
    /// Slope of LeakyReLU below zero. 1 leaves scores unbent.
    pub negative_slope: f64,
    /// Features of an edge, D, if the layer reads any.
    pub edge_dim: Option<usize>,
    /// Replace given self-loops by exactly one per node. Their edge features
    /// are the mean over the node's incoming edges.
    pub add_self_loops: bool,
    /// Add a bias (and, in GATv2, biases to both projections).
    pub bias: bool,
}

impl GatConvConfig {
    /// PyTorch Geometric's defaults: one head, `concat`, slope 0.2, no edge
    /// features, self-loops added, a bias.
    pub fn new(in_channels: usize, out_channels: usize) -> Self {
        Self {
            in_channels,
            out_channels,
            heads: 1,
            concat: true,
            negative_slope: 0.2,
            edge_dim: None,
            add_self_loops: true,
            bias: true,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`GatError::InvalidConfig`] names the first setting out of range.
    pub fn check(self) -> Result<CheckedConfig> {
        // Sizes may come from a hostile weight file: neither a product nor an
        // allocation may get out of hand.
        const LARGEST: usize = 1 << 20;
        const MOST_PARAMETERS: u128 = 1 << 30;
        let sizes = [
            ("in_channels", self.in_channels),
            ("out_channels", self.out_channels),
            ("heads", self.heads),
            ("edge_dim", self.edge_dim.unwrap_or(1)),
        ];
        for (option, value) in sizes {
            if !(1..=LARGEST).contains(&value) {
                return Err(GatError::InvalidConfig {
                    option,
                    value: value.to_string(),
                    expected: "1 to 1048576",
                });
            }
        }
        let widest = self.in_channels.max(self.edge_dim.unwrap_or(1));
        let parameters = [self.heads, self.out_channels, widest]
            .iter()
            .fold(1_u128, |product, &size| product * size as u128);
        if parameters > MOST_PARAMETERS {
            return Err(GatError::InvalidConfig {
                option: "heads * out_channels * max(in_channels, edge_dim)",
                value: parameters.to_string(),
                expected: "at most 1073741824",
            });
        }
        if !self.negative_slope.is_finite() {
            return Err(GatError::InvalidConfig {
                option: "negative_slope",
                value: self.negative_slope.to_string(),
                expected: "a finite number",
            });
        }
        Ok(CheckedConfig(self))
    }
}

/// Settings that passed [`GatConvConfig::check`].
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedConfig(GatConvConfig);

impl CheckedConfig {
    /// The settings.
    pub fn get(&self) -> &GatConvConfig {
        &self.0
    }

    /// Features of a node coming out: H·C with `concat`, else C.
    pub fn out_width(&self) -> usize {
        if self.0.concat { self.projected_width() } else { self.0.out_channels }
    }

    /// Features of all heads together, H·C.
    pub(crate) fn projected_width(&self) -> usize {
        self.0.heads * self.0.out_channels
    }

    /// Shape of an attention vector, [1, H, C].
    pub(crate) fn att_shape(&self) -> [usize; 3] {
        [1, self.0.heads, self.0.out_channels]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_bad_setting_is_named() {
        let base = GatConvConfig::new(3, 2);
        let heads = GatConvConfig { heads: 0, ..base.clone() };
        assert_eq!(heads.check().unwrap_err().to_string(), "heads = 0: expected 1 to 1048576");
        let slope = GatConvConfig { negative_slope: f64::NAN, ..base.clone() };
        assert_eq!(slope.check().unwrap_err().to_string(), "negative_slope = NaN: expected a finite number");
        let huge = GatConvConfig { heads: 1 << 20, ..GatConvConfig::new(1 << 20, 1) };
        assert!(huge.check().is_err());
        let edge = GatConvConfig { edge_dim: Some(0), ..base };
        assert!(edge.check().is_err());
    }

    #[test]
    fn the_mean_of_heads_is_narrower_than_their_concatenation() {
        let concat = GatConvConfig { heads: 3, ..GatConvConfig::new(5, 2) };
        let mean = GatConvConfig { concat: false, ..concat.clone() };
        assert_eq!(concat.check().unwrap().out_width(), 6);
        assert_eq!(mean.check().unwrap().out_width(), 2);
    }
}
