//! Scales from normal behaviour.

use crate::constants::Constants;

/// Windows before another that make a rolling median.
const LEAST_PAST: usize = 3;

/// What a statistic does when all is well: its base and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Median of the normal windows.
    pub base: f64,
    /// One scale of deviation.
    pub scale: f64,
    /// Normal windows behind it; 0 for a declared threshold.
    pub windows: usize,
    /// Factor on z for few normal windows, n/(n+shrink_n).
    pub shrink: f64,
}

impl Calibration {
    /// From normal windows: scale = max(floor, q95/1.645, second largest/2.5) of the deviations
    /// in the bad direction. `worse` is 1 if higher is worse, -1 if lower is.
    ///
    /// Taking the second largest keeps one odd window from hiding an incident; taking the upper
    /// tail keeps noisy services from winning by chance.
    #[must_use]
    pub fn from_normal(
        values: &[f64],
        worse: f64,
        floor: impl Fn(f64) -> f64,
        c: &Constants,
    ) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let base = median(values);
        let deviations = values.iter().map(|v| ((v - base) * worse).max(0.0)).collect();
        Some(Self::from_deviations(base, deviations, floor(base), c))
    }

    /// As [`Calibration::from_normal`] for something whose level wanders: the base is the median
    /// of the normal windows nearest before the incident (after it, if too few precede it), and
    /// each normal window deviates from those before it. `values` are in time order, the first
    /// `before` of them precede the incident.
    #[must_use]
    pub fn rolling(
        values: &[f64],
        before: usize,
        worse: f64,
        floor: impl Fn(f64) -> f64,
        c: &Constants,
    ) -> Option<Self> {
        let reach = c.rolling_windows as usize;
        let at = |i: usize| {
            let past = &values[i.saturating_sub(reach)..i];
            let near = if past.len() >= LEAST_PAST { past } else { &values[i..values.len().min(i + reach)] };
            if near.is_empty() { past } else { near }
        };
        if values.is_empty() {
            return None;
        }
        let base = median(at(before.min(values.len())));
        let deviations =
            values.iter().enumerate().map(|(i, v)| ((v - median(at(i))) * worse).max(0.0)).collect();
        Some(Self::from_deviations(base, deviations, floor(base), c))
    }

    fn from_deviations(base: f64, mut deviations: Vec<f64>, floor: f64, c: &Constants) -> Self {
        deviations.sort_by(f64::total_cmp);
        let n = deviations.len();
        let tail = quantile(&deviations, c.tail_quantile) / c.tail_normal;
        let second = if n >= 2 { deviations[n - 2] / c.second_largest } else { 0.0 };
        Self {
            base,
            scale: floor.max(tail).max(second),
            windows: n,
            shrink: n as f64 / (n as f64 + c.shrink_n),
        }
    }

    /// From a declared baseline and warning threshold, which lies `warning_scales` away.
    #[must_use]
    pub fn declared(baseline: f64, warning: f64, c: &Constants) -> Option<Self> {
        let scale = (warning - baseline).abs() / c.warning_scales;
        (scale > 0.0 && scale.is_finite()).then_some(Self { base: baseline, scale, windows: 0, shrink: 1.0 })
    }

    /// Deviation of a value in the bad direction, in scales, at least 0.
    #[must_use]
    pub fn z(&self, value: f64, worse: f64) -> f64 {
        let z = (value - self.base) * worse / self.scale * self.shrink;
        if z.is_finite() { z.max(0.0) } else { 0.0 }
    }
}

/// Median; 0 without values. Even counts give the mean of the middle two.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Quantile of sorted values by linear interpolation; 0 without values.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_window_does_not_set_the_scale_but_two_do() {
        let c = Constants::default();
        let mut values = vec![1.0; 100];
        values[7] = 101.0;
        let one = Calibration::from_normal(&values, 1.0, |_| 0.1, &c).unwrap();
        assert_eq!(one.scale, 0.1);
        values[8] = 101.0;
        let two = Calibration::from_normal(&values, 1.0, |_| 0.1, &c).unwrap();
        assert_eq!(two.scale, 40.0);
    }

    #[test]
    fn a_level_that_wanders_is_judged_by_what_came_before() {
        let c = Constants::default();
        // Steps from 0.2 to 0.6 half way, as memory does after a restart.
        let values: Vec<f64> = (0..40).map(|i| if i < 20 { 0.2 } else { 0.6 }).collect();
        let rolling = Calibration::rolling(&values, 40, 1.0, |_| 0.01, &c).unwrap();
        assert_eq!(rolling.base, 0.6);
        let early = Calibration::rolling(&values, 20, 1.0, |_| 0.01, &c).unwrap();
        assert_eq!(early.base, 0.2);
        let first = Calibration::rolling(&values, 0, 1.0, |_| 0.01, &c).unwrap();
        assert_eq!(first.base, 0.2); // nothing precedes it: what follows
        assert!(Calibration::rolling(&[], 0, 1.0, |_| 0.01, &c).is_none());
    }

    #[test]
    fn direction_decides_what_deviates() {
        let c = Constants::default();
        let values = [10.0, 10.5, 9.5, 10.0];
        let low = Calibration::from_normal(&values, -1.0, |_| 0.5, &c).unwrap();
        assert!(low.z(5.0, -1.0) > 1.0 && low.z(15.0, -1.0) == 0.0);
    }
}
