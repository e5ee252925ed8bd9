//! The closed lists: what kind of failure it was, and how sure a ranking is.

use serde::{Deserialize, Serialize};

/// What kind of failure it was: the one enumeration of verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing deviates.
    NoIncident,
    /// One service failed and nobody followed.
    LocalizedOverload,
    /// One slow service made its callers wait.
    CapacityBottleneck,
    /// Failure travelled along dependencies.
    Cascade,
    /// The failure sustained itself after its trigger had gone.
    MetastableLoop,
    /// Retries multiplied the load.
    RetryStorm,
    /// More load, less work done.
    CongestionCollapse,
    /// Parts could not reach each other.
    Partition,
    /// Something finite ran out.
    ResourceExhaustion,
    /// Those who should have acted together did not.
    CoordinationBreakdown,
    /// More than one thing failed for itself.
    SeveralIncidents,
}

impl Verdict {
    /// Every verdict, in the order of the enumeration.
    pub const ALL: [Self; 11] = [
        Self::NoIncident,
        Self::LocalizedOverload,
        Self::CapacityBottleneck,
        Self::Cascade,
        Self::MetastableLoop,
        Self::RetryStorm,
        Self::CongestionCollapse,
        Self::Partition,
        Self::ResourceExhaustion,
        Self::CoordinationBreakdown,
        Self::SeveralIncidents,
    ];

    /// The verdict's name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoIncident => "no_incident",
            Self::LocalizedOverload => "localized_overload",
            Self::CapacityBottleneck => "capacity_bottleneck",
            Self::Cascade => "cascade",
            Self::MetastableLoop => "metastable_loop",
            Self::RetryStorm => "retry_storm",
            Self::CongestionCollapse => "congestion_collapse",
            Self::Partition => "partition",
            Self::ResourceExhaustion => "resource_exhaustion",
            Self::CoordinationBreakdown => "coordination_breakdown",
            Self::SeveralIncidents => "several_incidents",
        }
    }

    /// The verdict in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoIncident => "no incident",
            Self::LocalizedOverload => "localized overload",
            Self::CapacityBottleneck => "capacity bottleneck",
            Self::Cascade => "cascade",
            Self::MetastableLoop => "metastable loop",
            Self::RetryStorm => "retry storm",
            Self::CongestionCollapse => "congestion collapse",
            Self::Partition => "partition",
            Self::ResourceExhaustion => "resource exhaustion",
            Self::CoordinationBreakdown => "coordination breakdown",
            Self::SeveralIncidents => "several incidents",
        }
    }
}

/// How sure a ranking is of its first place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nearly all ensemble members agree.
    High,
    /// Most do.
    Medium,
    /// They do not: look at the first three side by side.
    Low,
}

impl Level {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdicts_name_in_files_is_the_one_that_serde_writes() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.id());
        }
    }
}
