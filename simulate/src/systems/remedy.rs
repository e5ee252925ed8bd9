//! What an action does to a server (section 9).

use super::chaos::alter;
use super::facet::{Facet, Facets};
use super::scenario::RemedyEffect;
use super::{Draws, Server};

/// What an action means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cure {
    Restart,
    ScaleUp,
    Failover,
    ClearCache,
    RateLimit,
    Rollback,
    /// What the scenario defines.
    Custom(RemedyEffect),
    /// A name without effect.
    Nothing,
}

impl Cure {
    pub(crate) fn new(name: &str, effects: Option<&RemedyEffect>) -> Self {
        match (effects, name) {
            (Some(effects), _) => Self::Custom(effects.clone()),
            (None, "restart_service") => Self::Restart,
            (None, "scale_up") => Self::ScaleUp,
            (None, "failover") => Self::Failover,
            (None, "clear_cache") => Self::ClearCache,
            (None, "rate_limit") => Self::RateLimit,
            (None, "rollback") => Self::Rollback,
            _ => Self::Nothing,
        }
    }
}

/// Whether the action can succeed on this server.
pub(crate) fn applicable(server: &Server, cure: &Cure) -> bool {
    match cure {
        Cure::Restart => !server.services_down.is_empty(),
        Cure::Failover => server.isolated,
        Cure::ScaleUp | Cure::ClearCache | Cure::RateLimit | Cure::Rollback => true,
        Cure::Custom(effect) => {
            effect.restart && !server.services_down.is_empty()
                || effect.reconnect && server.isolated
                || !effect.changes.is_empty()
        },
        Cure::Nothing => false,
    }
}

/// Does what an applicable action does; returns what it touched. `frees_disk` is switch D3.
pub(crate) fn apply(server: &mut Server, cure: &Cure, frees_disk: bool, draws: &mut impl Draws) -> Facets {
    match cure {
        Cure::Restart => restart(server),
        Cure::Failover => {
            server.isolated = false;
            Facets::of(Facet::Isolation)
        },
        Cure::ScaleUp => {
            server.cpu_usage = (server.cpu_usage * 0.5).max(10.0);
            Facets::of(Facet::Cpu)
        },
        Cure::ClearCache => {
            server.memory_usage = (server.memory_usage - 30.0).max(20.0);
            if frees_disk {
                server.disk_usage = (server.disk_usage - 30.0).max(30.0);
                return Facets::of(Facet::Memory).with(Facet::Disk);
            }
            Facets::of(Facet::Memory)
        },
        Cure::RateLimit => {
            server.request_rate = (server.request_rate * 0.3).max(100.0);
            server.cpu_usage = (server.cpu_usage * 0.6).max(20.0);
            Facets::of(Facet::Traffic).with(Facet::Cpu)
        },
        Cure::Rollback => {
            server.chaos_effects.clear();
            server.cpu_usage = draws.uniform(20.0, 40.0);
            server.latency_p99 = draws.uniform(50.0, 200.0);
            Facets::of(Facet::Cpu).with(Facet::Latency)
        },
        Cure::Custom(effect) => custom(server, effect),
        Cure::Nothing => Facets::default(),
    }
}

/// Brings up the service that is down longest.
fn restart(server: &mut Server) -> Facets {
    if !server.services_down.is_empty() {
        server.services_down.remove(0);
    }
    Facets::of(Facet::Services)
}

fn custom(server: &mut Server, effect: &RemedyEffect) -> Facets {
    let mut touched = Facets::default();
    if effect.restart && !server.services_down.is_empty() {
        touched = restart(server);
    }
    if effect.reconnect && server.isolated {
        server.isolated = false;
        touched.add(Facet::Isolation);
    }
    for change in &effect.changes {
        alter(server, change);
        touched.add(change.signal.facet());
    }
    touched
}
