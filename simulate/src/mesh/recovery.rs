//! How services recover while a fault is halted (specification, section 8).

use super::facts::{RecoveryRole, RecoveryStep};
use super::fault::FaultKind;
use super::model::Mesh;
use super::observer::Observer;
use super::state::Service;

/// Errors fall to this and no further.
const ERROR_FLOOR: f64 = 0.01;
/// Latency falls to this and no further \[s\].
const LATENCY_FLOOR: f64 = 0.1;

impl Mesh {
    /// One tick of recovery from a halted fault; `None` is the legacy path's.
    pub(super) fn recover<O: Observer + ?Sized>(&mut self, fault: Option<usize>, observer: &mut O) {
        let (kind, speed) = match fault.and_then(|index| self.faults.get(index)) {
            Some(state) => (state.fault_type, state.fault_speed),
            None => (self.config.fault_type, self.config.degradation_speed),
        };
        let root = self.fault_place(fault);
        if let Some(place) = root {
            let service = &mut self.services[place];
            let before = service.levels();
            recover_root(service, kind, speed, fault.is_none());
            let after = service.levels();
            if before != after {
                let role = RecoveryRole::Root;
                observer.recovery(&RecoveryStep { fault, service: place, role, before, after });
            }
        }
        for (place, (service, decoy)) in self.services.iter_mut().zip(&self.decoys).enumerate() {
            if Some(place) == root || *decoy || !(service.error > 0.02 || service.latency > 0.15) {
                continue;
            }
            let before = service.levels();
            recover_victim(service, speed);
            let after = service.levels();
            let role = RecoveryRole::Victim;
            observer.recovery(&RecoveryStep { fault, service: place, role, before, after });
        }
    }
}

fn recover_root(service: &mut Service, kind: FaultKind, speed: f64, legacy: bool) {
    if legacy || service.error > 0.02 {
        service.error = (service.error - speed * 0.15).max(ERROR_FLOOR);
    }
    if service.latency > LATENCY_FLOOR {
        service.latency = (service.latency - speed * 1.5).max(LATENCY_FLOOR);
    }
    if matches!(kind, FaultKind::Oom | FaultKind::MemoryLeak) && service.memory > 0.40 {
        service.memory = (service.memory - speed * 0.10).max(0.25);
        service.use_memory();
    }
}

fn recover_victim(service: &mut Service, speed: f64) {
    if service.error > 0.02 {
        service.error = (service.error - speed * 0.10).max(ERROR_FLOOR);
    }
    if service.latency > 0.15 {
        service.latency = (service.latency - speed * 1.0).max(LATENCY_FLOOR);
    }
}
