//! The run loop (specification, sections 2 and 3).

use super::action::Action;
use super::decide::decide;
use super::effects::apply;
use super::error::FloodError;
use super::observer::{Executed, FloodOutcome, Intent, LeftOver, Observer};
use super::scenario::{FloodScenario, Role};
use super::world::{NameId, World};
use crate::kernel::{Agenda, AgendaError, EventId};

/// Plays a scenario. The same scenario gives the same events, in the same order, always.
///
/// # Errors
/// [`FloodError`]: a chain of events without delay, a cap, an event that its source cannot emit,
/// numbers beyond the finite ones, or the observer's own.
pub fn run_flood(scenario: &FloodScenario, observer: &mut dyn Observer) -> Result<FloodOutcome, FloodError> {
    let mut engine =
        Engine { scenario, world: World::new(scenario), agenda: Agenda::new(0, scenario.limits), observer };
    engine.schedule_scenario()?;
    // The horizon is compared with the time of the previous event: one event may run beyond it.
    while engine.agenda.now() <= scenario.until {
        if !engine.step()? {
            break;
        }
    }
    Ok(engine.finish())
}

/// An event in the queue, small because there may be millions.
#[derive(Clone, Debug)]
struct Pending {
    source: NameId,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// An entry of the scenario's schedule.
    Entry(usize),
    /// An event that the world made.
    Made(Box<Action>),
}

struct Engine<'s, 'o> {
    scenario: &'s FloodScenario,
    world: World<'s>,
    agenda: Agenda<i64, Pending>,
    observer: &'o mut dyn Observer,
}

impl Engine<'_, '_> {
    fn schedule_scenario(&mut self) -> Result<(), FloodError> {
        for (i, entry) in self.scenario.schedule.iter().enumerate() {
            let source = self.known(&entry.source);
            let mut delay = entry.delay;
            for _ in 0..entry.repeat {
                self.schedule(delay, Pending { source, what: What::Entry(i) })?;
                delay = delay.saturating_add(entry.spacing);
            }
        }
        Ok(())
    }

    /// Executes the next event; false if there is none.
    fn step(&mut self) -> Result<bool, FloodError> {
        let tick = self.agenda.now();
        let due = match self.agenda.advance() {
            Ok(Some(due)) => due,
            Ok(None) => return Ok(false),
            Err(AgendaError::Livelock { cap }) => return Err(self.livelock(tick, cap)),
            Err(why) => return Err(FloodError::TooManyEvents { tick, why }),
        };
        let Pending { source, what } = due.event;
        let scenario = self.scenario;
        let action = match &what {
            What::Entry(i) => &scenario.schedule[*i].action,
            What::Made(action) => {
                self.demand_came_true(source, action);
                action.as_ref()
            },
        };
        self.execute(due.id, source, action)?;
        let event = Executed {
            id: due.id,
            cause: due.cause,
            tick: self.agenda.now(),
            source: self.world.name(source),
            action,
        };
        self.observer.executed(&event, &self.world)?;
        Ok(true)
    }

    fn execute(&mut self, id: EventId, source: NameId, action: &Action) -> Result<(), FloodError> {
        let tick = self.agenda.now();
        for follow_up in apply(&mut self.world, source, action, tick)? {
            let what = What::Made(Box::new(follow_up.action));
            self.schedule(follow_up.delay, Pending { source, what })?;
        }
        if let Some((what, id)) = self.world.not_finite() {
            return Err(FloodError::NotFinite { tick, what, id: id.to_owned() });
        }
        if action.is_reaction_event() {
            self.react(id)?;
        }
        Ok(())
    }

    /// The reaction pass: every agent in registration order perceives, decides, and has its
    /// intent scheduled at once.
    fn react(&mut self, event: EventId) -> Result<(), FloodError> {
        let tick = self.agenda.now();
        // Deciding changes no stress, so that the sum holds for the whole pass.
        let system_stress = self.world.system_stress();
        for agent in 0..self.scenario.agents.len() {
            let Some(decision) = decide(&mut self.world, agent, system_stress) else { continue };
            let scheduled = decision.delay.map(|delay| tick.saturating_add(delay));
            self.observer.intent(&Intent {
                event,
                tick,
                agent: self.world.name(agent),
                action: &decision.action,
                scheduled,
            })?;
            if let Some(delay) = decision.delay {
                let what = What::Made(Box::new(decision.action));
                self.schedule(delay, Pending { source: agent, what })?;
            }
        }
        Ok(())
    }

    /// Switch A: a citizen's own demand has come true, the next one may be scheduled.
    fn demand_came_true(&mut self, source: NameId, action: &Action) {
        if matches!(action, Action::Demand { .. })
            && let Some(state) = self.world.agent_mut(source)
        {
            state.flag = false;
        }
    }

    fn schedule(&mut self, delay: i64, pending: Pending) -> Result<(), FloodError> {
        let tick = self.agenda.now();
        let overflow = FloodError::TimeOverflow { tick, delay };
        let at = tick.checked_add(delay).ok_or(overflow.clone())?;
        at.checked_mul(self.scenario.header.tick_ns).ok_or(overflow)?;
        // All delays were checked to be at least 0, so that only the caps can refuse.
        self.agenda.schedule(at, 0, pending).map_err(|why| FloodError::TooManyEvents { tick, why })
    }

    /// Every source of the scenario was given a number when the world was made.
    fn known(&self, source: &str) -> NameId {
        self.world.id_of(source).unwrap_or_default()
    }

    /// Names the event that was refused, and its policy if that is the reason.
    fn livelock(&self, tick: i64, events: u64) -> FloodError {
        let (event_type, source) = self
            .agenda
            .next_event()
            .map_or(("", 0), |pending| (self.action_of(pending).event_type(), pending.source));
        let zero_delay_policy = self.scenario.agents.get(source).is_some_and(
            |agent| matches!(&agent.role, Role::Policy(policy) if policy.intervention_delay == 0),
        );
        FloodError::Livelock {
            tick,
            events,
            event_type: event_type.to_owned(),
            source_id: self.world.name(source).to_owned(),
            zero_delay_policy,
        }
    }

    fn action_of<'a>(&'a self, pending: &'a Pending) -> &'a Action {
        match &pending.what {
            What::Entry(i) => &self.scenario.schedule[*i].action,
            What::Made(action) => action,
        }
    }

    fn finish(self) -> FloodOutcome {
        let world = &self.world;
        let (time, events) = (self.agenda.now(), self.agenda.executed());
        let scenario = self.scenario;
        let left_over = self
            .agenda
            .into_left_over()
            .into_iter()
            .map(|(tick, pending)| LeftOver {
                tick,
                event_type: match &pending.what {
                    What::Entry(i) => scenario.schedule[*i].action.event_type().to_owned(),
                    What::Made(action) => action.event_type().to_owned(),
                },
                source: world.name(pending.source).to_owned(),
            })
            .collect();
        FloodOutcome {
            time,
            events,
            beyond_horizon: events > 0 && time > scenario.until,
            left_over,
            loads: world.loads().into_iter().map(|(id, load)| (id.to_owned(), load)).collect(),
            agents: world.agents().to_vec(),
            system_stress: world.system_stress(),
        }
    }
}
