//! Who can be hit and who is hit (specification, section 12).

use super::model::Mesh;
use super::state::Status;

/// An error ratio above this is noticed by users.
const USER_ERROR: f64 = 0.10;

impl Mesh {
    /// Services that failures can reach within three calls from the faults, these included.
    #[must_use]
    pub fn blast_static(&self) -> usize {
        self.reach(3)
    }

    /// Services that failures could reach at any distance.
    #[must_use]
    pub fn affected_closure(&self) -> usize {
        self.reach(usize::MAX)
    }

    /// Services that are not healthy.
    #[must_use]
    pub fn impacted(&self) -> usize {
        self.services.iter().filter(|service| service.status != Status::Healthy).count()
    }

    /// Healthy services that call one that is not.
    #[must_use]
    pub fn at_risk(&self) -> usize {
        let ill = |place: usize| self.services[place].status != Status::Healthy;
        (0..self.services.len()).filter(|&place| !ill(place) && self.graph.calls(place).any(ill)).count()
    }

    /// Whether users notice: a service that they meet has an error ratio above 0.10.
    #[must_use]
    pub fn user_impact(&self) -> bool {
        let mut services = self.services.iter().zip(&self.user_facing);
        services.any(|(service, facing)| *facing && service.error > USER_ERROR)
    }

    fn reach(&self, rounds: usize) -> usize {
        let mut reached = vec![false; self.services.len()];
        let mut front = Vec::new();
        for place in self.root.into_iter().chain(self.fault_places.iter().copied().flatten()) {
            if !std::mem::replace(&mut reached[place], true) {
                front.push(place);
            }
        }
        let mut count = front.len();
        for _ in 0..rounds {
            let mut next = Vec::new();
            for caller in front.iter().flat_map(|&place| self.graph.callers(place)) {
                if !std::mem::replace(&mut reached[caller], true) {
                    next.push(caller);
                }
            }
            if next.is_empty() {
                break;
            }
            count += next.len();
            front = next;
        }
        count.max(1)
    }
}
