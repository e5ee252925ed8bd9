//! An observer that writes the run: each event's own row, then one state row per service.

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::writer::{EventRow, EventWriter};
use serde_json::{Map, Value};

use super::error::FloodError;
use super::message::message;
use super::observer::{Executed, Observer};
use super::scenario::{Agent, Role};
use super::world::{AgentState, World};

/// Writes the events table of a run.
pub(crate) struct RunLog {
    writer: EventWriter,
    tick_ns: i64,
    failed: Option<RunError>,
}

impl RunLog {
    /// Starts the file; it appears when it is finished.
    pub(crate) fn create(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        let writer = EventWriter::single_file(path, metadata)?;
        Ok(Self { writer, tick_ns: metadata.time.tick_ns, failed: None })
    }

    /// Puts the file in place and returns its rows.
    pub(crate) fn finish(self) -> Result<i64, RunError> {
        match self.failed {
            Some(error) => Err(error),
            None => self.writer.finish(),
        }
    }

    /// Why a row could not be written, if one could not.
    pub(crate) fn take_failure(&mut self) -> Option<RunError> {
        self.failed.take()
    }

    fn rows(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), RunError> {
        let message = message(event, world);
        let attributes = attributes(event, world);
        let row = EventRow {
            event_id: event.id.get(),
            cause_id: event.cause.map(|cause| cause.get()),
            // The engine refuses times that do not fit.
            time_ns: event.tick.saturating_mul(self.tick_ns),
            event_type: event.action.event_type(),
            source: event.source,
            ..EventRow::default()
        };
        self.writer.push(&EventRow { message: Some(&message), attributes: attributes.as_deref(), ..row })?;
        for (i, (agent, state)) in world.scenario().agents.iter().zip(world.agents()).enumerate() {
            if matches!(agent.role, Role::Service(_)) {
                self.writer.push(&EventRow {
                    service: Some(&agent.id),
                    status: world.status(i),
                    signals: &[Some(state.stress), Some(state.resource), world.load(i)],
                    ..row
                })?;
            }
        }
        Ok(())
    }
}

impl Observer for RunLog {
    fn executed(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), FloodError> {
        self.rows(event, world).map_err(|error| {
            let text = error.to_string();
            self.failed = Some(error);
            FloodError::Observer(text)
        })
    }
}

/// The payload, and what has changed about citizens and policies, which have no state rows.
fn attributes(event: &Executed<'_>, world: &World<'_>) -> Option<String> {
    let mut attributes = event.action.payload();
    let agents: Map<String, Value> = world
        .scenario()
        .agents
        .iter()
        .zip(world.agents())
        .filter_map(|(agent, state)| Some((agent.id.clone(), changed(agent, state)?)))
        .collect();
    if !agents.is_empty() {
        // A foreign payload may have a key of that name; it was there first.
        attributes.entry("agents".to_owned()).or_insert(agents.into());
    }
    if attributes.is_empty() {
        return None;
    }
    serde_json::to_string(&attributes).ok()
}

fn changed(agent: &Agent, state: &AgentState) -> Option<Value> {
    let mut fields = Map::new();
    let start = match &agent.role {
        Role::Service(_) => return None,
        Role::Citizen(_) => 1.0,
        Role::Policy(policy) => {
            if state.flag {
                fields.insert("pending".to_owned(), true.into());
            }
            policy.budget
        },
    };
    if state.resource != start {
        fields.insert("resource".to_owned(), state.resource.into());
    }
    if state.stress != agent.initial_stress {
        fields.insert("stress".to_owned(), state.stress.into());
    }
    (!fields.is_empty()).then(|| fields.into())
}
