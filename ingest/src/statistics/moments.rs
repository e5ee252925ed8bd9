//! Count, mean, spread and extremes that merge.

/// Moments of finite values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many values.
    pub count: u64,
    /// Their mean; 0 without values.
    pub mean: f64,
    /// Sum of squared distances from the mean.
    m2: f64,
    /// The smallest; infinity without values.
    pub min: f64,
    /// The largest; minus infinity without values.
    pub max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { count: 0, mean: 0.0, m2: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Moments {
    /// Moments of some values. Sums run in order, relative to the first value.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let Some(&origin) = values.first() else { return Self::default() };
        // Four sums side by side, since each addition waits for the one before.
        let (mut sum, mut squares) = ([0.0_f64; 4], [0.0_f64; 4]);
        let (mut min, mut max) = ([origin; 4], [origin; 4]);
        let (fours, rest) = values.as_chunks::<4>();
        for chunk in fours {
            for lane in 0..4 {
                let distance = chunk[lane] - origin;
                sum[lane] += distance;
                squares[lane] += distance * distance;
                min[lane] = if chunk[lane] < min[lane] { chunk[lane] } else { min[lane] };
                max[lane] = if chunk[lane] > max[lane] { chunk[lane] } else { max[lane] };
            }
        }
        for value in rest {
            let distance = value - origin;
            sum[0] += distance;
            squares[0] += distance * distance;
            min[0] = min[0].min(*value);
            max[0] = max[0].max(*value);
        }
        let n = values.len() as f64;
        let sum = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        let squares = (squares[0] + squares[1]) + (squares[2] + squares[3]);
        Self {
            count: values.len() as u64,
            mean: origin + sum / n,
            m2: (squares - sum * sum / n).max(0.0),
            min: min.into_iter().fold(f64::INFINITY, f64::min),
            max: max.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// Adds later values (Chan, Golub and LeVeque 1979).
    pub fn merge(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *later;
            return;
        }
        let (a, b) = (self.count as f64, later.count as f64);
        let distance = later.mean - self.mean;
        self.mean += distance * (b / (a + b));
        self.m2 += later.m2 + distance * distance * (a * b / (a + b));
        self.count += later.count;
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
    }

    /// Standard deviation of a sample, from n - 1; `None` below two values.
    #[must_use]
    pub fn std(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.m2 / (self.count - 1) as f64).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_parts_agree_with_two_passes(
            values in prop::collection::vec(-1e6..1e6_f64, 2..300),
            offset in prop::sample::select(vec![0.0, 1e9]),
            cut in any::<prop::sample::Index>(),
        ) {
            let values: Vec<f64> = values.iter().map(|v| v + offset).collect();
            let (left, right) = values.split_at(cut.index(values.len()));
            let mut got = Moments::of(left);
            got.merge(&Moments::of(right));
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let std = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt();
            prop_assert!((got.mean - mean).abs() <= 1e-12 * (1e6 + offset));
            prop_assert!((got.std().unwrap() - std).abs() <= 1e-6 * (1.0 + std));
            prop_assert_eq!(got.max, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            prop_assert_eq!(got.min, values.iter().copied().fold(f64::INFINITY, f64::min));
            prop_assert_eq!(got.count, values.len() as u64);
        }
    }

    #[test]
    fn few_values_have_no_spread() {
        assert_eq!(Moments::of(&[]).std(), None);
        assert_eq!(Moments::of(&[3.0]).std(), None);
        assert_eq!(Moments::of(&[3.0, 3.0]).std(), Some(0.0));
    }
}
