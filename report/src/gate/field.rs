//! What a gate can ask about: every field with its type, its unit and what it means.

use crate::verdict::Verdict;

/// Type of a field: which values and operators it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A count or a plain number.
    Number,
    /// A length of time: `300s`, `7min30s`, `3ticks`.
    Duration,
    /// A part of a whole: `0.9` or `90%`.
    Share,
    /// Text, as the log spells it.
    Text,
    /// Several names; a comparison holds if it holds for one of them.
    Names,
    /// A name of the list of verdicts.
    Verdict,
    /// `low`, `medium` or `high`, in this order.
    Level,
    /// True or false; stands for itself.
    Flag,
}

impl Kind {
    /// In words, for docs and messages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Duration => "duration",
            Self::Share => "share",
            Self::Text => "text",
            Self::Names => "names",
            Self::Verdict => "verdict",
            Self::Level => "level",
            Self::Flag => "yes or no",
        }
    }
}

/// A field of one run's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The run could not be read.
    Failed,
    /// What kind of failure it was.
    Verdict,
    /// The first suspect.
    RootCause,
    /// Every suspect told.
    Suspect,
    /// How sure the first place is.
    Confidence,
    /// Share of the ensemble that agrees.
    Agreement,
    /// Services with an onset.
    Affected,
    /// How many those are.
    BlastRadius,
    /// Their share of all observed services.
    BlastShare,
    /// Services that can fail with the first suspect.
    Reachable,
    /// Services observed.
    Observed,
    /// Worst status.
    Severity,
    /// Time to detect.
    Mttd,
    /// Time to mitigate.
    Mttm,
    /// Time to recover.
    Mttr,
    /// Somebody noticed.
    Detected,
    /// The impact ended.
    Mitigated,
    /// All is well again.
    Recovered,
    /// Bad customer minutes.
    BadCustomerMinutes,
    /// Extra failed requests.
    FailedRequests,
    /// Extra waiting.
    Waiting,
    /// Smallest budget left.
    SloBudget,
    /// Objectives whose budget is overspent.
    SlosMissed,
    /// Length of the record.
    Recorded,
    /// Name of the incident.
    Incident,
    /// The simulated world.
    World,
    /// The scenario.
    Scenario,
    /// Seed of the simulation.
    Seed,
    /// Name of the run's file.
    Run,
    /// Another first suspect than in the baseline.
    NewRootCause,
    /// Another verdict than in the baseline.
    NewVerdict,
    /// What the detector of this kind of failure says.
    Detector(Verdict),
}

impl Field {
    /// Every field, in the order of the docs.
    pub const ALL: [Self; 41] = [
        Self::Failed,
        Self::Verdict,
        Self::RootCause,
        Self::Suspect,
        Self::Confidence,
        Self::Agreement,
        Self::Affected,
        Self::BlastRadius,
        Self::BlastShare,
        Self::Reachable,
        Self::Observed,
        Self::Severity,
        Self::Mttd,
        Self::Mttm,
        Self::Mttr,
        Self::Detected,
        Self::Mitigated,
        Self::Recovered,
        Self::BadCustomerMinutes,
        Self::FailedRequests,
        Self::Waiting,
        Self::SloBudget,
        Self::SlosMissed,
        Self::Recorded,
        Self::Incident,
        Self::World,
        Self::Scenario,
        Self::Seed,
        Self::Run,
        Self::NewRootCause,
        Self::NewVerdict,
        Self::Detector(Verdict::LocalizedOverload),
        Self::Detector(Verdict::CapacityBottleneck),
        Self::Detector(Verdict::Cascade),
        Self::Detector(Verdict::MetastableLoop),
        Self::Detector(Verdict::RetryStorm),
        Self::Detector(Verdict::CongestionCollapse),
        Self::Detector(Verdict::Partition),
        Self::Detector(Verdict::ResourceExhaustion),
        Self::Detector(Verdict::CoordinationBreakdown),
        Self::Detector(Verdict::SeveralIncidents),
    ];

    /// The field of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Its name in expressions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Verdict => "verdict",
            Self::RootCause => "root_cause",
            Self::Suspect => "suspect",
            Self::Confidence => "confidence",
            Self::Agreement => "agreement",
            Self::Affected => "affected",
            Self::BlastRadius => "blast_radius",
            Self::BlastShare => "blast_share",
            Self::Reachable => "reachable",
            Self::Observed => "observed",
            Self::Severity => "severity",
            Self::Mttd => "mttd",
            Self::Mttm => "mttm",
            Self::Mttr => "mttr",
            Self::Detected => "detected",
            Self::Mitigated => "mitigated",
            Self::Recovered => "recovered",
            Self::BadCustomerMinutes => "bad_customer_minutes",
            Self::FailedRequests => "failed_requests",
            Self::Waiting => "waiting",
            Self::SloBudget => "slo_budget",
            Self::SlosMissed => "slos_missed",
            Self::Recorded => "recorded",
            Self::Incident => "incident",
            Self::World => "world",
            Self::Scenario => "scenario",
            Self::Seed => "seed",
            Self::Run => "run",
            Self::NewRootCause => "new_root_cause",
            Self::NewVerdict => "new_verdict",
            Self::Detector(kind) => kind.id(),
        }
    }

    /// Its type.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Failed
            | Self::Detected
            | Self::Mitigated
            | Self::Recovered
            | Self::NewRootCause
            | Self::NewVerdict
            | Self::Detector(_) => Kind::Flag,
            Self::Verdict => Kind::Verdict,
            Self::Confidence => Kind::Level,
            Self::Agreement | Self::BlastShare | Self::SloBudget => Kind::Share,
            Self::Mttd | Self::Mttm | Self::Mttr | Self::Waiting | Self::Recorded => Kind::Duration,
            Self::Suspect | Self::Affected => Kind::Names,
            Self::RootCause | Self::Incident | Self::World | Self::Scenario | Self::Run => Kind::Text,
            Self::BlastRadius
            | Self::Reachable
            | Self::Observed
            | Self::Severity
            | Self::BadCustomerMinutes
            | Self::FailedRequests
            | Self::SlosMissed
            | Self::Seed => Kind::Number,
        }
    }

    /// Its unit; a dash where it has none.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Agreement | Self::BlastShare => "0..1",
            Self::SloBudget => "..1",
            Self::Mttd | Self::Mttm | Self::Mttr | Self::Waiting | Self::Recorded => "time or ticks",
            Self::BlastRadius | Self::Reachable | Self::Observed => "services",
            Self::Severity => "0..3",
            Self::BadCustomerMinutes => "min",
            Self::FailedRequests => "requests",
            Self::SlosMissed => "objectives",
            _ => "–",
        }
    }

    /// What it means, in a sentence without a full stop.
    #[must_use]
    pub const fn doc(self) -> &'static str {
        match self {
            Self::Failed => "the run could not be read or analysed",
            Self::Verdict => "what kind of failure it was",
            Self::RootCause => "the first suspect",
            Self::Suspect => "the suspects that the report tells in full (`--top`)",
            Self::Confidence => "how sure the first place is: low, medium or high",
            Self::Agreement => "share of the ensemble that puts the same service first",
            Self::Affected => "services with an onset",
            Self::BlastRadius => "number of services with an onset",
            Self::BlastShare => "that number by the number of observed services",
            Self::Reachable => "services that can fail with the first suspect, itself not counted",
            Self::Observed => "services that were observed",
            Self::Severity => "worst status of an affected service: 0 well, 1 warning, 2 critical, 3 down",
            Self::Mttd => "time to detect: from onset to the first alert or critical status",
            Self::Mttm => "time to mitigate: from onset to the end of the impact",
            Self::Mttr => "time to recover: from onset until the last affected service is well",
            Self::Detected => "an alert or a critical status followed the onset",
            Self::Mitigated => "the impact ended within the record",
            Self::Recovered => "every affected service was well again within the record",
            Self::BadCustomerMinutes => {
                "minutes that affected services failed customers: errors in full, slowness in part"
            },
            Self::FailedRequests => "extra failed requests at the symptom",
            Self::Waiting => "extra waiting at the symptom, all requests together",
            Self::SloBudget => "smallest share of an error budget that is left; negative if overspent",
            Self::SlosMissed => "objectives whose error budget is overspent",
            Self::Recorded => "from the first to the last instant recorded",
            Self::Incident => "name of the incident; empty if none was declared",
            Self::World => "the simulated world; empty for telemetry",
            Self::Scenario => "the scenario; empty for telemetry",
            Self::Seed => "seed of the simulation",
            Self::Run => "file or folder name of the run",
            Self::NewRootCause => "the first suspect is another one than in the baseline",
            Self::NewVerdict => "a failure of another kind than in the baseline, or one where it had none",
            Self::Detector(Verdict::LocalizedOverload) => "one service failed and nobody followed",
            Self::Detector(Verdict::CapacityBottleneck) => "one slow service made its callers wait",
            Self::Detector(Verdict::Cascade) => "failure travelled along dependencies",
            Self::Detector(Verdict::MetastableLoop) => "the failure outlived its trigger",
            Self::Detector(Verdict::RetryStorm) => "retries multiplied the load",
            Self::Detector(Verdict::CongestionCollapse) => "more load, less work done",
            Self::Detector(Verdict::Partition) => "parts could not reach each other",
            Self::Detector(Verdict::ResourceExhaustion) => "something finite ran out",
            Self::Detector(Verdict::CoordinationBreakdown) => "those who should have acted together did not",
            Self::Detector(Verdict::SeveralIncidents) => "more than one thing failed for itself",
            Self::Detector(Verdict::NoIncident) => "nothing deviates",
        }
    }

    /// Whether it compares with a reference run.
    #[must_use]
    pub const fn needs_baseline(self) -> bool {
        matches!(self, Self::NewRootCause | Self::NewVerdict)
    }

    /// Which way is worse, for `worse(...)`; `None` for fields that have no better and worse.
    #[must_use]
    pub const fn worse_is(self) -> Option<Worse> {
        match self {
            Self::BlastRadius
            | Self::BlastShare
            | Self::Reachable
            | Self::Severity
            | Self::Mttd
            | Self::Mttm
            | Self::Mttr
            | Self::BadCustomerMinutes
            | Self::FailedRequests
            | Self::Waiting
            | Self::SlosMissed => Some(Worse::More),
            Self::SloBudget => Some(Worse::Less),
            _ => None,
        }
    }
}

/// Which way is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// A larger value.
    More,
    /// A smaller value.
    Less,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (i, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(Field::find(field.name()), Some(field), "{}", field.name());
            assert!(Field::ALL[..i].iter().all(|f| f.name() != field.name()));
            assert!(!field.doc().is_empty() && !field.doc().ends_with('.'));
        }
    }

    #[test]
    fn every_verdict_but_the_empty_one_has_its_detector() {
        for verdict in Verdict::ALL {
            assert_eq!(Field::find(verdict.id()).is_some(), verdict != Verdict::NoIncident);
        }
    }
}
