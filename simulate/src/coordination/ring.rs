//! The last hundred samples of one quantity.

use super::statistics::{mean, standard_deviation};

/// Samples that a ring holds (specification, section 3).
const CAPACITY: usize = 100;

/// A ring of samples; it takes no memory before the first one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    samples: Vec<f64>,
    sorted: Vec<f64>,
    oldest: usize,
}

impl Ring {
    /// Takes a sample in; the oldest one leaves a full ring.
    pub(crate) fn push(&mut self, sample: f64) {
        if self.samples.len() < CAPACITY {
            self.samples.push(sample);
        } else {
            let old = std::mem::replace(&mut self.samples[self.oldest], sample);
            self.oldest = (self.oldest + 1) % CAPACITY;
            let at = self.sorted.partition_point(|x| x.total_cmp(&old).is_lt());
            self.sorted.remove(at);
        }
        let at = self.sorted.partition_point(|x| x.total_cmp(&sample).is_lt());
        self.sorted.insert(at, sample);
    }

    /// Samples in the ring.
    pub(crate) const fn len(&self) -> usize {
        self.samples.len()
    }

    /// The middle sample, or the mean of the two middle ones; `None` of none.
    pub(crate) fn median(&self) -> Option<f64> {
        super::statistics::percentile(&self.sorted, 50.0)
    }

    /// Coefficient of variation; `None` without samples or around zero.
    pub(crate) fn variation(&self) -> Option<f64> {
        let mean = mean(&self.samples)?;
        (mean > 0.0).then(|| standard_deviation(&self.samples) / mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_leaves() {
        let mut ring = Ring::default();
        assert_eq!((ring.median(), ring.len()), (None, 0));
        for i in 0..150 {
            ring.push(f64::from(i));
        }
        assert_eq!((ring.median(), ring.len()), (Some(99.5), 100));
    }
}
