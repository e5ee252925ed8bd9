//! The answers that an earlier run kept in its log, in order.

use std::collections::VecDeque;
use std::path::Path;

use infra_eventlog::{Run, RunError, TableKind};
use serde_json::Value;

use super::{Answer, Diagnose, Question};
use crate::systems::log::{DIAGNOSER_FALLBACK, DIAGNOSIS};

/// Recorded answers.
pub(crate) struct ReplayDiagnoser {
    left: VecDeque<Recorded>,
}

/// What was said to one alert.
struct Recorded {
    round: u64,
    server: String,
    metric: String,
    said: Said,
}

enum Said {
    Action(String),
    Nothing { reason: String },
}

impl ReplayDiagnoser {
    /// Reads the answers of a run.
    ///
    /// # Errors
    /// [`RunError`] if the file is no run that can be read.
    pub(crate) fn open(path: &Path) -> Result<Self, RunError> {
        let run = Run::open(path)?;
        let tick_ns = run.metadata().time.tick_ns.max(1);
        let mut left = VecDeque::new();
        let Some(table) = run.table(TableKind::Events) else {
            return Ok(Self { left });
        };
        for rows in table.read(&["time_ns", "event_type", "service", "attributes"]) {
            let rows = rows?;
            let times = rows.require_ints("time_ns")?;
            let types = rows.require_texts("event_type")?;
            let services = rows.require_texts("service")?;
            let attributes = rows.require_texts("attributes")?;
            for i in 0..rows.len() {
                let is_fallback = match types.get(i) {
                    Some(DIAGNOSIS) => false,
                    Some(DIAGNOSER_FALLBACK) => true,
                    _ => continue,
                };
                let round = u64::try_from(times.value(i) / tick_ns).unwrap_or(0);
                let (Some(server), Some(attributes)) = (services.get(i), attributes.get(i)) else { continue };
                left.extend(recorded(round, server, attributes, is_fallback));
            }
        }
        Ok(Self { left })
    }
}

fn recorded(round: u64, server: &str, attributes: &str, is_fallback: bool) -> Option<Recorded> {
    let attributes: Value = serde_json::from_str(attributes).ok()?;
    let text = |key: &str| attributes.get(key).and_then(Value::as_str).map(str::to_owned);
    let said = if is_fallback {
        Said::Nothing { reason: text("reason")? }
    } else if attributes.get("diagnoser")? == "command" {
        Said::Action(text("action")?)
    } else {
        return None;
    };
    Some(Recorded { round, server: server.to_owned(), metric: text("metric")?, said })
}

impl Diagnose for ReplayDiagnoser {
    fn ask(&mut self, question: &Question<'_>) -> Answer {
        let none = |reason: &str| Answer::None { reason: reason.to_owned() };
        let fits = |recorded: &Recorded| {
            recorded.round == question.round
                && recorded.server == question.server.name
                && recorded.metric == question.alert.metric.name()
        };
        match self.left.front() {
            None => return none("the replayed run has no further answer"),
            Some(next) if !fits(next) => return none("the replayed run's next answer is to another alert"),
            Some(_) => {},
        }
        match self.left.pop_front().map(|next| next.said) {
            Some(Said::Action(name)) => match question.runbook.position(&name) {
                Some(action) => Answer::Action(action),
                None => none("the replayed run's answer is an unknown action"),
            },
            Some(Said::Nothing { reason }) => Answer::None { reason },
            None => Answer::Rules,
        }
    }
}
