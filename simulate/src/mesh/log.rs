//! An observer that writes the run: one row per fact of section 15, and a state row per service
//! and tick.
//!
//! Causes: a fault's injection comes from outside; its steps follow from it, hops from the step
//! or the hop before, recovery from the operation that halted the fault, a status change from
//! what touched the service last. Ticks and operations come from outside.

use std::fmt::Write as _;
use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::truth::Truth;

use super::facts::{
    CascadeHop, FaultStep, HopOutcome, Operation, Phase, RecoveryStep, RuleStep, StatusChange, TickSummary,
};
use super::lines::{Branch, Lines};
use super::metadata::TICK_NS;
use super::observer::Observer;
use super::readings::Readings;
use super::{Mesh, Status, payload};
use crate::journal::{Happening, Journal};
use crate::kernel::RandomSource;

/// Who emits what the simulator itself does.
const SIMULATOR: &str = "simulator";
/// Who emits ticks.
const CLOCK: &str = "clock";
/// Who emits operations.
const OPERATOR: &str = "operator";
/// Meshes with more services do not log the lines of services that are well.
const FEW: usize = 10;

/// Writes the events table of a run.
pub(super) struct MeshLog<'s> {
    journal: Journal,
    names: Vec<String>,
    readings: Readings<'s>,
    mechanism: bool,
    failed: Option<RunError>,
    /// Finished ticks.
    tick: i64,
    /// Event that injected each fault; the last is that of the legacy path.
    injected: Vec<Option<i64>>,
    /// Event of the latest step of each fault.
    step: Vec<Option<i64>>,
    /// Event that halted each fault.
    halted: Vec<Option<i64>>,
    /// Event of the latest hop that reached each service, and for which fault.
    hop: Vec<Option<(usize, i64)>>,
    /// Event that touched each service last.
    touched: Vec<Option<i64>>,
    lines: Lines,
    /// Payload of the next event.
    text: String,
    /// Log line of the next event.
    message: String,
}

impl<'s> MeshLog<'s> {
    pub(super) fn create(
        path: &Path,
        metadata: &RunMetadata,
        mesh: &Mesh,
        extras: &'s [String],
        mechanism: bool,
        noise: Option<(RandomSource, f64)>,
    ) -> Result<Self, RunError> {
        let (services, faults) = (mesh.services().len(), mesh.faults().len() + 1);
        Ok(Self {
            journal: Journal::create(path, metadata)?,
            names: mesh.services().iter().map(|s| s.name.clone()).collect(),
            readings: Readings::new(extras, noise),
            mechanism,
            failed: None,
            tick: 0,
            injected: vec![None; faults],
            step: vec![None; faults],
            halted: vec![None; faults],
            hop: vec![None; services],
            touched: vec![None; services],
            lines: Lines::new(mesh),
            text: String::new(),
            message: String::new(),
        })
    }

    /// Puts the run and its truth in place; events and rows written.
    pub(super) fn finish(self, path: &Path, truth: &Truth) -> Result<(i64, i64), RunError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let events = self.journal.events();
        Ok((events, self.journal.finish(path, truth)?))
    }

    fn keep<T>(&mut self, result: Result<T, RunError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            },
        }
    }

    /// Writes an event about a service with the payload in `self.text`. A tick's facts have the
    /// time of its end.
    fn event(
        &mut self,
        tick: i64,
        cause: Option<i64>,
        event_type: &str,
        source: &str,
        service: Option<usize>,
    ) -> Option<i64> {
        if self.failed.is_some() {
            return None;
        }
        let what = Happening {
            time_ns: tick.saturating_mul(TICK_NS),
            event_type,
            source,
            service: service.map(|s| self.names[s].as_str()),
            message: (!self.message.is_empty()).then_some(self.message.as_str()),
            attributes: (!self.text.is_empty()).then_some(self.text.as_str()),
            ..Happening::default()
        };
        let result = self.journal.event(cause, &what);
        self.message.clear();
        self.keep(result)
    }

    /// Number of a fault; the legacy path's is the last.
    fn slot(&self, fault: Option<usize>) -> usize {
        fault.unwrap_or(self.injected.len() - 1)
    }

    fn log_lines(&mut self, mesh: &Mesh) {
        let few = mesh.services().len() <= FEW;
        for service in 0..mesh.services().len() {
            let Some(branch) = self.lines.due(mesh, service) else { continue };
            if !few && matches!(branch, Branch::Healthy | Branch::Decoy) {
                continue;
            }
            for line in self.lines.of(mesh, service, branch) {
                let what = Happening {
                    time_ns: self.tick.saturating_mul(TICK_NS),
                    event_type: "LOG_LINE",
                    source: &self.names[service],
                    service: Some(&self.names[service]),
                    message: Some(&line),
                    ..Happening::default()
                };
                let result = self.journal.event(self.touched[service], &what);
                self.keep(result);
            }
        }
    }
}

impl Observer for MeshLog<'_> {
    fn fault(&mut self, step: &FaultStep) {
        let (slot, tick) = (self.slot(step.fault), self.tick + 1);
        if self.injected[slot].is_none() {
            payload::injected(&mut self.text, slot, step);
            self.injected[slot] = self.event(tick, None, "FAULT_INJECTED", SIMULATOR, Some(step.service));
        }
        self.touched[step.service] = self.injected[slot];
        self.step[slot] = self.injected[slot];
        if !self.mechanism {
            return;
        }
        payload::fault(&mut self.text, slot, step);
        self.step[slot] = self.event(tick, self.injected[slot], "FAULT_STEP", SIMULATOR, Some(step.service));
        self.touched[step.service] = self.step[slot];
    }

    fn hop(&mut self, hop: &CascadeHop) {
        let slot = self.slot(hop.fault);
        let from_parent = self.hop[hop.parent].filter(|(fault, _)| *fault == slot).map(|(_, event)| event);
        // The legacy path cascades without a step when its fault has ended.
        let origin = self.step[slot].or(self.halted[slot]);
        let cause = if hop.parent == hop.source { origin } else { from_parent.or(origin) };
        let applied = hop.outcome == HopOutcome::Applied;
        if !self.mechanism {
            if applied {
                self.touched[hop.victim] = cause;
            }
            return;
        }
        payload::hop(&mut self.text, slot, hop, &self.names);
        let event = self.event(self.tick + 1, cause, "CASCADE_HOP", SIMULATOR, Some(hop.victim));
        self.hop[hop.victim] = event.map(|event| (slot, event));
        // A hop that was stopped touched nobody.
        if applied {
            self.touched[hop.victim] = event;
        }
    }

    fn recovery(&mut self, step: &RecoveryStep) {
        let slot = self.slot(step.fault);
        let cause = self.halted[slot].or(self.injected[slot]);
        if !self.mechanism {
            self.touched[step.service] = cause;
            return;
        }
        payload::recovery(&mut self.text, slot, step);
        self.touched[step.service] =
            self.event(self.tick + 1, cause, "RECOVERY_STEP", SIMULATOR, Some(step.service));
    }

    fn rule(&mut self, step: &RuleStep<'_>) {
        if !self.mechanism {
            return;
        }
        payload::rule(&mut self.text, step);
        let cause = self.touched[step.service];
        self.touched[step.service] = self.event(self.tick + 1, cause, "RULE", SIMULATOR, Some(step.service));
    }

    fn status(&mut self, change: &StatusChange) {
        payload::status(&mut self.text, change);
        let _ = write!(self.message, "{} to {}", change.old.name(), change.new.name());
        if change.new > Status::Healthy {
            let _ = write!(self.message, " ({})", change.threshold.name());
        }
        let event_type = if change.new > change.old { "STATUS_CHANGE" } else { "STATUS_CLEARED" };
        let cause = self.touched[change.service];
        self.event(self.tick + 1, cause, event_type, "monitoring", Some(change.service));
    }

    fn tick(&mut self, summary: &TickSummary<'_>) {
        payload::tick(&mut self.text, summary, &self.names);
        self.event(summary.tick, None, "TICK", CLOCK, None);
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        payload::operation(&mut self.text, operation, &self.names);
        self.message.push_str(match operation.op {
            super::Op::Action { action, .. } => action.name(),
            op => op.name(),
        });
        if operation.wrong {
            self.message.push_str(" on a service that was well");
        }
        let event = self.event(operation.tick, None, "OPERATION", OPERATOR, operation.target);
        if let Some(fault) = operation.halted {
            let slot = self.slot(Some(fault));
            self.halted[slot] = event;
        } else if matches!(operation.op, super::Op::HaltLegacy) {
            let slot = self.slot(None);
            self.halted[slot] = event;
        }
        for change in operation.changes {
            self.touched[change.service] = event;
        }
    }

    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        if phase == Phase::Operated || self.failed.is_some() {
            return;
        }
        self.tick = mesh.tick_count();
        if self.tick == 0 {
            payload::start(&mut self.text, mesh);
            self.event(0, None, "TICK", CLOCK, None);
        }
        for (place, service) in mesh.services().iter().enumerate() {
            let signals = self.readings.of(service, place, self.tick);
            let what = Happening {
                time_ns: self.tick.saturating_mul(TICK_NS),
                event_type: "TICK",
                source: CLOCK,
                service: Some(&self.names[place]),
                status: Some(service.status.name()),
                signals,
                ..Happening::default()
            };
            let result = self.journal.row(&what);
            if self.keep(result).is_none() {
                return;
            }
        }
        self.log_lines(mesh);
        self.hop.fill(None);
    }

    fn stop(&self) -> bool {
        self.failed.is_some()
    }
}

/// Whether a status is worth a line of its own.
pub(super) const fn is_ill(status: Status) -> bool {
    !matches!(status, Status::Healthy)
}
