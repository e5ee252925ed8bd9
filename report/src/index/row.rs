//! One line of the index.

use serde::Serialize;

use super::Entry;
use crate::findings::Findings;
use crate::text::{Text, number};
use crate::time::Clock;

/// A figure as people read it, and as a table is sorted by.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// For people; empty where nothing is known.
    pub text: String,
    /// For sorting; `None` where nothing is known.
    pub key: Option<f64>,
}

impl Cell {
    /// A count or measure.
    fn number(value: Option<f64>) -> Self {
        Self { text: value.map_or_else(String::new, number), key: value }
    }

    /// A duration in the run's own unit.
    fn span(clock: &Clock, ns: Option<i64>) -> Self {
        Self { text: ns.map_or_else(String::new, |ns| clock.span(ns)), key: ns.map(|ns| ns as f64) }
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// 1-based place in the batch.
    pub place: usize,
    /// Its name.
    pub run: Text,
    /// Links to its reports: format and path.
    pub reports: Vec<Link>,
    /// The verdict in words, or `failed`.
    pub verdict: &'static str,
    /// The first suspect; empty if there is none.
    pub cause: Text,
    /// How sure the first place is.
    pub confidence: &'static str,
    /// Services out of band.
    pub blast_radius: Cell,
    /// Bad customer minutes.
    pub impact: Cell,
    /// Least share of an error budget that is left, in per cent.
    pub budget: Cell,
    /// Time to detect.
    pub mttd: Cell,
    /// Time to mitigate.
    pub mttm: Cell,
    /// Time to recover.
    pub mttr: Cell,
    /// Whether an incident was found whose end the log does not show.
    pub unrecovered: bool,
    /// Gates that tripped.
    pub tripped: Vec<Text>,
    /// Why the run could not be read.
    pub error: Option<Text>,
}

/// A link to a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its format.
    pub format: &'static str,
    /// Where it is, relative to the index.
    pub path: String,
}

impl Row {
    /// The line of a run; its place is filled by the index.
    #[must_use]
    pub fn new(entry: &Entry<'_>) -> Self {
        let reports =
            entry.reports.iter().map(|(format, path)| Link { format, path: path.clone() }).collect();
        let blank = Self {
            place: 0,
            run: Text::untrusted(&entry.name),
            reports,
            verdict: "failed",
            cause: Text::new(),
            confidence: "",
            blast_radius: Cell::default(),
            impact: Cell::default(),
            budget: Cell::default(),
            mttd: Cell::default(),
            mttm: Cell::default(),
            mttr: Cell::default(),
            unrecovered: false,
            tripped: entry.tripped.iter().map(|t| Text::untrusted(t)).collect(),
            error: None,
        };
        match entry.outcome {
            Err(why) => Self { reports: Vec::new(), error: Some(Text::untrusted(why)), ..blank },
            Ok(findings) => blank.of(findings),
        }
    }

    fn of(self, findings: &Findings) -> Self {
        let clock = Clock::new(&findings.time);
        let impact = &findings.impact;
        let found = impact.onset_ns.is_some();
        Self {
            verdict: findings.verdict.words(),
            cause: findings.root_cause().map_or_else(Text::new, |c| Text::untrusted(&c.service)),
            confidence: findings.confidence.map_or("", crate::verdict::Level::words),
            blast_radius: Cell::number(Some(findings.affected as f64)),
            impact: Cell::number(impact.bad_customer_minutes),
            budget: Cell::number(findings.slo_budget().map(|b| b * 100.0)),
            mttd: Cell::span(&clock, impact.mttd_ns),
            mttm: Cell::span(&clock, impact.mttm_ns),
            mttr: Cell::span(&clock, impact.mttr_ns),
            unrecovered: found && impact.mttr_ns.is_none(),
            ..self
        }
    }
}
