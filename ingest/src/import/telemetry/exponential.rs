//! Exponential histograms on one fixed grid, so that histograms of any scale and offset can be
//! subtracted from and added to each other.

/// Buckets of the grid in one octave: bounds grow by 19 %.
const STEPS: i64 = 4;
/// Octaves of the grid on either side of 1.
const OCTAVES: i64 = 40;

/// Upper bounds of the grid's buckets but the last.
pub(super) fn bounds() -> Vec<f64> {
    let steps = -OCTAVES * STEPS..=OCTAVES * STEPS;
    steps.map(|i| libm_exp2(i as f64 / STEPS as f64)).collect()
}

/// Counts on the grid. `scale`, `offset` as in OTLP: bucket `i` reaches from `2^((offset+i)/2^scale)`
/// to `2^((offset+i+1)/2^scale)`. What is zero goes to the first bucket.
pub(super) fn counts(scale: i32, offset: i32, buckets: &[f64], zero: f64) -> Vec<f64> {
    let len = usize::try_from(2 * OCTAVES * STEPS + 2).unwrap_or(0);
    let mut grid = vec![0.0; len];
    if let Some(first) = grid.first_mut() {
        *first += zero;
    }
    let width = libm_exp2(-f64::from(scale.clamp(-10, 20)));
    for (i, count) in buckets.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        let lower = (f64::from(offset) + i as f64) * width;
        let (from, to) = (lower * STEPS as f64, (lower + width) * STEPS as f64);
        spread(&mut grid, from + (OCTAVES * STEPS) as f64, to + (OCTAVES * STEPS) as f64, *count);
    }
    grid
}

/// Spreads a count evenly over the grid's steps from `from` to `to`; step `k` is bucket `k + 1`.
fn spread(grid: &mut [f64], from: f64, to: f64, count: f64) {
    let last = grid.len().saturating_sub(1);
    let bucket = |step: f64| if step < 0.0 { 0 } else { (step.min(last as f64) as usize + 1).min(last) };
    let (first, end) = (bucket(from), bucket((to - 1e-9).max(from)));
    for (i, cell) in grid.iter_mut().enumerate().take(end + 1).skip(first) {
        let (low, high) = (i as f64 - 1.0, i as f64);
        let low = if i == 0 { f64::NEG_INFINITY } else { low };
        let high = if i == last { f64::INFINITY } else { high };
        let share = (to.min(high) - from.max(low)) / (to - from);
        *cell += count * share.clamp(0.0, 1.0);
    }
}

/// `2^x`, the same on every machine.
fn libm_exp2(x: f64) -> f64 {
    libm::exp2(x)
}

#[cfg(test)]
mod tests {
    use super::super::quantile::quantile;
    use super::*;

    #[test]
    fn counts_keep_their_sum_and_their_place() {
        for (scale, offset, n) in [(0, 0, 4), (3, -8, 16), (-1, -1, 2), (5, 40, 100)] {
            let buckets = vec![2.0; n];
            let grid = counts(scale, offset, &buckets, 1.0);
            assert_eq!(grid.len(), bounds().len() + 1);
            let sum: f64 = grid.iter().sum();
            assert!((sum - (2.0 * n as f64 + 1.0)).abs() < 1e-9, "{scale} {sum}");
        }
        // One bucket from 1 to 2: its median lies between, near the square root of 2.
        let median = quantile(0.5, &bounds(), &counts(0, 0, &[8.0], 0.0)).unwrap();
        assert!((1.3..1.5).contains(&median), "{median}");
    }
}
