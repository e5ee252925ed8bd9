//! The status of a service (specification, sections 3 and 5, step 5).

use super::facts::{StatusChange, Threshold};
use super::model::Mesh;
use super::observer::Observer;
use super::state::{Service, Status};

impl Service {
    /// The status that its numbers call for, and the threshold that decides.
    #[must_use]
    pub fn judged(&self) -> (Status, Threshold) {
        if self.error >= 0.90 {
            (Status::Down, Threshold::ErrorDown)
        } else if self.memory >= 0.98 {
            (Status::Down, Threshold::MemoryDown)
        } else if self.error >= 0.50 {
            (Status::Critical, Threshold::ErrorCritical)
        } else if self.latency >= 2.0 {
            (Status::Critical, Threshold::LatencyCritical)
        } else if self.error >= 0.10 {
            (Status::Degraded, Threshold::ErrorDegraded)
        } else if self.latency >= 0.50 {
            (Status::Degraded, Threshold::LatencyDegraded)
        } else {
            (Status::Healthy, Threshold::Nothing)
        }
    }

    /// Whether an action on it would be a mistake (section 13).
    pub(super) fn is_fine(&self) -> bool {
        self.error < 0.05 && self.latency < 0.50
    }
}

impl Mesh {
    /// Judges every service anew.
    pub(super) fn judge<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        for (place, service) in self.services.iter_mut().enumerate() {
            let (new, threshold) = service.judged();
            let old = std::mem::replace(&mut service.status, new);
            if old != new {
                observer.status(&StatusChange { service: place, old, new, threshold });
            }
        }
    }
}
