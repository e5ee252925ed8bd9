//! Quantiles of many values in little memory: exact while they are few, then counted in buckets.
//!
//! Buckets are as HdrHistogram's (G. Tene): each power of two is cut into [`PER_OCTAVE`] equal
//! parts, found from the number's bits. Counts are integers, so merging is exact and its order
//! does not matter.

/// Values kept as they are; beyond, they are counted in buckets.
pub const EXACT: usize = 4_096;

/// Buckets between a number and its double.
const PER_OCTAVE: u64 = 1 << PER_OCTAVE_BITS;
const PER_OCTAVE_BITS: u32 = 9;

/// Largest relative error of a quantile of more than [`EXACT`] values: half a bucket.
pub const RELATIVE_ERROR: f64 = 0.5 / PER_OCTAVE as f64;

/// Powers of two that one sketch tells apart on either side of zero. Numbers smaller than the
/// largest by more than that count as the smallest that is told apart.
const OCTAVES: u64 = 256;

/// Bits of a float below those that name its bucket.
const SHIFT: u32 = 52 - PER_OCTAVE_BITS;

/// A multiset of finite numbers, asked for its quantiles.
#[derive(Clone, Debug)]
pub struct Sketch {
    kept: Vec<f64>,
    /// How many values may be kept.
    exact: usize,
    count: u64,
    zeros: u64,
    above: Buckets,
    below: Buckets,
}

/// Counts of magnitudes.
#[derive(Clone, Debug, Default)]
struct Buckets {
    /// Number of the first bucket that `counts` holds.
    first: u64,
    counts: Vec<u32>,
    /// Counts that left 32 bits, by place in `counts`.
    carried: Vec<(usize, u64)>,
}

impl Default for Sketch {
    fn default() -> Self {
        Self::with_exact(EXACT)
    }
}

impl Sketch {
    /// A sketch that keeps up to `exact` values as they are.
    #[must_use]
    pub fn with_exact(exact: usize) -> Self {
        Self {
            kept: Vec::new(),
            exact,
            count: 0,
            zeros: 0,
            above: Buckets::default(),
            below: Buckets::default(),
        }
    }

    /// Adds finite values.
    pub fn extend(&mut self, values: &[f64]) {
        let before = self.count;
        self.count += values.len() as u64;
        if before == self.kept.len() as u64 {
            if self.kept.len() + values.len() <= self.exact {
                self.kept.extend_from_slice(values);
                return;
            }
            for value in std::mem::take(&mut self.kept) {
                self.tally(value);
            }
        }
        for value in values {
            self.tally(*value);
        }
    }

    fn tally(&mut self, value: f64) {
        if value > 0.0 {
            self.above.add(value);
        } else if value < 0.0 {
            self.below.add(-value);
        } else {
            self.zeros += 1;
        }
    }

    /// Adds another's values.
    pub fn merge(&mut self, other: &Self) {
        let other_is_kept = other.count == other.kept.len() as u64;
        if other_is_kept {
            self.extend(&other.kept);
            return;
        }
        for value in std::mem::take(&mut self.kept) {
            self.tally(value);
        }
        self.count += other.count;
        self.zeros += other.zeros;
        self.above.merge(&other.above);
        self.below.merge(&other.below);
    }

    /// How many values.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Whether quantiles are exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.count == self.kept.len() as u64
    }

    /// The quantile `q` in 0..=1, linear between neighbours (Hyndman and Fan's type 7); `None`
    /// without values. Within [`RELATIVE_ERROR`] of the true one if it is not exact.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let position = q.clamp(0.0, 1.0) * last as f64;
        let rank = position.floor();
        let share = position - rank;
        let rank = rank as u64;
        if self.is_exact() {
            let mut sorted = self.kept.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let low = *sorted.get(rank as usize)?;
            let high = sorted.get(rank as usize + 1).copied().unwrap_or(low);
            return Some(low + share * (high - low));
        }
        let low = self.at(rank)?;
        let high = self.at((rank + 1).min(last))?;
        Some(low + share * (high - low))
    }

    /// The value of rank `rank`, from 0.
    fn at(&self, rank: u64) -> Option<f64> {
        let mut left = rank;
        for (value, count) in self.below.descending() {
            if left < count {
                return Some(-value);
            }
            left -= count;
        }
        if left < self.zeros {
            return Some(0.0);
        }
        left -= self.zeros;
        let found = self.above.ascending().find(|(_, count)| {
            let is_it = left < *count;
            left = left.saturating_sub(*count);
            is_it
        });
        found.map(|(value, _)| value)
    }

    /// Memory that it holds \[bytes\].
    #[must_use]
    pub fn bytes(&self) -> usize {
        8 * self.kept.capacity() + 4 * (self.above.counts.capacity() + self.below.counts.capacity())
    }
}

impl Buckets {
    fn add(&mut self, magnitude: f64) {
        let bucket = magnitude.to_bits() >> SHIFT;
        // Wraps far beyond the end for a bucket before the first.
        let at = bucket.wrapping_sub(self.first) as usize;
        match self.counts.get_mut(at) {
            Some(count) if *count < u32::MAX => *count += 1,
            _ => self.add_slowly(bucket, 1),
        }
    }

    #[cold]
    fn add_slowly(&mut self, bucket: u64, count: u64) {
        let at = self.place(bucket);
        let total = u64::from(self.counts[at]) + count;
        if let Ok(total) = u32::try_from(total) {
            self.counts[at] = total;
            return;
        }
        self.counts[at] = 0;
        match self.carried.binary_search_by_key(&at, |carried| carried.0) {
            Ok(i) => self.carried[i].1 += total,
            Err(i) => self.carried.insert(i, (at, total)),
        }
    }

    /// Place of a bucket in `counts`, which grows by whole powers of two.
    fn place(&mut self, bucket: u64) -> usize {
        let octave = bucket / PER_OCTAVE * PER_OCTAVE;
        if self.counts.is_empty() {
            self.first = octave;
            self.counts = vec![0; PER_OCTAVE as usize];
        }
        let end = self.first + self.counts.len() as u64;
        if bucket >= end {
            let new_end = octave + PER_OCTAVE;
            let new_first = self.first.max(new_end.saturating_sub(OCTAVES * PER_OCTAVE));
            self.raise(new_first);
            self.counts.resize((new_end - self.first) as usize, 0);
        } else if bucket < self.first {
            let lowest = end.saturating_sub(OCTAVES * PER_OCTAVE);
            let new_first = octave.max(lowest);
            let more = (self.first - new_first) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.carried.iter_mut().for_each(|carried| carried.0 += more);
            self.first = new_first;
        }
        (bucket.max(self.first) - self.first) as usize
    }

    /// Folds everything below `new_first` into the bucket there.
    fn raise(&mut self, new_first: u64) {
        let gone = (new_first - self.first) as usize;
        if gone == 0 {
            return;
        }
        let folded: u64 = (0..gone.min(self.counts.len())).map(|at| self.count_at(at)).sum();
        self.counts.drain(..gone.min(self.counts.len()));
        self.carried.retain(|carried| carried.0 >= gone);
        self.carried.iter_mut().for_each(|carried| carried.0 -= gone);
        self.first = new_first;
        if self.counts.is_empty() {
            self.counts = vec![0; PER_OCTAVE as usize];
        }
        if folded > 0 {
            self.add_slowly(new_first, folded);
        }
    }

    fn merge(&mut self, other: &Self) {
        for at in (0..other.counts.len()).rev() {
            let count = other.count_at(at);
            if count > 0 {
                self.add_slowly(other.first + at as u64, count);
            }
        }
    }

    fn count_at(&self, at: usize) -> u64 {
        let carried = self.carried.binary_search_by_key(&at, |carried| carried.0);
        u64::from(self.counts[at]) + carried.map_or(0, |i| self.carried[i].1)
    }

    /// Middles of the buckets that are not empty, with their counts.
    fn ascending(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> {
        let all = (0..self.counts.len()).map(|at| (self.first + at as u64, self.count_at(at)));
        all.filter(|(_, count)| *count > 0).map(|(bucket, count)| (middle(bucket), count))
    }

    fn descending(&self) -> impl Iterator<Item = (f64, u64)> {
        self.ascending().rev()
    }
}

/// The middle of a bucket.
fn middle(bucket: u64) -> f64 {
    f64::from_bits((bucket << SHIFT) | (1 << (SHIFT - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(values: &[f64], q: f64) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let position = q * (sorted.len() - 1) as f64;
        let low = position as usize;
        let high = (low + 1).min(sorted.len() - 1);
        sorted[low] + (position - low as f64) * (sorted[high] - sorted[low])
    }

    proptest! {
        #[test]
        fn quantiles_are_as_near_as_promised_however_parts_are_merged(
            values in prop::collection::vec(prop_oneof![-1e3..1e3_f64, Just(0.0), -1e-9..1e9_f64], 1..400),
            exact in prop::sample::select(vec![0_usize, 50, 1_000]),
            cut in any::<prop::sample::Index>(),
            q in 0.0..=1.0_f64,
        ) {
            let mut whole = Sketch::with_exact(exact);
            whole.extend(&values);
            let (left, right) = values.split_at(cut.index(values.len()));
            let mut merged = Sketch::with_exact(exact);
            for part in [right, left] {
                let mut sketch = Sketch::with_exact(exact);
                sketch.extend(part);
                merged.merge(&sketch);
            }
            prop_assert_eq!(whole.quantile(q).unwrap().to_bits(), merged.quantile(q).unwrap().to_bits());
            prop_assert_eq!(whole.is_exact(), values.len() <= exact);
            let (got, want) = (whole.quantile(q).unwrap(), naive(&values, q));
            if whole.is_exact() {
                prop_assert!((got - want).abs() <= 1e-9 * want.abs());
            } else {
                // Each neighbour is within the bound of its own value.
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let at = (q * (sorted.len() - 1) as f64) as usize;
                let largest = sorted[at].abs().max(sorted[(at + 1).min(sorted.len() - 1)].abs());
                prop_assert!((got - want).abs() <= RELATIVE_ERROR * largest * 1.000_1, "{} {}", got, want);
            }
        }
    }

    #[test]
    fn ranges_beyond_the_cap_fold_and_large_counts_carry() {
        let mut sketch = Sketch::with_exact(0);
        sketch.extend(&[1e-300, 1.0, 1e300]);
        assert_eq!(sketch.count(), 3);
        assert!(sketch.quantile(0.0).unwrap() < 1e300);
        assert!((sketch.quantile(1.0).unwrap() / 1e300 - 1.0).abs() < 1e-3);
        let mut buckets = Buckets::default();
        buckets.add(1.0);
        let bucket = 1.0_f64.to_bits() >> SHIFT;
        buckets.add_slowly(bucket, 6_000_000_000);
        buckets.add(1.0);
        assert_eq!(buckets.ascending().map(|b| b.1).sum::<u64>(), 6_000_000_002);
        assert!(Sketch::default().quantile(0.5).is_none());
    }
}
