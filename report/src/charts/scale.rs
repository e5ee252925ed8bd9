//! Scales: from values to places, and where a scale is marked.

/// Values laid out along a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Values `from..to` on places `start..end`; an empty range of values is widened.
    pub(super) fn new(values: (f64, f64), places: (f64, f64)) -> Self {
        let (from, mut to) = values;
        if to <= from {
            to = from + if from == 0.0 { 1.0 } else { from.abs() };
        }
        Self { from, to, start: places.0, end: places.1 }
    }

    /// Where a value lies; values beyond the range lie at its edge.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// Whether a value lies on the scale.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// Round values to mark, about `count` of them.
    pub(super) fn marks(&self, count: usize) -> Vec<f64> {
        let step = round_step((self.to - self.from) / count.max(1) as f64);
        let first = (self.from / step - 1e-9).ceil() as i64;
        let last = (self.to / step + 1e-9).floor() as i64;
        (first..=last.min(first + 50)).map(|i| i as f64 * step).collect()
    }
}

/// The next of 1, 2 and 5 times a power of ten.
pub(super) fn round_step(step: f64) -> f64 {
    if !step.is_finite() || step <= 0.0 {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(step)));
    [1.0, 2.0, 5.0].into_iter().map(|m| m * power).find(|s| *s >= step * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_find_their_place() {
        let scale = Scale::new((10.0, 20.0), (100.0, 0.0));
        assert_eq!([5.0, 10.0, 15.0, 25.0].map(|v| scale.at(v)), [100.0, 100.0, 50.0, 0.0]);
        assert!(Scale::new((3.0, 3.0), (0.0, 1.0)).at(4.5) == 0.5);
    }

    #[test]
    fn marks_are_round_and_inside() {
        let near = |found: Vec<f64>, wanted: &[f64]| {
            assert!(found.len() == wanted.len(), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        };
        near(Scale::new((0.0, 1.0), (0.0, 1.0)).marks(4), &[0.0, 0.5, 1.0]);
        near(Scale::new((-0.3, 0.31), (0.0, 1.0)).marks(6), &[-0.2, 0.0, 0.2]);
        near(Scale::new((97.0, 143.0), (0.0, 1.0)).marks(3), &[100.0, 120.0, 140.0]);
        assert_eq!(round_step(f64::NAN), 1.0);
    }
}
