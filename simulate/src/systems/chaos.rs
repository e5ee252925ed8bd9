//! What an injection does to a server (section 6).

use super::facet::{Facet, Facets, Signal};
use super::scenario::{Change, Effect, Operation};
use super::server::{LARGEST, Server};
use super::{Draws, scenario::ServerSpec};

/// What an injection has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) touched: Facets,
    /// The service chosen to crash, up or down before.
    pub(crate) service: Option<usize>,
}

/// Applies scenario number `scenario`, keys in the order of the specification, then the generic
/// changes. Values that stay as they are count as touched: the injection is what holds them.
pub(crate) fn apply(
    server: &mut Server,
    spec: &ServerSpec,
    scenario: usize,
    effect: &Effect,
    draws: &mut impl Draws,
) -> Applied {
    let mut touched = Facets::default();
    let mut service = None;
    if let Some(value) = effect.cpu_usage {
        server.cpu_usage = value;
        touched.add(Facet::Cpu);
    }
    if let Some(growth) = effect.memory_growth {
        server.memory_usage = (server.memory_usage + growth).min(100.0);
        touched.add(Facet::Memory);
    }
    if effect.isolated {
        server.isolated = true;
        touched.add(Facet::Isolation);
    }
    if let Some(value) = effect.disk_usage {
        server.disk_usage = value;
        touched.add(Facet::Disk);
    }
    if effect.service_down && !spec.services.is_empty() {
        let chosen = draws.choice(spec.services.len());
        service = Some(chosen);
        if !server.services_down.contains(&chosen) {
            server.services_down.push(chosen);
            touched.add(Facet::Services);
        }
    }
    if let Some(factor) = effect.traffic_multiplier {
        server.request_rate = (server.request_rate * factor).min(LARGEST);
        server.cpu_usage = (server.cpu_usage * 1.5).min(100.0);
        touched = touched.with(Facet::Traffic).with(Facet::Cpu);
    }
    if let Some(factor) = effect.db_latency_multiplier
        && spec.is_database()
    {
        server.latency_p99 = (server.latency_p99 * factor).min(LARGEST);
        touched.add(Facet::Latency);
    }
    for change in &effect.changes {
        alter(server, change);
        touched.add(change.signal.facet());
    }
    server.chaos_effects.push(scenario);
    Applied { touched, service }
}

/// A generic change; percentages stay within 0 and 100, the rest within 0 and a large number.
pub(crate) fn alter(server: &mut Server, change: &Change) {
    let value = match change.signal {
        Signal::CpuUsage => &mut server.cpu_usage,
        Signal::MemoryUsage => &mut server.memory_usage,
        Signal::DiskUsage => &mut server.disk_usage,
        Signal::RequestRate => &mut server.request_rate,
        Signal::ErrorRate => &mut server.error_rate,
        Signal::LatencyP50 => &mut server.latency_p50,
        Signal::LatencyP99 => &mut server.latency_p99,
    };
    let changed = match change.operation {
        Operation::Set => change.value,
        Operation::Add => *value + change.value,
        Operation::Multiply => *value * change.value,
    };
    *value = changed.clamp(0.0, if change.signal.is_percentage() { 100.0 } else { LARGEST });
}
