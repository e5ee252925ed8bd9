//! What clusters and coordinators report, and the signals that show it (specification, section 10).

use super::interval::Interval;
use super::log::Signals;
use super::statistics::{mean, p95_exclusive};

/// What a cluster reports. Reals are `None` if it has no active agent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClusterSummary {
    pub(crate) agents: u32,
    pub(crate) active: u32,
    pub(crate) mean: Option<f64>,
    pub(crate) p95: Option<f64>,
    /// Highest score and who has it.
    pub(crate) slowest: Option<(f64, u32)>,
    /// Lowest score and who has it.
    pub(crate) fastest: Option<(f64, u32)>,
    /// Mean queue of all its agents.
    pub(crate) queue: f64,
}

/// What a coordinator reports, or all of them together.
#[derive(Clone, Debug, Default)]
pub(crate) struct SectorSummary {
    pub(crate) agents: u32,
    pub(crate) active: u32,
    pub(crate) clusters: u32,
    pub(crate) means: Vec<f64>,
    pub(crate) p95s: Vec<f64>,
    slowest: Option<f64>,
    fastest: Option<f64>,
    queue_sum: f64,
    pub(crate) healthiest: Option<(f64, u32)>,
    pub(crate) sickest: Option<(f64, u32)>,
}

impl SectorSummary {
    pub(crate) fn take(&mut self, summary: &ClusterSummary, cluster: u32) {
        self.agents += summary.agents;
        self.active += summary.active;
        self.clusters += 1;
        self.queue_sum += summary.queue * f64::from(summary.agents);
        self.means.extend(summary.mean);
        self.p95s.extend(summary.p95);
        self.slowest = higher(self.slowest, summary.slowest.map(|(score, _)| score));
        self.fastest = lower(self.fastest, summary.fastest.map(|(score, _)| score));
        // An empty cluster is the sickest there can be; ties go to the lowest number.
        let mean = summary.mean.unwrap_or(f64::INFINITY);
        if self.healthiest.is_none_or(|(best, _)| mean < best) {
            self.healthiest = Some((mean, cluster));
        }
        if self.sickest.is_none_or(|(worst, _)| mean > worst) {
            self.sickest = Some((mean, cluster));
        }
    }

    pub(crate) fn add(&mut self, sector: &Self) {
        self.agents += sector.agents;
        self.active += sector.active;
        self.clusters += sector.clusters;
        self.queue_sum += sector.queue_sum;
        self.means.extend(&sector.means);
        self.p95s.extend(&sector.p95s);
        self.slowest = higher(self.slowest, sector.slowest);
        self.fastest = lower(self.fastest, sector.fastest);
    }

    pub(crate) fn signals(&self, interval: &Interval, load: Option<f64>) -> Signals {
        let mut p95s = self.p95s.clone();
        p95s.sort_by(f64::total_cmp);
        let summary = ClusterSummary {
            agents: self.agents,
            active: self.active,
            mean: mean(&self.means),
            p95: p95_exclusive(&p95s),
            slowest: self.slowest.map(|score| (score, 0)),
            fastest: self.fastest.map(|score| (score, 0)),
            queue: self.queue_sum / f64::from(self.agents),
        };
        let mut signals = signals(&summary, interval);
        signals[LOAD] = load;
        signals
    }
}

fn higher(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    [a, b].into_iter().flatten().max_by(f64::total_cmp)
}

fn lower(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    [a, b].into_iter().flatten().min_by(f64::total_cmp)
}

/// Position of `load` among the signals.
const LOAD: usize = 6;

/// The values of a state row, in the order of the signals.
pub(crate) fn signals(summary: &ClusterSummary, interval: &Interval) -> Signals {
    let sent = interval.sent > 0;
    [
        Some(f64::from(summary.active) / f64::from(summary.agents)),
        summary.mean,
        summary.p95,
        summary.slowest.map(|(score, _)| score),
        summary.fastest.map(|(score, _)| score),
        Some(summary.queue),
        None,
        sent.then(|| f64::from(interval.sent)),
        sent.then(|| f64::from(interval.failed)),
        interval.error_rate(),
        interval.conflict_rate(),
        interval.coverage(),
        Some(f64::from(interval.failures)),
    ]
}
