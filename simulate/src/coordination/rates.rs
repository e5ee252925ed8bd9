//! Messages per second of a mesh (specification, section 13).

use std::fmt;

use super::heartbeat::PERIOD_US;
use super::log::Real;

/// Messages that a mesh of 30,000 agents is designed for \[1/s\].
pub(crate) const CAPACITY: f64 = 100_000.0;
/// Messages to and from each agent in one cascade.
const PER_CASCADE: f64 = 3.0;
/// Time in which a cascade's messages are sent \[s\].
const CASCADE_S: f64 = 5.0;

/// Sizes of a mesh and how often its parts speak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MessageRates {
    pub(crate) agents: f64,
    pub(crate) clusters: f64,
    pub(crate) sectors: f64,
    /// Between two beats, and two summaries of one cluster or sector \[s\].
    pub(crate) heartbeat_s: f64,
    /// Within one cluster \[1/s\].
    pub(crate) intra_cluster: f64,
    /// Between the clusters of one sector \[1/s\].
    pub(crate) inter_cluster: f64,
    /// To everybody \[1/s\].
    pub(crate) broadcast: f64,
}

impl MessageRates {
    /// A mesh of that size with the specified habits.
    pub(crate) fn specified(agents: u32, clusters: u32, sectors: u32) -> Self {
        Self {
            agents: agents.into(),
            clusters: clusters.into(),
            sectors: sectors.into(),
            heartbeat_s: (PERIOD_US / 1_000_000) as f64,
            intra_cluster: 10.0,
            inter_cluster: 1.0,
            broadcast: 0.1,
        }
    }

    /// Heartbeats \[1/s\].
    pub(crate) const fn heartbeats(&self) -> f64 {
        self.agents / self.heartbeat_s
    }

    /// Summaries of clusters \[1/s\].
    pub(crate) const fn cluster_summaries(&self) -> f64 {
        self.clusters / self.heartbeat_s
    }

    /// Summaries of sectors \[1/s\].
    pub(crate) const fn sector_summaries(&self) -> f64 {
        self.sectors / self.heartbeat_s
    }

    /// Messages within clusters \[1/s\].
    pub(crate) const fn intra_total(&self) -> f64 {
        self.intra_cluster * self.clusters
    }

    /// Messages between clusters \[1/s\].
    pub(crate) const fn inter_total(&self) -> f64 {
        self.inter_cluster * self.sectors
    }

    /// All of them while nothing happens \[1/s\]; a broadcast counts once.
    pub(crate) const fn baseline(&self) -> f64 {
        self.heartbeats()
            + self.cluster_summaries()
            + self.sector_summaries()
            + self.intra_total()
            + self.inter_total()
            + self.broadcast
    }

    /// Messages of one cascade beside the baseline \[1/s\].
    pub(crate) const fn peak(&self) -> f64 {
        PER_CASCADE * self.agents / CASCADE_S
    }

    /// How many times the peak the design capacity is.
    pub(crate) const fn headroom(&self) -> f64 {
        CAPACITY / self.peak()
    }
}

/// The table of the RUN row, as a JSON object.
impl fmt::Display for MessageRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{{\"heartbeats\":{},\"cluster_summaries\":{},\"sector_summaries\":{},\"intra_cluster\":{},\"inter_cluster\":{},\"broadcasts\":{},\"peak_of_a_cascade\":{}}}",
            Real(self.heartbeats()),
            Real(self.cluster_summaries()),
            Real(self.sector_summaries()),
            Real(self.intra_total()),
            Real(self.inter_total()),
            Real(self.broadcast),
            Real(self.peak()),
        )
    }
}
