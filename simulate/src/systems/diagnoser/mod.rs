//! Who diagnoses: the rules, a child process, or what a child process said in an earlier run.
//!
//! The accuracy draw is made whoever diagnoses, so that a diagnoser shifts nobody's draws. An
//! answer replaces the rules' action; where there is none that can be used, the rules decide as
//! if there were no diagnoser, and the log says why.

mod command;
mod replay;

use serde_json::{Value, json};

use super::payload::{snapshot_json, value_json};
use super::{Alert, Runbook, ServerSpec, Snapshot};

pub(crate) use command::CommandDiagnoser;
pub(crate) use replay::ReplayDiagnoser;

/// An alert to be diagnosed.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) round: u64,
    pub(crate) alert: &'a Alert,
    pub(crate) server: &'a ServerSpec,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) runbook: &'a Runbook,
}

/// What comes of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The rules decide: nobody else was to be asked.
    Rules,
    /// The position of an action.
    Action(usize),
    /// Nothing usable: the rules decide.
    None {
        /// Why.
        reason: String,
    },
}

/// Somebody who diagnoses.
pub(crate) trait Diagnose {
    /// The action for an alert.
    fn ask(&mut self, question: &Question<'_>) -> Answer;
}

/// Leaves everything to the rules.
pub(crate) struct RulesOnly;

impl Diagnose for RulesOnly {
    fn ask(&mut self, _: &Question<'_>) -> Answer {
        Answer::Rules
    }
}

impl Question<'_> {
    /// The question as a child process gets it.
    fn to_json(self) -> Value {
        let Self { round, alert, server, snapshot, runbook } = self;
        let actions: Vec<&str> = runbook.actions.iter().map(|action| action.name.as_str()).collect();
        json!({
            "round": round,
            "server": server.name,
            "type": server.kind,
            "metric": alert.metric.name(),
            "level": alert.level.name(),
            "value": value_json(alert, snapshot, server),
            "actions": actions,
            "metrics": snapshot_json(snapshot, server),
        })
    }
}
