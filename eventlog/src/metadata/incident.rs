//! Labelled stretches of time: periods and incidents.

use serde::{Deserialize, Serialize};

/// A labelled stretch of time, end exclusive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// What it is.
    pub kind: PeriodKind,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
    /// For an excluded period around something known: the part before this instant still shows
    /// the system as it was. Coarse measurements leave it out; spans and log lines, whose times
    /// are exact, count it as normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_end_ns: Option<i64>,
    /// Which of several systems or settings recorded in one run it belongs to: an incident is
    /// held against normal time of its own scope, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// What a period holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// All was well.
    Normal,
    /// Something was wrong.
    Incident,
    /// Not to be used.
    Excluded,
    /// The system was still starting.
    Warmup,
}

/// A known incident, end exclusive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Name to pick it by (`--incident`).
    pub id: String,
    /// First nanosecond that belongs to it.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
    /// Rows of the window before this instant show the system just before the incident, not the
    /// incident itself; null: the whole window is the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_end_ns: Option<i64>,
    /// As [`Period::scope`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What was noticed.
    #[serde(default)]
    pub symptom: Option<Symptom>,
}

/// What was noticed, where and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Symptom {
    /// The service that violated its objective.
    pub service: String,
    /// The signal that did.
    #[serde(default)]
    pub signal: Option<String>,
    /// The statistic that did.
    #[serde(default)]
    pub statistic: Option<String>,
    /// When it was noticed.
    #[serde(default)]
    pub time_ns: Option<i64>,
}
