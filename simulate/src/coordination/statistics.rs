//! Statistics of samples (specification, section 3).

/// Arithmetic mean, summed in the order given; `None` of nothing.
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation (n - 1); 0 of fewer than two.
pub(crate) fn standard_deviation(values: &[f64]) -> f64 {
    let Some(mean) = mean(values).filter(|_| values.len() >= 2) else {
        return 0.0;
    };
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// Percentile `p` (0 to 100) of sorted values, linear between neighbours; `None` of nothing.
pub(crate) fn percentile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let h = last as f64 * p / 100.0;
    let below = h.floor();
    let low = *sorted.get(below as usize)?;
    let high = sorted.get(below as usize + 1).copied().unwrap_or(low);
    Some(low + (high - low) * (h - below))
}

/// The "exclusive" 95 % quantile of sorted values; `None` of nothing.
pub(crate) fn p95_exclusive(sorted: &[f64]) -> Option<f64> {
    p95_exclusive_by(sorted, |value| *value)
}

/// As [`p95_exclusive`], of things that have values.
pub(crate) fn p95_exclusive_by<T>(sorted: &[T], value: impl Fn(&T) -> f64) -> Option<f64> {
    let n = sorted.len();
    if n <= 1 {
        return sorted.first().map(value);
    }
    let m = n + 1;
    let j = (19 * m / 20).clamp(1, n - 1);
    let delta = (19 * m) as f64 - (20 * j) as f64;
    Some((value(&sorted[j - 1]) * (20.0 - delta) + value(&sorted[j]) * delta) / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_samples() {
        assert_eq!((mean(&[]), p95_exclusive(&[]), percentile(&[], 50.0)), (None, None, None));
        assert_eq!((p95_exclusive(&[3.0]), standard_deviation(&[3.0])), (Some(3.0), 0.0));
        assert_eq!(p95_exclusive(&[1.0, 2.0]), Some(2.85));
        assert_eq!(percentile(&[1.0, 2.0, 4.0], 50.0), Some(2.0));
        assert_eq!(standard_deviation(&[1.0, 3.0]), 2.0_f64.sqrt());
    }
}
