//! How errors climb from callee to caller (specification, section 7).

use super::facts::{CascadeHop, HopOutcome};
use super::model::Mesh;
use super::observer::Observer;

/// Errors below this stay where they are.
const SOURCE_ERROR: f64 = 0.30;
/// Share of the source's errors that reaches its callers.
const START_FACTOR: f64 = 0.25;
/// Share that each further hop passes on.
const HOP_FACTOR: f64 = 0.40;
/// Latency that comes with an error ratio of 1 \[s\].
const LATENCY_FACTOR: f64 = 0.5;
/// Hops at most.
const DEPTH: u32 = 3;
/// Smaller contributions are dropped.
const CUTOFF: f64 = 0.01;

/// Something on its way to a caller.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    parent: usize,
    victim: usize,
    contribution: f64,
    hop: u32,
}

/// Buffers of one breadth-first walk, kept between ticks.
#[derive(Clone, Debug)]
pub(super) struct Wave {
    queue: Vec<Arrival>,
    /// Number of the walk that has last seen each service.
    seen: Vec<u64>,
    walk: u64,
}

impl Wave {
    pub(super) fn new(services: usize) -> Self {
        Self { queue: Vec::new(), seen: vec![0; services], walk: 0 }
    }

    fn start(&mut self) {
        self.queue.clear();
        self.walk += 1;
    }

    /// Whether the service is seen for the first time in this walk.
    fn first_visit(&mut self, service: usize) -> bool {
        let walk = self.walk;
        self.seen.get_mut(service).is_some_and(|seen| std::mem::replace(seen, walk) != walk)
    }
}

impl Mesh {
    /// Lets the errors of a fault's service climb to its callers.
    pub(super) fn cascade<O: Observer + ?Sized>(&mut self, fault: Option<usize>, observer: &mut O) {
        let Some(source) = self.fault_place(fault) else { return };
        let error = self.services[source].error;
        if error < SOURCE_ERROR {
            return;
        }
        let mut wave = std::mem::take(&mut self.wave);
        wave.start();
        wave.first_visit(source);
        self.send(&mut wave, source, error * START_FACTOR, 1);
        let mut next = 0;
        while let Some(&arrival) = wave.queue.get(next) {
            next += 1;
            let Arrival { parent, victim, contribution, hop } = arrival;
            let before = self.services[victim].levels();
            let outcome = if hop > DEPTH {
                HopOutcome::Depth
            } else if contribution < CUTOFF {
                HopOutcome::Cutoff
            } else if self.decoys[victim] {
                HopOutcome::RedHerring
            } else {
                let service = &mut self.services[victim];
                service.error = (service.error + contribution).min(1.0);
                service.latency += contribution * LATENCY_FACTOR;
                self.send(&mut wave, victim, contribution * HOP_FACTOR, hop + 1);
                HopOutcome::Applied
            };
            let after = self.services[victim].levels();
            observer.hop(&CascadeHop {
                fault,
                source,
                parent,
                victim,
                hop,
                contribution,
                before,
                after,
                outcome,
            });
        }
        self.wave = wave;
    }

    fn send(&self, wave: &mut Wave, parent: usize, contribution: f64, hop: u32) {
        for victim in self.graph.callers(parent) {
            if wave.first_visit(victim) {
                wave.queue.push(Arrival { parent, victim, contribution, hop });
            }
        }
    }
}

impl Default for Wave {
    fn default() -> Self {
        Self::new(0)
    }
}
