//! What one analysis found, as figures for machines: gates, comparisons, indexes and other
//! programs read this. Part of the report's JSON under `findings`.
//!
//! Names are as the log spells them, untrusted; renderers escape them. Times are nanoseconds since
//! the run's origin, durations nanoseconds; `null` where the log does not tell or it did not happen.

use serde::{Deserialize, Serialize};

use crate::cite::Cite;
use crate::model::Provenance;
use crate::time::TimeScale;
use crate::verdict::{Level, Verdict};

/// Version of the JSON form.
pub const FINDINGS_SCHEMA: &str = "infra-findings/1";

/// What one analysis found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The version of this form: [`FINDINGS_SCHEMA`].
    pub schema: String,
    /// Name of the incident; empty if none was declared.
    pub incident: String,
    /// The simulated world; empty for telemetry.
    pub world: String,
    /// The scenario; empty for telemetry.
    pub scenario: String,
    /// Seed of the simulation, if there was one.
    pub run_seed: Option<u64>,
    /// What times mean.
    pub time: TimeScale,
    /// First and last instant recorded.
    pub recorded_ns: Option<(i64, i64)>,
    /// What kind of failure it was.
    pub verdict: Verdict,
    /// How sure the first place is.
    pub confidence: Option<Level>,
    /// Share of the ensemble that puts the same service first, 0..1.
    pub agreement: Option<f64>,
    /// Suspects, best first: the ones told in full.
    pub causes: Vec<CauseFinding>,
    /// Paths, in the order of their origins' rank.
    pub paths: Vec<PathFinding>,
    /// Blast radius: services with an onset.
    pub affected: usize,
    /// Affected services, earliest onset first, ties by name: all of them in a report, the first
    /// twenty in the JSON of a batch.
    pub onsets: Vec<OnsetFinding>,
    /// Services that can fail with the first suspect, against the direction of dependency; itself
    /// not counted. `None` without a suspect.
    pub reachable: Option<usize>,
    /// Services that were observed.
    pub observed: usize,
    /// What it cost.
    pub impact: ImpactFindings,
    /// Service-level objectives, in the order of services.
    pub slos: Vec<SloFinding>,
    /// What each detector saw.
    pub detectors: Vec<DetectorFinding>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Findings {
    /// Blast radius: services with an onset.
    #[must_use]
    pub const fn blast_radius(&self) -> usize {
        self.affected
    }

    /// The first suspect.
    #[must_use]
    pub fn root_cause(&self) -> Option<&CauseFinding> {
        self.causes.first()
    }

    /// The smallest share of an error budget that is left; negative if one is overspent.
    #[must_use]
    pub fn slo_budget(&self) -> Option<f64> {
        self.slos.iter().map(|s| s.budget).min_by(f64::total_cmp)
    }
}

/// One suspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseFinding {
    /// 1-based.
    pub rank: usize,
    /// Its name.
    pub service: String,
    /// Score; comparable within one analysis only.
    pub score: f64,
    /// Best and worst rank over the ensemble.
    pub rank_interval: (usize, usize),
    /// Rows that its evidence rests on.
    pub cites: Vec<Cite>,
}

/// One path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathFinding {
    /// Whether every hop is confirmed by onsets in order.
    pub confirmed: bool,
    /// Product of attentions.
    pub probability: f64,
    /// Services, origin first.
    pub hops: Vec<HopFinding>,
}

/// One service on a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HopFinding {
    /// Its name.
    pub service: String,
    /// When it left its band.
    pub onset_ns: Option<i64>,
    /// How much of its distress the one before explains, 0..1; none at the origin.
    pub attention: Option<f64>,
    /// How clearly it deviates, 0..1.
    pub deviation: f64,
    /// Rows.
    pub cite: Option<Cite>,
}

/// An affected service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnsetFinding {
    /// Its name.
    pub service: String,
    /// When it left its band.
    pub time_ns: i64,
    /// How much later it may have been.
    pub within_ns: i64,
    /// Which kind of evidence saw it.
    pub head: String,
    /// The row that shows it.
    pub cite: Cite,
    /// Worst status seen, 0 well .. 3 down.
    pub worst_severity: Option<i64>,
}

/// What it cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImpactFindings {
    /// Earliest onset.
    pub onset_ns: Option<i64>,
    /// First alert, or first critical status.
    pub detected_ns: Option<i64>,
    /// First of two windows without impact that follow impact.
    pub mitigated_ns: Option<i64>,
    /// Return to well of the last affected service.
    pub recovered_ns: Option<i64>,
    /// Time to detect.
    pub mttd_ns: Option<i64>,
    /// Time to mitigate.
    pub mttm_ns: Option<i64>,
    /// Time to recover.
    pub mttr_ns: Option<i64>,
    /// Bad customer minutes \[min\].
    pub bad_customer_minutes: Option<f64>,
    /// Extra failed requests at the symptom.
    pub failed_requests: Option<f64>,
    /// Extra waiting at the symptom \[s\].
    pub waiting_s: Option<f64>,
}

/// One objective of one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SloFinding {
    /// Its name.
    pub service: String,
    /// What it is about.
    pub signal: String,
    /// The bound.
    pub objective: f64,
    /// What was measured: the mean of a share, or the share of windows beyond the bound.
    pub measured: f64,
    /// Share of the error budget that is left, negative if it is overspent.
    pub budget: f64,
}

/// What a detector saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectorFinding {
    /// The kind it speaks about.
    pub kind: Verdict,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or why not.
    pub why: String,
    /// Rows that show it.
    pub cites: Vec<Cite>,
}
