//! Injections that last (D1): an effect holds for its scenario's duration unless a remedy of what
//! it touches comes first, and ends by itself.
//!
//! What the specification leaves open is chosen so: expiry comes before the drift of the first
//! round after the effect; a remedy ends exactly the parts that it touches; generic `set` and
//! `add` are repeated every round, generic `multiply` only on signals that are new every round.
//! Where injections overlap, use returns to what it was before the first of them, when the last
//! of them ends.

use super::chaos::Applied;
use super::facet::{Facet, Facets, Signal};
use super::scenario::{Change, Effect, Operation};
use super::server::LARGEST;
use super::{Server, chaos::alter};

/// An injection that holds a server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    /// Its number among all injections, and that of its scenario.
    pub(crate) number: (usize, usize),
    /// First round after it.
    until: u64,
    cpu: Option<f64>,
    disk: Option<f64>,
    growth: Option<f64>,
    traffic: Option<f64>,
    latency: Option<f64>,
    isolation: bool,
    service: Option<usize>,
    changes: Vec<Change>,
    /// What it was before the injection, unless a remedy came.
    cpu_before: Option<f64>,
    disk_before: Option<f64>,
}

impl Held {
    /// The injection that was just applied to `server`; before it, use was `cpu` and `disk`.
    pub(crate) fn new(
        number: (usize, usize),
        effect: &Effect,
        applied: Applied,
        until: u64,
        before: (f64, f64),
    ) -> Self {
        let touched = applied.touched;
        Self {
            number,
            until,
            cpu: effect.cpu_usage,
            disk: effect.disk_usage,
            growth: effect.memory_growth,
            traffic: effect.traffic_multiplier,
            latency: effect.db_latency_multiplier.filter(|_| touched.has(Facet::Latency)),
            isolation: effect.isolated,
            service: applied.service,
            changes: effect.changes.clone(),
            cpu_before: touched.has(Facet::Cpu).then_some(before.0),
            disk_before: touched.has(Facet::Disk).then_some(before.1),
        }
    }

    /// Whether anything of it is left.
    pub(crate) fn holds_something(&self) -> bool {
        let numbers =
            [self.cpu, self.disk, self.growth, self.traffic, self.latency, self.cpu_before, self.disk_before];
        numbers.iter().any(Option::is_some)
            || self.isolation
            || self.service.is_some()
            || !self.changes.is_empty()
    }

    /// Ends it; those held from position `at` on came later. Returns what that touched.
    fn end(self, server: &mut Server, at: usize) -> Facets {
        let mut touched = Facets::default();
        if self.isolation && !server.held.iter().any(|other| other.isolation) {
            server.isolated = false;
            touched.add(Facet::Isolation);
        }
        if let Some(service) = self.service
            && !server.held.iter().any(|other| other.service == self.service)
        {
            server.services_down.retain(|down| *down != service);
            touched.add(Facet::Services);
        }
        if let Some(before) = self.cpu_before {
            match server.held[at..].iter_mut().find_map(|other| other.cpu_before.as_mut()) {
                Some(other) => *other = before,
                None => {
                    server.cpu_usage = before;
                    touched.add(Facet::Cpu);
                },
            }
        }
        if let Some(before) = self.disk_before {
            match server.held[at..].iter_mut().find_map(|other| other.disk_before.as_mut()) {
                Some(other) => *other = before,
                None => {
                    server.disk_usage = before;
                    touched.add(Facet::Disk);
                },
            }
        }
        touched
    }
}

/// What is new every round and yet changed by an injection that still holds.
pub(crate) fn renewed(server: &Server) -> Facets {
    let mut renewed = Facets::default();
    for one in &server.held {
        if one.traffic.is_some() {
            renewed.add(Facet::Traffic);
        }
        if one.latency.is_some() {
            renewed.add(Facet::Latency);
        }
        one.changes.iter().for_each(|change| renewed.add(change.signal.facet()));
    }
    renewed
}

/// Ends what has run out; returns each injection, its scenario and what its end touched.
pub(crate) fn expire(server: &mut Server, round: u64) -> Vec<(usize, usize, Facets)> {
    let mut ended = Vec::new();
    while let Some(at) = server.held.iter().position(|held| held.until <= round) {
        let held = server.held.remove(at);
        let (injection, scenario) = held.number;
        ended.push((injection, scenario, held.end(server, at)));
    }
    ended
}

/// Holds use and traffic after the drift.
pub(crate) fn hold_use(server: &mut Server) {
    let held = std::mem::take(&mut server.held);
    for one in &held {
        if let Some(cpu) = one.cpu {
            server.cpu_usage = server.cpu_usage.max(cpu);
        }
        if let Some(disk) = one.disk {
            server.disk_usage = server.disk_usage.max(disk);
        }
        if let Some(growth) = one.growth {
            server.memory_usage = (server.memory_usage + growth).min(100.0);
        }
        if let Some(factor) = one.traffic {
            server.request_rate = (server.request_rate * factor).min(LARGEST);
        }
        repeat(server, &one.changes, false);
    }
    server.held = held;
}

/// Holds what requests feel after errors and latency were drawn.
pub(crate) fn hold_requests(server: &mut Server) {
    let held = std::mem::take(&mut server.held);
    for one in &held {
        if let Some(factor) = one.latency {
            server.latency_p99 = (server.latency_p99 * factor).min(LARGEST);
        }
        repeat(server, &one.changes, true);
    }
    server.held = held;
}

fn repeat(server: &mut Server, changes: &[Change], of_requests: bool) {
    for change in changes {
        let felt = matches!(change.signal, Signal::ErrorRate | Signal::LatencyP99);
        let anew = felt || change.signal == Signal::RequestRate;
        if felt == of_requests && (anew || change.operation != Operation::Multiply) {
            alter(server, change);
        }
    }
}

/// A remedy touched these parts: what held them is over, and so are injections that hold nothing
/// else.
pub(crate) fn cure(server: &mut Server, touched: Facets) {
    let mut held = std::mem::take(&mut server.held);
    for one in &mut held {
        if touched.has(Facet::Cpu) {
            (one.cpu, one.cpu_before) = (None, None);
        }
        if touched.has(Facet::Disk) {
            (one.disk, one.disk_before) = (None, None);
        }
        if touched.has(Facet::Memory) {
            one.growth = None;
        }
        if touched.has(Facet::Traffic) {
            one.traffic = None;
        }
        if touched.has(Facet::Latency) {
            one.latency = None;
        }
        one.isolation &= server.isolated;
        one.service = one.service.filter(|service| server.services_down.contains(service));
        one.changes.retain(|change| !touched.has(change.signal.facet()));
    }
    held.retain(Held::holds_something);
    server.held = held;
}
