//! Quantiles of a histogram, by linear interpolation inside the bucket.

/// The quantile `q` (0..1) of counts between `bounds`; `counts` has one entry more than `bounds`.
/// The first bucket starts at 0 (or at its own bound, if that is negative); what lies beyond the
/// last bound is told as the last bound. `None` without counts or bounds.
pub(super) fn quantile(q: f64, bounds: &[f64], counts: &[f64]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    if total.is_nan() || total <= 0.0 || bounds.is_empty() {
        return None;
    }
    let rank = q * total;
    let mut below = 0.0;
    for (i, count) in counts.iter().enumerate() {
        if below + count >= rank && *count > 0.0 {
            let Some(upper) = bounds.get(i) else { return bounds.last().copied() };
            let lower = match i.checked_sub(1).and_then(|before| bounds.get(before)) {
                Some(lower) => *lower,
                None => upper.min(0.0),
            };
            return Some(lower + (upper - lower) * ((rank - below) / count));
        }
        below += count;
    }
    bounds.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_inside_the_bucket() {
        // 10 below 1, 10 between 1 and 2: the median is the bound, three quarters half way up.
        let (bounds, counts) = ([1.0, 2.0], [10.0, 10.0, 0.0]);
        assert_eq!(quantile(0.5, &bounds, &counts), Some(1.0));
        assert_eq!(quantile(0.75, &bounds, &counts), Some(1.5));
        assert_eq!(quantile(0.25, &bounds, &counts), Some(0.5));
        assert_eq!(quantile(0.99, &bounds, &[0.0, 0.0, 4.0]), Some(2.0));
        assert_eq!(quantile(0.5, &bounds, &[0.0; 3]), None);
        assert_eq!(quantile(0.5, &[], &[4.0]), None);
    }
}
