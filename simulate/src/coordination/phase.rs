//! One phase under way: its start, its messages, its end (specification, sections 5, 6 and 14).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::CRASHED;
use super::engine::Engine;
use super::failure::FailureClass;
use super::job::Step;
use super::log::{Entry, OrNull, Quoted, Real};
use super::message::Bus;
use super::mode::MeshMode;
use super::names::LEADS;
use super::operation::Running;
use super::schedule::available_ms;
use super::target::{Fate, Node, Outcome, Target};

impl Engine<'_> {
    /// The bus as the next operation finds it; takes an operation number.
    pub(crate) fn next_bus(&mut self) -> Bus {
        let op = self.next_op;
        self.next_op += 1;
        let backoff = if self.mode >= MeshMode::DegradedLight { 2.0 } else { 1.0 };
        Bus { random: self.random, op, backoff }
    }

    /// What the registry says about an entity, tampered reports included, and what the scenario
    /// does to it; `None` if operation `op` may not address it. A crashed node receives nothing.
    fn node(&self, entity: u32, op: u64) -> Option<Node> {
        if !self.may_address(entity, op) {
            return None;
        }
        let mut record = *self.registry.record(self.population.node(entity));
        if let Some(factor) = self.reported.get(&entity) {
            record.latency_ms *= factor;
        }
        let mut effect = self.modifiers.effect(entity, &self.population);
        let mut last_beat_us = self.now_us;
        if entity < LEADS {
            let a = entity as usize;
            last_beat_us = self.agents.last_beat_us[a];
            if self.agents.flags[a] & CRASHED != 0 {
                effect.reliability = 0.0;
            }
        }
        Some(Node { record, effect, beat_age_us: self.now_us - last_beat_us })
    }

    /// Starts a phase: all messages are computed from the registry as it is now, and happen at
    /// their times.
    pub(crate) fn begin_phase(&mut self, job: u64, step: &Step) -> Result<(), RunError> {
        let bus = self.next_bus();
        let outcome = step.follow(bus, |entity| self.node(entity, bus.op));
        let Outcome { counts, targets, end_us } = outcome;
        let (phase, plan) = (step.phase, step.plan);
        let running = Running { job, phase, plan, counts, targets, row: 0, outstanding: 0, ended: false };
        self.launch(bus.op, running, end_us)
    }

    /// Writes the start of a phase and schedules what follows from it.
    pub(crate) fn launch(&mut self, op: u64, mut running: Running, end_us: u64) -> Result<(), RunError> {
        running.row = self.start_rows(op, &running)?;
        self.messages += running.counts.sent;
        for (index, target) in running.targets.iter().enumerate() {
            let index = index as u32;
            let (at_us, rank, what) = match target.fate {
                Fate::Unroutable | Fate::Skipped => continue,
                Fate::Lost => (target.arrival_us, rank::FAILURE, What::MessageFailed { op, index }),
                Fate::Late if running.phase.gathers() => {
                    let at_us = running.plan.deadline_us();
                    let failed = What::MessageFailed { op, index };
                    self.schedule(at_us, rank::FAILURE, target.entity, None, failed)?;
                    running.outstanding += 1;
                    (target.arrival_us, rank::ARRIVAL, What::Arrival { op, index })
                },
                Fate::Late => (end_us, rank::FAILURE, What::MessageFailed { op, index }),
                Fate::Ready | Fate::Conflict if running.phase.gathers() => {
                    (target.arrival_us, rank::ARRIVAL, What::Arrival { op, index })
                },
                Fate::Ready | Fate::Conflict => continue,
            };
            self.schedule(at_us, rank, target.entity, None, what)?;
            running.outstanding += 1;
        }
        self.schedule(end_us, rank::DEADLINE, 0, None, What::OperationEnd(op))?;
        self.running.insert(op, running);
        Ok(())
    }

    fn start_rows(&mut self, op: u64, running: &Running) -> Result<i64, RunError> {
        let names = self.names;
        let (plan, counts) = (&running.plan, &running.counts);
        let job = self.jobs.get(&running.job);
        let (strategy, priority) =
            job.map_or(("", 0), |job| (job.operation.strategy.name(), job.operation.priority));
        let entry = Entry {
            at_us: self.now_us,
            cause: job.and_then(|job| job.row),
            event_type: "OP_START",
            source: names.orchestrator(),
            service: None,
        };
        let phase = running.phase.name();
        let capability = job.and_then(|job| job.operation.delegation).map(|d| Quoted(d.capability));
        let capability = OrNull(capability);
        let row = self.log.event(
            &entry,
            format_args!(
                "{{\"op\":{op},\"strategy\":\"{strategy}\",\"phase\":\"{phase}\",\"priority\":{priority},\"t0_us\":{},\"target_us\":{},\"deadline_us\":{},\"weight\":{},\"window_ms\":{},\"minimum_rate\":{},\"capability\":{capability},\"targets\":{},\"unroutable\":{},\"skipped\":{}}}",
                plan.t0_us,
                plan.target_us(),
                plan.deadline_us(),
                Real(plan.weight),
                Real(plan.window_ms),
                Real(plan.min_rate),
                counts.targets,
                counts.unroutable,
                counts.skipped,
            ),
        )?;
        let available_ms = available_ms(plan.t0_us, plan.target_us());
        for target in running.targets.iter().filter(|target| target.fate == Fate::Skipped) {
            let service = names.service_of(target.entity);
            let entry = Entry { event_type: "TARGET_OUTCOME", service: Some(service), ..entry };
            self.log.further(
                &entry,
                format_args!(
                    "{{\"op\":{op},\"agent\":{},\"outcome\":\"skipped\",\"reason\":\"insufficient_lead_time\",\"would_need_ms\":{},\"available_ms\":{}}}",
                    target.entity,
                    Real(target.lead_ms),
                    Real(available_ms),
                ),
            )?;
        }
        Ok(row)
    }

    /// The target of a message, and the row of its operation.
    fn target(&self, op: u64, index: u32) -> Option<(Target, i64)> {
        let running = self.running.get(&op)?;
        running.targets.get(index as usize).map(|target| (*target, running.row))
    }

    /// A message was accepted.
    pub(crate) fn arrival(&mut self, op: u64, index: u32) -> Result<(), RunError> {
        let Some((target, _)) = self.target(op, index) else { return Ok(()) };
        self.registry.accept(self.population.node(target.entity));
        if target.entity < LEADS {
            self.rescore(target.entity);
        }
        self.schedule(target.ready_us, rank::ARRIVAL, target.entity, None, What::Completion { op, index })
    }

    /// A message was processed.
    pub(crate) fn completion(&mut self, op: u64, index: u32) -> Result<(), RunError> {
        let Some((target, _)) = self.target(op, index) else { return Ok(()) };
        self.registry.complete(self.population.node(target.entity));
        if target.entity < LEADS {
            self.rescore(target.entity);
        }
        self.schedule(target.response_us, rank::RESPONSE, target.entity, None, What::Response { op, index })
    }

    /// A response came back: its times are measured, and it may contradict.
    pub(crate) fn response(&mut self, op: u64, index: u32) -> Result<(), RunError> {
        let Some((target, row)) = self.target(op, index) else { return Ok(()) };
        let entity = target.entity;
        self.registry.measured(self.population.node(entity), 2.0 * target.one_way_ms, target.processing_ms);
        if entity < LEADS {
            self.rescore(entity);
        }
        if target.fate != Fate::Late {
            let conflict = target.fate == Fate::Conflict;
            if conflict {
                let row = self.outcome_row(op, &target, row)?;
                self.conflict(entity, op, row)?;
            }
            if entity < LEADS && self.agents.remember(entity, conflict) {
                self.contradicts_too_often(entity, row)?;
            }
        }
        self.settled(op);
        Ok(())
    }

    /// A message was lost, or its response is known to be late.
    pub(crate) fn message_failed(&mut self, op: u64, index: u32) -> Result<(), RunError> {
        let Some((target, row)) = self.target(op, index) else { return Ok(()) };
        let row = self.outcome_row(op, &target, row)?;
        if target.entity < LEADS {
            self.agents.remember(target.entity, false);
        }
        // Three attempts in a row have failed: escalated.
        let lost = target.fate == Fate::Lost;
        self.failure(target.entity, FailureClass::TransientNetwork, Some(row), lost)?;
        self.settled(op);
        Ok(())
    }

    fn outcome_row(&mut self, op: u64, target: &Target, cause: i64) -> Result<i64, RunError> {
        let names = self.names;
        let service = names.service_of(target.entity);
        let entry = Entry {
            at_us: self.now_us,
            cause: Some(cause),
            event_type: "TARGET_OUTCOME",
            source: names.orchestrator(),
            service: Some(service),
        };
        self.log.event(
            &entry,
            format_args!(
                "{{\"op\":{op},\"agent\":{},\"outcome\":\"{}\",\"lead_ms\":{},\"send_us\":{},\"batch_us\":{},\"attempts\":{},\"ready_us\":{},\"response_us\":{},\"confidence\":{}}}",
                target.entity,
                target.fate.name(),
                Real(target.lead_ms),
                target.send_us,
                target.batch_us,
                target.attempts,
                target.ready_us,
                target.response_us,
                Real(target.confidence),
            ),
        )
    }

    /// The fate of one message is in the log; a phase that ended is forgotten with the last one.
    fn settled(&mut self, op: u64) {
        if let Some(running) = self.running.get_mut(&op) {
            running.outstanding -= 1;
            if running.outstanding == 0 && running.ended {
                self.running.remove(&op);
            }
        }
    }
}
