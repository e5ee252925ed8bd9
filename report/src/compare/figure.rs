//! One figure of a run, and which way its changes go.

use serde::{Deserialize, Serialize};

use super::measure::{Measure, Worse};
use super::value::{Absent, Value};

/// What a figure is about; the sections of a comparison, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// What kind of failure it was.
    Outcome,
    /// What it cost.
    Impact,
    /// Error budgets.
    Objectives,
    /// Who was affected, and when.
    Onsets,
    /// Suspects.
    Ranking,
    /// How it spread.
    Paths,
    /// What the detectors saw.
    Detectors,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 7] = [
        Self::Outcome,
        Self::Impact,
        Self::Objectives,
        Self::Onsets,
        Self::Ranking,
        Self::Paths,
        Self::Detectors,
    ];

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Outcome => "Outcome",
            Self::Impact => "Impact",
            Self::Objectives => "Error budgets",
            Self::Onsets => "Affected services",
            Self::Ranking => "Ranking",
            Self::Paths => "Paths",
            Self::Detectors => "Detectors",
        }
    }
}

/// Which way a change of a figure goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// For the worse.
    Worse,
    /// For the better.
    Better,
    /// Neither.
    Neutral,
}

impl Measure {
    /// Which way a change goes.
    #[must_use]
    pub fn trend(self, base: &Value, candidate: &Value) -> Trend {
        match (base, candidate) {
            (Value::Label(a), Value::Label(b)) if self == Self::Verdict => {
                let calm = crate::Verdict::NoIncident.id();
                towards(i32::from(b != calm) - i32::from(a != calm))
            },
            (Value::Number(a), Value::Number(b)) => match self.worse() {
                Worse::High => towards(sign(b - a)),
                Worse::Low => towards(sign(a - b)),
                Worse::Neither => Trend::Neutral,
            },
            (Value::Absent(absent), Value::Number(_)) => towards(-badness(*absent)),
            (Value::Number(_), Value::Absent(absent)) => towards(badness(*absent)),
            _ => Trend::Neutral,
        }
    }
}

fn sign(value: f64) -> i32 {
    i32::from(value > 0.0) - i32::from(value < 0.0)
}

/// Against a value: 1 if there being none is worse, -1 if better.
const fn badness(absent: Absent) -> i32 {
    match absent {
        Absent::Never => 1,
        Absent::NoIncident | Absent::NotAffected => -1,
        Absent::NotMeasured | Absent::NotTold => 0,
    }
}

const fn towards(badness: i32) -> Trend {
    match badness {
        0 => Trend::Neutral,
        1.. => Trend::Worse,
        _ => Trend::Better,
    }
}

/// One figure: a measure of a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FigureId {
    /// What is measured.
    pub measure: Measure,
    /// Of what, as [`Measure`] says; untrusted names; empty for the run.
    pub subject: Vec<String>,
    /// Number of the hop within a path, 1 for the first after the origin.
    pub hop: Option<usize>,
}

impl FigureId {
    /// A figure of the run.
    #[must_use]
    pub const fn of_run(measure: Measure) -> Self {
        Self { measure, subject: Vec::new(), hop: None }
    }

    /// A figure of something in it.
    #[must_use]
    pub const fn of(measure: Measure, subject: Vec<String>) -> Self {
        Self { measure, subject, hop: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worse_depends_on_the_figure() {
        let (two, three) = (Value::Number(2.0), Value::Number(3.0));
        assert_eq!(Measure::TimeToRecover.trend(&two, &three), Trend::Worse);
        assert_eq!(Measure::LowestBudget.trend(&two, &three), Trend::Better);
        assert_eq!(Measure::Place.trend(&two, &three), Trend::Neutral);
        let never = Value::Absent(Absent::Never);
        assert_eq!(Measure::TimeToRecover.trend(&two, &never), Trend::Worse);
        assert_eq!(Measure::TimeToRecover.trend(&never, &two), Trend::Better);
        assert_eq!(Measure::Onset.trend(&Value::Absent(Absent::NotAffected), &two), Trend::Worse);
        assert_eq!(Measure::Place.trend(&Value::Absent(Absent::NotTold), &two), Trend::Neutral);
        let label = |l: &str| Value::Label(l.to_owned());
        assert_eq!(Measure::Verdict.trend(&label("no_incident"), &label("cascade")), Trend::Worse);
        assert_eq!(Measure::Verdict.trend(&label("partition"), &label("no_incident")), Trend::Better);
        assert_eq!(Measure::Verdict.trend(&label("partition"), &label("cascade")), Trend::Neutral);
    }
}
