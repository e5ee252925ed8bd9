//! What operations do (specification, section 13).

use super::extra::Extra;
use super::facts::{FieldChange, Operation};
use super::fault::FaultKind;
use super::model::Mesh;
use super::observer::Observer;
use super::rounding::rounded;
use super::script::{Action, Op};
use super::state::{MIB, Service, Status};

/// Share of traffic that a shift drains unless it says otherwise.
const DRAIN: f64 = 0.80;
/// Smaller shares drain nothing.
const DRAIN_MIN: f64 = 0.05;
/// Larger shares drain this.
const DRAIN_MAX: f64 = 0.95;
/// What a shift does to latency.
const DRAIN_PENALTY: f64 = 1.15;

/// What an operation turned out to be.
#[derive(Clone, Copy, Debug, Default)]
struct Verdict {
    wrong: bool,
    halted: Option<usize>,
}

impl Mesh {
    /// Carries out an operation after the latest tick and tells whether it was a wrong action:
    /// one on a service that was fine. Values change at once, the status with the next tick. An
    /// operation on a service, fault or field that does not exist does nothing.
    pub fn apply<O: Observer + ?Sized>(&mut self, op: &Op, observer: &mut O) -> bool {
        let target = match op {
            Op::HaltFault { index } => self.fault_place(Some(*index)),
            Op::HaltLegacy => self.root,
            Op::Action { target, .. } => self.index_of(target),
            Op::Set { service, .. } => self.index_of(service),
        };
        let touched = self.touched_by(op, target);
        let before: Vec<Service> = touched.iter().map(|&place| self.services[place].clone()).collect();
        let verdict = self.carry_out(op, target);
        let mut changes = Vec::new();
        for (&place, before) in touched.iter().zip(&before) {
            changed_fields(place, before, &self.services[place], &mut changes);
        }
        observer.operation(&Operation {
            tick: self.tick_count,
            op,
            target,
            wrong: verdict.wrong,
            halted: verdict.halted,
            changes: &changes,
        });
        verdict.wrong
    }

    /// Services that an operation may change.
    fn touched_by(&self, op: &Op, target: Option<usize>) -> Vec<usize> {
        match op {
            Op::HaltFault { .. } | Op::HaltLegacy => Vec::new(),
            Op::Action { action: Action::CircuitBreak, .. } => {
                target.into_iter().flat_map(|place| self.graph.callers(place)).collect()
            },
            Op::Action { .. } | Op::Set { .. } => target.into_iter().collect(),
        }
    }

    fn carry_out(&mut self, op: &Op, target: Option<usize>) -> Verdict {
        match (op, target) {
            (Op::HaltFault { index }, _) => {
                Verdict { wrong: false, halted: self.halt(*index).then_some(*index) }
            },
            (Op::HaltLegacy, _) => {
                self.fault_halted = true;
                Verdict::default()
            },
            (Op::Set { field, value, .. }, Some(place)) => {
                // Scripts are checked when they are read; a value of the wrong kind is no change.
                let _ = self.services[place].set_field(field, value.clone());
                Verdict::default()
            },
            (Op::Action { action, .. }, Some(place)) => self.act(*action, place),
            (Op::Set { .. } | Op::Action { .. }, None) => Verdict::default(),
        }
    }

    /// Halts a fault by its index, unless it is halted already.
    fn halt(&mut self, index: usize) -> bool {
        let tick = self.tick_count;
        match self.faults.get_mut(index) {
            Some(fault) if !fault.halted => {
                fault.halted = true;
                fault.halted_at_tick = Some(tick);
                true
            },
            _ => false,
        }
    }

    /// Halts the first live fault of this kind on this service.
    fn halt_primary(&mut self, place: usize, kind: FaultKind) -> Option<usize> {
        self.fault_halted = true;
        let places = &self.fault_places;
        let live = self.faults.iter().enumerate().find(|(index, fault)| {
            !fault.halted && fault.fault_type == kind && places.get(*index) == Some(&Some(place))
        });
        let index = live.map(|(index, _)| index)?;
        self.halt(index).then_some(index)
    }

    fn act(&mut self, action: Action, place: usize) -> Verdict {
        let wrong = self.services[place].is_fine();
        if wrong && !matches!(action, Action::TrafficShift { .. }) {
            return Verdict { wrong, halted: None };
        }
        let is_root = self.root == Some(place);
        let kind = is_root.then_some(self.config.fault_type);
        let halts = match action {
            Action::RestartService => restart(&mut self.services[place], kind),
            Action::RollbackDeploy => rollback(&mut self.services[place], kind),
            Action::RevertConfig => revert(&mut self.services[place], kind),
            Action::ScaleReplicas { memory_limit_mb } => {
                scale(&mut self.services[place], kind, memory_limit_mb)
            },
            Action::CircuitBreak => {
                for caller in self.graph.callers(place) {
                    self.services[caller].error *= 0.5;
                }
                None
            },
            Action::TrafficShift { drain } => {
                shift(&mut self.services[place], drain.unwrap_or(DRAIN));
                None
            },
        };
        Verdict { wrong, halted: halts.and_then(|kind| self.halt_primary(place, kind)) }
    }
}

/// `kind` is the primary fault's if the service is its root. Returns the kind of fault to halt.
fn restart(service: &mut Service, kind: Option<FaultKind>) -> Option<FaultKind> {
    let halts = match kind {
        Some(FaultKind::Oom) => {
            service.memory = 0.20;
            service.use_memory();
            service.error = (service.error - 0.5).max(0.0);
            service.latency = (service.latency * 0.3).max(0.1);
            service.status = Status::Degraded;
            None
        },
        Some(FaultKind::MemoryLeak) => {
            service.memory = 0.25;
            service.use_memory();
            service.error = (service.error - 0.3).max(0.0);
            service.latency = (service.latency * 0.5).max(0.1);
            None
        },
        Some(FaultKind::NetworkPartition) => {
            service.error = (service.error * 0.3).max(0.0);
            service.latency = (service.latency * 0.2).max(0.1);
            kind
        },
        _ => None,
    };
    service.uptime_s = 0;
    service.restarts = service.restarts.saturating_add(1);
    halts
}

fn rollback(service: &mut Service, kind: Option<FaultKind>) -> Option<FaultKind> {
    let halts = kind.filter(|kind| *kind == FaultKind::BadDeploy)?;
    let letter = |c: char| c.to_digit(10).map_or(c, |digit| char::from(b'a' + (digit % 6) as u8));
    service.deployment_sha = service.deployment_sha.chars().map(letter).collect();
    service.deployment_age_s = 172_800;
    service.error *= 0.5;
    service.latency = (service.latency * 0.5).max(0.1);
    Some(halts)
}

fn revert(service: &mut Service, kind: Option<FaultKind>) -> Option<FaultKind> {
    let halts = kind.filter(|kind| *kind == FaultKind::ConfigDrift)?;
    service.open_files = 120;
    service.latency = (service.latency * 0.2).max(0.1);
    service.error *= 0.4;
    service.config_age_s = 0;
    service.config_revision = service.config_revision.saturating_add(1);
    Some(halts)
}

fn scale(service: &mut Service, kind: Option<FaultKind>, limit_mb: Option<i64>) -> Option<FaultKind> {
    let limit_mb = limit_mb.unwrap_or_else(|| (service.memory_limit / MIB).saturating_mul(2));
    service.memory_limit = limit_mb.max(1).saturating_mul(MIB);
    service.memory = service.memory_used as f64 / service.memory_limit as f64;
    kind.filter(|kind| matches!(kind, FaultKind::Oom | FaultKind::MemoryLeak))
}

fn shift(service: &mut Service, drain: f64) {
    if drain < DRAIN_MIN {
        return;
    }
    let kept = 1.0 - drain.min(DRAIN_MAX);
    service.active_requests = (service.active_requests as f64 * kept) as i64;
    service.error = rounded(service.error * kept, 4);
    service.latency = rounded(service.latency * DRAIN_PENALTY, 4);
}

fn changed_fields(place: usize, before: &Service, after: &Service, changes: &mut Vec<FieldChange>) {
    for (field, after) in after.fields() {
        let before: Option<Extra> = before.field(field);
        if before.as_ref() != Some(&after) {
            changes.push(FieldChange { service: place, field: field.to_owned(), before, after });
        }
    }
}
