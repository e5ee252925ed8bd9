//! Who depends on whom, and failure that travels along it (D5).
//!
//! A server needs a service if one of its own services depends on it and it does not host it
//! itself. A host is impaired if it is isolated, the needed service is down on it, or its health
//! is below 50. Servers are visited dependencies first; where dependencies form a cycle, the
//! server that the configuration names first sees the others as they are without coupling.

use std::collections::BTreeSet;

use super::facet::Facet;
use super::server::LARGEST;
use super::{Server, SystemsScenario};

/// A service that a server needs.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub(crate) service: String,
    /// Hosts: the server, and the service's position there.
    hosts: Vec<(usize, usize)>,
}

/// All needs.
#[derive(Clone, Debug)]
pub(crate) struct Dependencies {
    /// Per server.
    needs: Vec<Vec<Need>>,
    /// Dependencies first.
    order: Vec<usize>,
}

/// What a failing need does to a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loss<'a> {
    pub(crate) server: usize,
    pub(crate) service: &'a str,
    /// The impaired hosts.
    pub(crate) from: &'a [usize],
    /// How many hosts there are.
    pub(crate) hosts: usize,
    /// Health lost \[points\].
    pub(crate) health: f64,
}

impl Dependencies {
    pub(crate) fn new(scenario: &SystemsScenario) -> Self {
        let needs: Vec<Vec<Need>> =
            (0..scenario.servers.len()).map(|server| needs(scenario, server)).collect();
        let order = dependencies_first(&needs);
        Self { needs, order }
    }

    /// Server edges, each once: the dependent, the dependency.
    pub(crate) fn edges(&self) -> BTreeSet<(usize, usize)> {
        let of = |(server, needs): (usize, &Vec<Need>)| {
            needs.iter().flat_map(|need| &need.hosts).map(|(host, _)| (server, *host)).collect::<Vec<_>>()
        };
        self.needs.iter().enumerate().flat_map(of).collect()
    }

    /// Lets failure travel for one round; `lost` hears of every need that fails.
    pub(crate) fn spread<E>(
        &self,
        servers: &mut [Server],
        coupling: f64,
        mut lost: impl FnMut(&[Server], Loss<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut from = Vec::new();
        for &server in &self.order {
            for need in &self.needs[server] {
                from.clear();
                from.extend(need.hosts.iter().filter(|host| is_impaired(servers, **host)).map(|host| host.0));
                if from.is_empty() {
                    continue;
                }
                let share = from.len() as f64 / need.hosts.len() as f64;
                let health = weaken(&mut servers[server], coupling, share);
                let hosts = need.hosts.len();
                lost(servers, Loss { server, service: &need.service, from: &from, hosts, health })?;
            }
        }
        Ok(())
    }
}

fn is_impaired(servers: &[Server], (host, service): (usize, usize)) -> bool {
    let host = &servers[host];
    host.isolated || host.health < 50.0 || host.services_down.contains(&service)
}

/// The effect of a share of impaired hosts; returns the health lost.
fn weaken(server: &mut Server, coupling: f64, share: f64) -> f64 {
    server.error_rate = (server.error_rate + 20.0 * coupling * share).min(100.0);
    server.latency_p99 = (server.latency_p99 * (1.0 + 2.0 * coupling * share)).min(LARGEST);
    let before = server.health;
    server.health = (server.health - 30.0 * coupling * share).max(0.0);
    let lost = before - server.health;
    if lost > server.burden.map_or(0.0, |(_, other)| other) {
        server.burden = Some((Facet::Dependencies, lost));
    }
    lost
}

/// Needed services in the order in which the server's own services name them, each once.
fn needs(scenario: &SystemsScenario, server: usize) -> Vec<Need> {
    let own = &scenario.servers[server].services;
    let mut needs: Vec<Need> = Vec::new();
    for service in own.iter().filter_map(|service| scenario.service_dependencies.get(service)).flatten() {
        if own.contains(service) || needs.iter().any(|need| need.service == *service) {
            continue;
        }
        let host = |(i, spec): (usize, &super::ServerSpec)| {
            Some((i, spec.services.iter().position(|s| s == service)?))
        };
        let hosts: Vec<_> = scenario.servers.iter().enumerate().filter_map(host).collect();
        if !hosts.is_empty() {
            needs.push(Need { service: service.clone(), hosts });
        }
    }
    needs
}

/// Depth first with an own stack: a server comes after all that it needs, cycles apart.
fn dependencies_first(needs: &[Vec<Need>]) -> Vec<usize> {
    let mut seen = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    for start in 0..needs.len() {
        let mut stack = vec![(start, false)];
        while let Some((server, is_done)) = stack.pop() {
            if is_done {
                order.push(server);
            } else if !seen[server] {
                seen[server] = true;
                stack.push((server, true));
                let hosts = needs[server].iter().flat_map(|need| &need.hosts).map(|(host, _)| *host);
                stack.extend(hosts.filter(|host| !seen[*host]).map(|host| (host, false)));
            }
        }
    }
    order
}
