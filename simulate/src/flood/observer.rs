//! Who watches a simulation, and what there is to see.

use super::action::Action;
use super::error::FloodError;
use super::world::{AgentState, World};
use crate::kernel::EventId;

/// An executed event.
#[derive(Clone, Copy, Debug)]
pub struct Executed<'a> {
    /// Number in execution order, from 0.
    pub id: EventId,
    /// The event that scheduled it, or whose reaction pass did; `None` for the scenario's own.
    pub cause: Option<EventId>,
    /// When \[ticks\].
    pub tick: i64,
    /// Who emitted it.
    pub source: &'a str,
    /// What it did.
    pub action: &'a Action,
}

/// What an agent wanted in a reaction pass.
#[derive(Clone, Copy, Debug)]
pub struct Intent<'a> {
    /// The event whose reaction pass it belongs to.
    pub event: EventId,
    /// When \[ticks\].
    pub tick: i64,
    /// Who.
    pub agent: &'a str,
    /// What.
    pub action: &'a Action,
    /// When it will come true \[ticks\]; `None`: it was dropped.
    pub scheduled: Option<i64>,
}

/// Sees everything that happens, in order: for each event its intents, then the event with the
/// state after handler and reactions.
pub trait Observer {
    /// An agent's intent.
    ///
    /// # Errors
    /// Any error ends the simulation.
    fn intent(&mut self, intent: &Intent<'_>) -> Result<(), FloodError> {
        let _ = intent;
        Ok(())
    }

    /// An executed event and the state after it.
    ///
    /// # Errors
    /// Any error ends the simulation.
    fn executed(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), FloodError>;
}

/// An observer that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ignore;

impl Observer for Ignore {
    fn executed(&mut self, _: &Executed<'_>, _: &World<'_>) -> Result<(), FloodError> {
        Ok(())
    }
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn intent(&mut self, intent: &Intent<'_>) -> Result<(), FloodError> {
        self.0.intent(intent)?;
        self.1.intent(intent)
    }

    fn executed(&mut self, event: &Executed<'_>, world: &World<'_>) -> Result<(), FloodError> {
        self.0.executed(event, world)?;
        self.1.executed(event, world)
    }
}

/// How a simulation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodOutcome {
    /// Time of the last event \[ticks\].
    pub time: i64,
    /// Executed events.
    pub events: u64,
    /// Whether the last event ran beyond the horizon (at most one does).
    pub beyond_horizon: bool,
    /// What stayed in the queue, in its order.
    pub left_over: Vec<LeftOver>,
    /// The load map in the order in which its entries were made.
    pub loads: Vec<(String, f64)>,
    /// Final states in registration order.
    pub agents: Vec<AgentState>,
    /// Sum of stress over the active agents.
    pub system_stress: f64,
}

/// An event that was never executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// When it would have run \[ticks\].
    pub tick: i64,
    /// Its name.
    pub event_type: String,
    /// Who emitted it.
    pub source: String,
}
