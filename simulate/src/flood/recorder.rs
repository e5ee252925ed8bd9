//! An observer that keeps everything: the rows of the golden data.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::FloodError;
use super::observer::{Executed, Intent, Observer};
use super::scenario::Role;
use super::world::World;

/// One row per service and executed event: the original's metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricRow {
    /// When \[ticks\].
    pub time: i64,
    /// Name of the event.
    pub event_type: String,
    /// Who emitted it.
    pub source: String,
    /// Whose state.
    pub service_id: String,
    /// Stress after the event.
    pub stress_level: f64,
    /// Resource after the event.
    pub resource_level: f64,
}

/// One row per agent and executed event.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceRow {
    /// Number of the event, from 1.
    pub seq: i64,
    /// When \[ticks\].
    pub time: i64,
    /// Name of the event.
    pub event_type: String,
    /// Who emitted it.
    pub source: String,
    /// Whose state.
    pub agent_id: String,
    /// Its role.
    pub role: &'static str,
    /// Stress after the event.
    pub stress_level: f64,
    /// Resource after the event.
    pub resource_level: f64,
    /// Load after the event; `None` without an entry in the load map.
    pub load: Option<f64>,
}

/// One row per intent.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentRow {
    /// Number of the event whose reaction pass it belongs to, from 1.
    pub seq: i64,
    /// When \[ticks\].
    pub time: i64,
    /// Who.
    pub agent_id: String,
    /// What.
    pub event_type: String,
    /// Its payload.
    pub payload: BTreeMap<String, Value>,
    /// When it will come true \[ticks\]; `None`: dropped.
    pub scheduled_time: Option<i64>,
}

/// Keeps all rows in memory; for small runs.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// Per service and event.
    pub metrics: Vec<MetricRow>,
    /// Per agent and event.
    pub trace: Vec<TraceRow>,
    /// Per intent.
    pub intents: Vec<IntentRow>,
}

impl Observer for Recorder {
    fn intent(&mut self, intent: &Intent<'_>) -> Result<(), FloodError> {
        self.intents.push(IntentRow {
            seq: intent.event.get() + 1,
            time: intent.tick,
            agent_id: intent.agent.to_owned(),
            event_type: intent.action.event_type().to_owned(),
            payload: intent.action.payload(),
            scheduled_time: intent.scheduled,
        });
        Ok(())
    }

    fn executed(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), FloodError> {
        for (i, (agent, state)) in world.scenario().agents.iter().zip(world.agents()).enumerate() {
            self.trace.push(TraceRow {
                seq: event.id.get() + 1,
                time: event.tick,
                event_type: event.action.event_type().to_owned(),
                source: event.source.to_owned(),
                agent_id: agent.id.clone(),
                role: agent.role.name(),
                stress_level: state.stress,
                resource_level: state.resource,
                load: world.load(i),
            });
            if matches!(agent.role, Role::Service(_)) {
                self.metrics.push(MetricRow {
                    time: event.tick,
                    event_type: event.action.event_type().to_owned(),
                    source: event.source.to_owned(),
                    service_id: agent.id.clone(),
                    stress_level: state.stress,
                    resource_level: state.resource,
                });
            }
        }
        Ok(())
    }
}
