//! Typical times (geometric means) of something, in normal windows and in the incident.
//!
//! Times of spans spread over orders of magnitude, so their geometric mean is what is typical;
//! it is also a sum of logarithms, which pools windows exactly.

use std::collections::BTreeMap;

use super::quiet::Split;
use crate::constants::Constants;
use crate::heads::calibration::{median, quantile};

/// Count and sum of logarithms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pool {
    pub(super) count: f64,
    pub(super) ln: f64,
}

impl Pool {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.ln += other.ln;
    }

    fn typical(self) -> f64 {
        if self.count > 0.0 { libm::exp(self.ln / self.count) } else { 0.0 }
    }
}

/// A thing's windows, and what is normal for it.
#[derive(Clone, Debug)]
pub(super) struct Typical {
    windows: BTreeMap<u32, Pool>,
    /// What is typical in normal time \[s\].
    pub(super) base: f64,
    scale: f64,
    normal_windows: usize,
    shrink_n: f64,
}

/// Normal windows with fewer occurrences do not say what is typical, if others do.
const LEAST_COUNT: f64 = 3.0;

impl Typical {
    /// `None` without normal windows.
    pub(super) fn new(windows: BTreeMap<u32, Pool>, split: &Split, c: &Constants) -> Option<Self> {
        let normal: Vec<Pool> =
            windows.iter().filter(|(w, _)| split.is_normal(**w)).map(|(_, p)| *p).collect();
        let enough: Vec<f64> =
            normal.iter().filter(|p| p.count >= LEAST_COUNT).map(|p| p.typical()).collect();
        let base = if enough.is_empty() {
            let mut all = Pool::default();
            normal.iter().for_each(|p| all.add(*p));
            (all.count > 0.0).then(|| all.typical())?
        } else {
            median(&enough)
        };
        let mut typical =
            Self { windows, base, scale: 1.0, normal_windows: normal.len(), shrink_n: c.shrink_n };
        let mut deviations: Vec<f64> =
            normal.iter().map(|p| (p.typical() - base).max(0.0) * p.count / (p.count + c.shrink_n)).collect();
        deviations.sort_by(f64::total_cmp);
        let second = deviations.len().checked_sub(2).map_or(0.0, |i| deviations[i]);
        typical.scale = (c.latency_floor_share * base)
            .max(c.latency_floor_s)
            .max(quantile(&deviations, c.tail_quantile) / c.tail_normal)
            .max(second / c.second_largest);
        Some(typical)
    }

    /// All windows of the incident together.
    pub(super) fn incident(&self, split: &Split) -> Pool {
        let mut all = Pool::default();
        self.windows.iter().filter(|(w, _)| split.is_incident(**w)).for_each(|(_, p)| all.add(*p));
        all
    }

    /// One window.
    pub(super) fn at(&self, window: u32) -> Option<Pool> {
        self.windows.get(&window).copied()
    }

    /// Deviation in scales, shrunk where there are few occurrences or few normal windows.
    pub(super) fn z(&self, pool: Pool) -> f64 {
        let n = self.normal_windows as f64;
        let trust = pool.count / (pool.count + self.shrink_n) * n / (n + self.shrink_n);
        if pool.count > 0.0 { (pool.typical() - self.base).max(0.0) / self.scale * trust } else { 0.0 }
    }

    /// Extra seconds of all occurrences together.
    pub(super) fn excess_s(&self, pool: Pool) -> f64 {
        pool.count * (pool.typical() - self.base).max(0.0)
    }

    /// What is typical of these occurrences \[s\].
    pub(super) fn observed(pool: Pool) -> f64 {
        pool.typical()
    }

    /// Number of normal windows with data.
    pub(super) const fn normal_windows(&self) -> usize {
        self.normal_windows
    }
}

/// How much of a statistic normal windows show by chance: at least 1.
///
/// A service of which many things are measured deviates in one of them all the time; its
/// statistic is divided by what it reaches in normal windows.
pub(super) fn chance(normal: &[f64], c: &Constants) -> f64 {
    let mut sorted = normal.to_vec();
    sorted.sort_by(f64::total_cmp);
    let second = sorted.len().checked_sub(2).map_or(0.0, |i| sorted[i]);
    (quantile(&sorted, c.tail_quantile) / c.tail_normal).max(second / c.second_largest).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(count: f64, seconds: f64) -> Pool {
        Pool { count, ln: count * seconds.ln() }
    }

    #[test]
    fn splitting_a_window_changes_nothing() {
        let mut whole = pool(10.0, 0.2);
        whole.add(pool(30.0, 0.05));
        let mut parts = pool(10.0, 0.2);
        parts.add(pool(12.0, 0.05));
        parts.add(pool(18.0, 0.05));
        assert!((whole.typical() - parts.typical()).abs() < 1e-12);
    }

    #[test]
    fn few_occurrences_are_trusted_less() {
        let c = Constants::default();
        let typical = Typical {
            windows: BTreeMap::new(),
            base: 0.1,
            scale: 0.01,
            normal_windows: 1_000,
            shrink_n: c.shrink_n,
        };
        assert!(typical.z(pool(2.0, 0.2)) < typical.z(pool(200.0, 0.2)));
        assert_eq!(typical.z(Pool::default()), 0.0);
        assert!((typical.excess_s(pool(5.0, 0.3)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn chance_is_at_least_one_and_takes_one_stray_window() {
        let c = Constants::default();
        assert_eq!(chance(&[], &c), 1.0);
        let mut normal = vec![0.5; 50];
        normal[3] = 100.0;
        assert_eq!(chance(&normal, &c), 1.0);
        normal[4] = 100.0;
        assert_eq!(chance(&normal, &c), 40.0);
    }
}
