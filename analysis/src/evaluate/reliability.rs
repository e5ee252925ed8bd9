//! Whether confidence means what it says.

use serde::Serialize;

use super::rankings::Method;
use super::score::Judged;
use super::wilson::Share;
use crate::ranking::confidence::Level;

/// Bins of agreement, of equal width.
const BINS: usize = 10;

/// Confidence held against what was right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// By level, most confident first.
    pub levels: Vec<LevelRow>,
    /// Cases for which no incident was found, and cases that failed: no confidence was given.
    pub without: usize,
    /// By agreement; bins without cases are left out.
    pub bins: Vec<Bin>,
    /// Expected calibration error over the bins, 0..1: the mean distance between agreement and
    /// the share that was right, weighted by cases.
    pub calibration_error: f64,
}

/// One level of confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelRow {
    /// The level.
    pub level: Level,
    /// Share of all cases that have it.
    pub of_all: Share,
    /// Share of these whose first place is right.
    pub right: Share,
}

/// Cases of similar agreement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end of the agreements, inclusive.
    pub from: f64,
    /// Upper end, exclusive but for the last bin.
    pub to: f64,
    /// Mean agreement of the cases.
    pub agreement: f64,
    /// Share of them whose first place is right.
    pub right: Share,
}

/// Tables of confidence over some cases.
#[must_use]
pub fn reliability(cases: &[Judged<'_>]) -> Reliability {
    let told: Vec<(Level, f64, bool)> = cases
        .iter()
        .filter_map(|c| {
            let (level, agreement) = c.answer()?.confidence?;
            Some((level, agreement, c.rank(Method::Full) == Some(1)))
        })
        .collect();
    let levels = [Level::High, Level::Medium, Level::Low].map(|level| {
        let of: Vec<_> = told.iter().filter(|t| t.0 == level).collect();
        let right = of.iter().filter(|t| t.2).count();
        LevelRow { level, of_all: Share::new(of.len(), cases.len()), right: Share::new(right, of.len()) }
    });
    let mut bins = Vec::new();
    let mut error = 0.0;
    for bin in 0..BINS {
        // 1 belongs to the last bin.
        let mine = |a: f64| ((a * BINS as f64) as usize).min(BINS - 1) == bin;
        let of: Vec<_> = told.iter().filter(|t| mine(t.1)).collect();
        if of.is_empty() {
            continue;
        }
        let agreement = of.iter().map(|t| t.1).sum::<f64>() / of.len() as f64;
        let right = Share::new(of.iter().filter(|t| t.2).count(), of.len());
        error += (agreement - right.share).abs() * of.len() as f64 / told.len() as f64;
        let edge = |k: usize| k as f64 / BINS as f64;
        bins.push(Bin { from: edge(bin), to: edge(bin + 1), agreement, right });
    }
    Reliability { levels: levels.into(), without: cases.len() - told.len(), bins, calibration_error: error }
}
