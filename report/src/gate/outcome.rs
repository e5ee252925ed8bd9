//! A gate, and what it says about one run.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::ExprError;
use super::expr::Expr;
use super::reason::{Reason, sentence};
use super::subject::Subject;
use super::truth::Truth;
use crate::cite::Cite;
use crate::text::Text;

/// What follows when a gate trips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The job fails.
    #[default]
    Error,
    /// It is told, and the job goes on.
    Warning,
}

/// A named expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Its name in outputs; the expression itself if it was given none.
    pub name: String,
    /// What follows when it trips.
    pub severity: Severity,
    /// When it trips.
    pub expr: Expr,
}

impl Gate {
    /// A gate of an expression, named by it, that fails the job.
    ///
    /// # Errors
    /// [`ExprError`] if the expression is none.
    pub fn parse(text: &str) -> Result<Self, ExprError> {
        let expr: Expr = text.parse()?;
        Ok(Self { name: expr.to_string(), severity: Severity::Error, expr })
    }

    /// Every gate of a list, or everything that is wrong with them: nothing is evaluated before all
    /// are checked. A gate that is there twice is kept once.
    ///
    /// # Errors
    /// One [`ExprError`] for each expression that is none, in their order.
    pub fn parse_all<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Vec<Self>, Vec<ExprError>> {
        let (mut gates, mut errors): (Vec<Self>, Vec<ExprError>) = Default::default();
        for text in texts {
            match Self::parse(text.as_ref()) {
                Ok(gate) if gates.contains(&gate) => {},
                Ok(gate) => gates.push(gate),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(gates) } else { Err(errors) }
    }

    /// The same gate, told only.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Judges one run.
    #[must_use]
    pub fn judge(&self, subject: &Subject<'_>) -> GateOutcome {
        let answer = self.expr.answer(subject);
        let idle = answer.reasons.iter().all(|r| r.idle);
        let status = match answer.truth {
            Truth::True => Status::Tripped,
            Truth::False => Status::Passed,
            Truth::Unknown if idle => Status::Passed,
            Truth::Unknown => Status::Undecided,
        };
        let why = sentence(&answer.reasons);
        let cites = merged(answer.reasons);
        GateOutcome {
            gate: self.name.clone(),
            expr: self.expr.to_string(),
            severity: self.severity,
            status,
            why,
            cites,
        }
    }
}

/// Every citation once, in order.
fn merged(reasons: Vec<Reason>) -> Vec<Cite> {
    let all = reasons.into_iter().flat_map(|r| r.cites).map(|cite| (cite, ()));
    all.collect::<BTreeMap<_, ()>>().into_keys().collect()
}

/// How a run stands at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The expression is false, or asks what an incident did where there was none.
    Passed,
    /// The expression is true.
    Tripped,
    /// The record does not tell. Such a gate does not trip.
    Undecided,
}

impl Status {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Tripped => "tripped",
            Self::Undecided => "undecided",
        }
    }
}

/// What a gate says about one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GateOutcome {
    /// The gate's name.
    pub gate: String,
    /// Its expression, in the shortest spelling.
    pub expr: String,
    /// What follows if it trips.
    pub severity: Severity,
    /// Where the run stands.
    pub status: Status,
    /// The comparisons that decide, with actual values and rows.
    pub why: Text,
    /// All rows they rest on.
    pub cites: Vec<Cite>,
}

impl GateOutcome {
    /// Whether the job fails for this.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.status == Status::Tripped && self.severity == Severity::Error
    }
}
