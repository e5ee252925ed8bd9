//! What is compared: every measure with its group, unit, words, and the side that is worse.

use serde::{Deserialize, Serialize};

use super::figure::Group;

/// What is measured. Each has a unit and a direction ([`Measure::unit`], [`Measure::worse`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The verdict.
    Verdict,
    /// How sure the first place is.
    Confidence,
    /// Share of the ensemble that puts the same service first.
    Agreement,
    /// Earliest onset, in simulated runs of one clock.
    FirstOnset,
    /// Time to detect.
    TimeToDetect,
    /// Time to mitigate.
    TimeToMitigate,
    /// Time to recover.
    TimeToRecover,
    /// Bad customer minutes.
    BadCustomerMinutes,
    /// Extra failed requests at the symptom.
    FailedRequests,
    /// Extra waiting at the symptom.
    Waiting,
    /// Services with an onset.
    BlastRadius,
    /// Services that can fail with the first suspect.
    Reachable,
    /// The smallest share of an error budget that is left.
    LowestBudget,
    /// Share left of one error budget. Subject: service, signal, objective.
    Budget,
    /// The set of affected services.
    AffectedServices,
    /// Onset of one service after the first one. Subject: service.
    Onset,
    /// The first suspect.
    FirstSuspect,
    /// Place of one suspect. Subject: service.
    Place,
    /// The first path.
    FirstPath,
    /// The set of paths.
    PathSet,
    /// Whether a path is told. Subject: its services.
    Path,
    /// Whether every hop of a path is confirmed. Subject: its services.
    PathConfirmed,
    /// Product of a path's attentions. Subject: its services.
    PathProbability,
    /// From the onset of a path's origin to that of its end. Subject: its services.
    PathDuration,
    /// Onset of one hop after the one before. Subject: the path's services.
    HopLag,
    /// Attention of one hop. Subject: the path's services.
    HopAttention,
    /// Whether a detector holds. Subject: its kind.
    Detector,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Requests.
    Requests,
    /// Services.
    Services,
    /// A share, 1 for all.
    Share,
    /// A place in a ranking, 1 for the first.
    Place,
    /// No number.
    None,
}

/// The side on which a number is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Higher is worse.
    High,
    /// Lower is worse.
    Low,
    /// Neither is.
    Neither,
}

impl Measure {
    /// What it is about.
    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::Verdict | Self::Confidence | Self::Agreement => Group::Outcome,
            Self::FirstOnset
            | Self::TimeToDetect
            | Self::TimeToMitigate
            | Self::TimeToRecover
            | Self::BadCustomerMinutes
            | Self::FailedRequests
            | Self::Waiting
            | Self::BlastRadius
            | Self::Reachable => Group::Impact,
            Self::LowestBudget | Self::Budget => Group::Objectives,
            Self::AffectedServices | Self::Onset => Group::Onsets,
            Self::FirstSuspect | Self::Place => Group::Ranking,
            Self::FirstPath
            | Self::PathSet
            | Self::Path
            | Self::PathConfirmed
            | Self::PathProbability
            | Self::PathDuration
            | Self::HopLag
            | Self::HopAttention => Group::Paths,
            Self::Detector => Group::Detectors,
        }
    }

    /// What its numbers count.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::FirstOnset
            | Self::TimeToDetect
            | Self::TimeToMitigate
            | Self::TimeToRecover
            | Self::Onset
            | Self::PathDuration
            | Self::HopLag => Unit::Ns,
            Self::Waiting => Unit::Seconds,
            Self::BadCustomerMinutes => Unit::Minutes,
            Self::FailedRequests => Unit::Requests,
            Self::BlastRadius | Self::Reachable => Unit::Services,
            Self::Agreement
            | Self::LowestBudget
            | Self::Budget
            | Self::AffectedServices
            | Self::PathSet
            | Self::PathProbability
            | Self::HopAttention => Unit::Share,
            Self::Place => Unit::Place,
            Self::Verdict
            | Self::Confidence
            | Self::FirstSuspect
            | Self::FirstPath
            | Self::Path
            | Self::PathConfirmed
            | Self::Detector => Unit::None,
        }
    }

    /// The side on which its numbers are worse.
    #[must_use]
    pub const fn worse(self) -> Worse {
        match self {
            Self::TimeToDetect
            | Self::TimeToMitigate
            | Self::TimeToRecover
            | Self::BadCustomerMinutes
            | Self::FailedRequests
            | Self::Waiting
            | Self::BlastRadius => Worse::High,
            Self::LowestBudget | Self::Budget => Worse::Low,
            _ => Worse::Neither,
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Confidence => "confidence",
            Self::Agreement => "agreement of the ensemble",
            Self::FirstOnset => "first onset",
            Self::TimeToDetect => "time to detect",
            Self::TimeToMitigate => "time to mitigate",
            Self::TimeToRecover => "time to recover",
            Self::BadCustomerMinutes => "bad customer minutes",
            Self::FailedRequests => "extra failed requests",
            Self::Waiting => "extra waiting",
            Self::BlastRadius => "blast radius",
            Self::Reachable => "reachable from the first suspect",
            Self::LowestBudget => "lowest error budget left",
            Self::Budget => "error budget left",
            Self::AffectedServices => "affected services",
            Self::Onset => "onset after the first",
            Self::FirstSuspect => "first suspect",
            Self::Place => "place",
            Self::FirstPath => "first path",
            Self::PathSet => "paths",
            Self::Path => "path",
            Self::PathConfirmed => "confirmed",
            Self::PathProbability => "probability",
            Self::PathDuration => "time from origin to end",
            Self::HopLag => "onset after the one before",
            Self::HopAttention => "explained by the one before",
            Self::Detector => "holds",
        }
    }

    /// Whether it is shown even where nothing changed.
    #[must_use]
    pub const fn is_headline(self) -> bool {
        matches!(
            self,
            Self::Verdict
                | Self::TimeToDetect
                | Self::TimeToMitigate
                | Self::TimeToRecover
                | Self::BadCustomerMinutes
                | Self::FailedRequests
                | Self::Waiting
                | Self::BlastRadius
                | Self::LowestBudget
                | Self::FirstSuspect
                | Self::FirstPath
        )
    }

    /// Whether it is there or not for members of a set that differs from run to run, so that how
    /// often a new member comes up is known from all of them.
    #[must_use]
    pub const fn is_membership(self) -> bool {
        matches!(self, Self::Onset | Self::Place | Self::Path)
    }

    /// Whether a run that does not have it can be compared with one that does.
    #[must_use]
    pub const fn needs_both(self) -> bool {
        matches!(
            self,
            Self::PathConfirmed
                | Self::PathProbability
                | Self::PathDuration
                | Self::HopLag
                | Self::HopAttention
                | Self::Budget
                | Self::Detector
        )
    }
}
