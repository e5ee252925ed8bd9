//! What depends on the difficulty of an episode (specification, section 3).

use serde::{Deserialize, Serialize};

use super::fault::FaultKind;

/// How hard an episode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difficulty {
    /// Three services, no decoy.
    Easy,
    /// Five services, one decoy.
    Medium,
    /// Seven services, three decoys.
    Hard,
}

impl Difficulty {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    /// Its name in scenarios and golden data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }

    /// The difficulty of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difficulty| difficulty.name() == name)
    }

    /// Services of a generic episode.
    #[must_use]
    pub const fn services(self) -> usize {
        match self {
            Self::Easy => 3,
            Self::Medium => 5,
            Self::Hard => 7,
        }
    }

    /// Red herrings of a generic episode.
    #[must_use]
    pub const fn red_herrings(self) -> usize {
        match self {
            Self::Easy => 0,
            Self::Medium => 1,
            Self::Hard => 3,
        }
    }

    /// Fault speed of a generic episode.
    #[must_use]
    pub const fn speed(self) -> f64 {
        match self {
            Self::Easy => 1.0,
            Self::Medium => 1.5,
            Self::Hard => 2.0,
        }
    }

    /// Kinds of faults of a generic episode, in the order of the draw.
    #[must_use]
    pub const fn fault_pool(self) -> &'static [FaultKind] {
        use FaultKind::{BadDeploy, ConfigDrift, MemoryLeak, NetworkPartition, Oom};
        match self {
            Self::Easy => &[Oom, BadDeploy],
            Self::Medium => &[Oom, BadDeploy, MemoryLeak, ConfigDrift],
            Self::Hard => &[Oom, MemoryLeak, ConfigDrift, NetworkPartition, BadDeploy],
        }
    }

    /// SLO budget at the start.
    #[must_use]
    pub const fn slo_budget(self) -> f64 {
        match self {
            Self::Easy => 30.0,
            Self::Medium => 60.0,
            Self::Hard => 120.0,
        }
    }

    /// SLO budget burned by a tick in which every service is bad.
    #[must_use]
    pub const fn slo_burn_rate(self) -> f64 {
        match self {
            Self::Easy => 1.5,
            Self::Medium => 2.0,
            Self::Hard => 3.0,
        }
    }

    /// Ticks after which an episode ends at the latest.
    #[must_use]
    pub const fn max_ticks(self) -> i64 {
        match self {
            Self::Easy => 20,
            Self::Medium => 30,
            Self::Hard => 40,
        }
    }

    /// Bad-customer-minutes that count as the worst \[min\]; for scoring only.
    #[must_use]
    pub const fn bcm_normaliser(self) -> f64 {
        match self {
            Self::Easy => 100.0,
            Self::Medium => 200.0,
            Self::Hard => 400.0,
        }
    }
}
