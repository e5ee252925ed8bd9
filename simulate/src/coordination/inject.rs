//! Scenario actions begin and end (specification, section 11).

use infra_eventlog::RunError;

use super::actions::{Action, ActionKind, Scope};
use super::agenda::{What, rank};
use super::agents::{CRASHED, CUT_OFF, State};
use super::engine::Engine;
use super::level::Level;
use super::log::{Entry, OrNull, Real};
use super::modifiers::entities;
use super::names::LEADS;

impl Engine<'_> {
    /// An action begins.
    pub(crate) fn begin(&mut self, number: u32) -> Result<(), RunError> {
        let scenario = self.scenario;
        let Some(action) = scenario.actions.get(number as usize) else { return Ok(()) };
        let row = self.inject_row(action)?;
        self.modifiers.begin(number, action);
        match action.kind {
            ActionKind::Offline => self.cut_off(action, row)?,
            ActionKind::Crash => self.crash(action, row),
            ActionKind::Queue => self.shift_queues(action, 1),
            ActionKind::TimingAttack => self.tamper(action),
            ActionKind::ProbeResult => self.forced_probes.push(number),
            ActionKind::Freeze => self.frozen = true,
            ActionKind::Thaw => self.frozen = false,
            ActionKind::OrchestratorCompromise => self.unauthorised(row)?,
            ActionKind::DenialOfService => self.flood_begins(action.magnitude(), row)?,
            _ => {},
        }
        match action.end_us() {
            Some(end_us) => self.schedule(end_us, rank::ACTION, 0, Some(row), What::End(number)),
            None => Ok(()),
        }
    }

    /// An action ends.
    pub(crate) fn end(&mut self, number: u32, cause: Option<i64>) -> Result<(), RunError> {
        let scenario = self.scenario;
        let Some(action) = scenario.actions.get(number as usize) else { return Ok(()) };
        self.modifiers.end(number);
        match action.kind {
            ActionKind::Offline => self.reconnect(action, cause)?,
            ActionKind::Queue => self.shift_queues(action, -1),
            ActionKind::TimingAttack => self.stop_tampering(action),
            ActionKind::Freeze => self.frozen = false,
            ActionKind::ProbeResult => self.forced_probes.retain(|n| *n != number),
            ActionKind::DenialOfService => self.flood_ends(),
            _ => {},
        }
        Ok(())
    }

    fn inject_row(&mut self, action: &Action) -> Result<i64, RunError> {
        let entry = Entry {
            at_us: self.now_us,
            cause: None,
            event_type: "INJECT",
            source: "scenario",
            service: None,
        };
        let ids = &action.ids;
        self.log.event(
            &entry,
            format_args!(
                "{{\"kind\":\"{}\",\"scope\":\"{}\",\"ids\":{ids:?},\"t_ms\":{},\"duration_ms\":{},\"value\":{}}}",
                action.kind.name(),
                action.scope.name(),
                action.t_ms,
                OrNull(action.duration_ms),
                OrNull(action.value.map(Real)),
            ),
        )
    }

    fn meant_by(&self, action: &Action) -> Vec<u32> {
        entities(action.scope, &action.ids, &self.population).collect()
    }

    /// Out of reach from one instant to the next, and the mesh sees it.
    fn cut_off(&mut self, action: &Action, row: i64) -> Result<(), RunError> {
        for entity in self.meant_by(action) {
            if entity >= LEADS {
                self.relays_down.insert(entity, ActionKind::Offline);
                continue;
            }
            self.agents.flags[entity as usize] |= CUT_OFF;
            if matches!(self.agents.state[entity as usize], State::Active | State::Degraded) {
                self.change_state(entity, State::Offline, "unreachable", Some(row))?;
            }
        }
        Ok(())
    }

    /// Back in reach, unless another action still cuts it off.
    fn reconnect(&mut self, action: &Action, cause: Option<i64>) -> Result<(), RunError> {
        for entity in self.meant_by(action) {
            if self.modifiers.effect(entity, &self.population).offline {
                continue;
            }
            if entity >= LEADS {
                if self.relays_down.get(&entity) == Some(&ActionKind::Offline) {
                    self.relays_down.remove(&entity);
                }
                continue;
            }
            let a = entity as usize;
            self.agents.flags[a] &= !CUT_OFF;
            if self.agents.state[a] == State::Offline && !self.agents.is_silent(entity) {
                self.agents.last_beat_us[a] = self.now_us;
                self.change_state(entity, State::Active, "reachable", cause)?;
            }
        }
        Ok(())
    }

    /// Silent from now on; the mesh finds out by itself. Leads and coordinators stay down.
    fn crash(&mut self, action: &Action, row: i64) {
        for entity in self.meant_by(action) {
            if entity >= LEADS {
                self.relays_down.insert(entity, ActionKind::Crash);
            } else {
                self.agents.flags[entity as usize] |= CRASHED;
                self.silenced_by.insert(entity, row);
            }
        }
    }

    fn shift_queues(&mut self, action: &Action, sign: i64) {
        let by = sign * action.added_queue();
        for entity in self.meant_by(action) {
            self.registry.shift_queue(self.population.node(entity), by);
            if entity < LEADS {
                self.rescore(entity);
            }
        }
    }

    fn tamper(&mut self, action: &Action) {
        for entity in self.meant_by(action) {
            self.reported.insert(entity, action.magnitude());
            if entity < LEADS {
                self.rescore(entity);
            }
        }
    }

    fn stop_tampering(&mut self, action: &Action) {
        for entity in self.meant_by(action) {
            let factor = self.modifiers.effect(entity, &self.population).reported;
            // A locked registry has forgotten the tampered reports already.
            if self.reported.remove(&entity).is_none() {
                continue;
            }
            if factor != 1.0 {
                self.reported.insert(entity, factor);
            }
            if entity < LEADS {
                self.rescore(entity);
            }
        }
    }

    /// What the scenario says that the next probe of a breaker finds; it is said once per breaker
    /// that it names.
    pub(crate) fn forced_probe(&mut self, level: Level) -> Option<bool> {
        let scenario = self.scenario;
        let position = self.forced_probes.iter().position(|number| {
            scenario.actions.get(*number as usize).is_some_and(|action| match level {
                Level::Cluster(id) => action.scope == Scope::Cluster && action.ids.contains(&id),
                Level::Sector(id) => action.scope == Scope::Sector && action.ids.contains(&id),
                Level::Global => action.scope == Scope::Mesh,
            })
        })?;
        let number = self.forced_probes[position];
        let action = scenario.actions.get(number as usize)?;
        // With several breakers named it stays for the others until the action's end.
        if action.ids.len() <= 1 {
            self.forced_probes.remove(position);
        }
        Some(action.magnitude() >= 0.5)
    }
}
