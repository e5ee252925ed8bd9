//! Intervals of a mean over cases, by resampling them (percentile bootstrap).

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;
use serde::Serialize;

/// Resamples of each interval.
pub const RESAMPLES: usize = 2_000;
/// Keeps the stream apart from others of the same seed.
const STREAM: u128 = 0x0062_6f6f_7473_7472_6170; // "bootstrap"

/// A mean with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// The mean; 0 of nothing.
    pub mean: f64,
    /// 2.5 % quantile of the resampled means.
    pub low: f64,
    /// 97.5 % quantile of the resampled means.
    pub high: f64,
}

/// Means of `K` columns over the same resamples of rows.
///
/// # Determinism
/// A pure function of rows and seed: PCG XSL RR 128/64, sums in row order. The same seed and
/// number of rows give the same resamples, so methods are compared on equal terms.
#[must_use]
pub fn means<const K: usize>(rows: &[[f64; K]], seed: u64) -> [Mean; K] {
    if rows.is_empty() {
        return [Mean::default(); K];
    }
    let n = rows.len() as f64;
    let mut random = Pcg64::new(u128::from(seed), STREAM);
    let mut resampled: [Vec<f64>; K] = std::array::from_fn(|_| Vec::with_capacity(RESAMPLES));
    for _ in 0..RESAMPLES {
        let mut sums = [0.0; K];
        for _ in 0..rows.len() {
            let row = &rows[below(&mut random, rows.len())];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        for (means, sum) in resampled.iter_mut().zip(sums) {
            means.push(sum / n);
        }
    }
    std::array::from_fn(|k| {
        let means = &mut resampled[k];
        means.sort_by(f64::total_cmp);
        let cut = RESAMPLES / 40;
        let mean = rows.iter().map(|row| row[k]).sum::<f64>() / n;
        Mean { mean, low: means[cut], high: means[RESAMPLES - 1 - cut] }
    })
}

/// Uniform in 0..n: the upper half of a product, whose bias is below n / 2^64.
fn below(random: &mut Pcg64, n: usize) -> usize {
    let product = u128::from(random.next_u64()) * n as u128;
    usize::try_from(product >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_the_mean_and_has_the_width_of_the_binomial() {
        let rows: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(u8::from(i < 80)), 1.0]).collect();
        let [share, one] = means(&rows, 42);
        assert!((share.mean - 0.8).abs() < 1e-12);
        // Two standard errors of a share of .8 of 100: 0.0784.
        assert!((share.mean - share.low - 0.0784).abs() < 0.015, "{share:?}");
        assert!((share.high - share.mean - 0.0784).abs() < 0.015, "{share:?}");
        assert_eq!(one, Mean { mean: 1.0, low: 1.0, high: 1.0 });
    }

    #[test]
    fn a_seed_names_its_resamples() {
        let rows: Vec<[f64; 1]> = (0..17).map(|i| [f64::from(i)]).collect();
        assert_eq!(means(&rows, 1), means(&rows, 1));
        assert_ne!(means(&rows, 1), means(&rows, 2));
        assert_eq!(means::<1>(&[], 1), [Mean::default()]);
    }
}
