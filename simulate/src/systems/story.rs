//! What really happened: which injections mattered, and where failure travelled.
//!
//! An injection *mattered* if it cut its server off, took a service of it down, pushed a published
//! metric above its critical threshold, or was the last to change what cost the server most of
//! its health in a round in which it was not shown as OK. Its target is then a root cause.

use std::collections::BTreeSet;

use infra_eventlog::RunError;

use super::facet::{Facet, Facets};
use super::server::OK_ABOVE;
use super::{Observer, Seen, Step};

/// Facets that an injection changes until something changes them back.
const LASTING: [Facet; 5] = [Facet::Cpu, Facet::Memory, Facet::Disk, Facet::Services, Facet::Isolation];

/// One injection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Injection {
    pub(crate) server: usize,
    pub(crate) scenario: usize,
    pub(crate) round: u64,
    /// First round in which nothing of it was left, if there is one.
    pub(crate) over: Option<u64>,
    pub(crate) mattered: bool,
    holds: Facets,
}

/// Failure that reached a dependent, when it began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) round: u64,
    /// Share of the victim's full health.
    pub(crate) contribution: f64,
}

/// Server-rounds not shown as OK, by what cost most of the health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Suffering {
    pub(crate) total: u64,
    pub(crate) isolation: u64,
    pub(crate) dependencies: u64,
}

/// The story of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    pub(crate) injections: Vec<Injection>,
    pub(crate) spreads: Vec<Spread>,
    pub(crate) suffering: Suffering,
    /// Injection that changed each facet last, per server.
    owners: Vec<[Option<usize>; Facet::COUNT]>,
    /// Servers whose health was attributed in this round.
    attributed: Vec<bool>,
    /// (from, to) in this round and in the one before.
    spreading: [BTreeSet<(usize, usize)>; 2],
}

impl Observer for Story {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        match *step {
            Step::Traffic { .. } => {
                self.owners.resize(seen.servers.len(), [None; Facet::COUNT]);
                self.attributed.clear();
                self.attributed.resize(seen.servers.len(), false);
                self.spreading.swap(0, 1);
                self.spreading[0].clear();
            },
            Step::Injected { server, scenario, applied } => {
                self.attribute(server, seen);
                self.inject(server, scenario, applied.touched, seen);
            },
            Step::Lifted { server, touched, scenario } => {
                self.let_go(server, touched, seen.round, seen);
                self.expire(server, scenario, seen.round);
            },
            Step::Spread { server, from, hosts, .. } => {
                let contribution = 0.3 * seen.scenario.switches.coupling / hosts as f64;
                for &host in from {
                    if self.spreading[0].insert((host, server))
                        && !self.spreading[1].contains(&(host, server))
                    {
                        self.spreads.push(Spread { from: host, to: server, round: seen.round, contribution });
                    }
                }
            },
            Step::Published { server } => self.felt(server, seen),
            Step::Remedied { command, success: true, touched, .. } => {
                self.let_go(command.server, touched, seen.round + 1, seen);
            },
            Step::Checked { server, .. } => {
                self.attribute(server, seen);
                self.count(server, seen);
            },
            _ => {},
        }
        Ok(())
    }
}

impl Story {
    fn inject(&mut self, server: usize, scenario: usize, touched: Facets, seen: &Seen<'_>) {
        let number = self.injections.len();
        let mut lasting = Facets::default();
        for facet in touched.iter() {
            self.owners[server][facet as usize] = Some(number);
            if LASTING.contains(&facet) {
                lasting.add(facet);
            }
        }
        let ends_at_once = lasting.is_empty() && !seen.scenario.switches.durations;
        self.injections.push(Injection {
            server,
            scenario,
            round: seen.round,
            over: ends_at_once.then_some(seen.round + 1),
            mattered: touched.has(Facet::Isolation) || touched.has(Facet::Services),
            holds: lasting,
        });
    }

    /// The health of a round goes back to who changed it before this round's chaos.
    fn attribute(&mut self, server: usize, seen: &Seen<'_>) {
        if std::mem::replace(&mut self.attributed[server], true) {
            return;
        }
        let state = &seen.servers[server];
        if state.health <= OK_ABOVE
            && let Some((facet, _)) = state.burden
        {
            self.matters(server, facet);
        }
    }

    fn matters(&mut self, server: usize, facet: Facet) {
        if let Some(number) = self.owners[server][facet as usize] {
            self.injections[number].mattered = true;
        }
    }

    /// What is published beyond a critical threshold.
    fn felt(&mut self, server: usize, seen: &Seen<'_>) {
        let (snapshot, limits) = (&seen.snapshots[server], &seen.scenario.alert_thresholds);
        let published = [
            (snapshot.cpu_usage, limits.cpu_usage, Facet::Cpu),
            (snapshot.memory_usage, limits.memory_usage, Facet::Memory),
            (snapshot.disk_usage, limits.disk_usage, Facet::Disk),
            (snapshot.latency_p99, limits.latency_p99, Facet::Latency),
            (snapshot.error_rate, limits.error_rate, Facet::Errors),
        ];
        for (value, limit, facet) in published {
            if value > limit.critical {
                self.matters(server, facet);
            }
        }
    }

    fn count(&mut self, server: usize, seen: &Seen<'_>) {
        let state = &seen.servers[server];
        if state.health > OK_ABOVE {
            return;
        }
        self.suffering.total += 1;
        match state.burden {
            Some((Facet::Isolation, _)) => self.suffering.isolation += 1,
            Some((Facet::Dependencies, _)) => self.suffering.dependencies += 1,
            _ => {},
        }
    }

    /// These parts of a server are no longer as injections left them.
    fn let_go(&mut self, server: usize, touched: Facets, round: u64, seen: &Seen<'_>) {
        for facet in touched.iter() {
            if facet == Facet::Services && !seen.servers[server].services_down.is_empty() {
                continue;
            }
            self.owners[server][facet as usize] = None;
            let on_server =
                |injection: &&mut Injection| injection.server == server && injection.over.is_none();
            for injection in self.injections.iter_mut().rev().filter(on_server) {
                injection.let_go(facet, round);
            }
        }
    }

    /// An injection ran out (D1), whatever it still held.
    fn expire(&mut self, server: usize, scenario: usize, round: u64) {
        let is_it = |injection: &&mut Injection| {
            injection.server == server && injection.scenario == scenario && injection.over.is_none()
        };
        if let Some(injection) = self.injections.iter_mut().find(is_it) {
            injection.over = Some(round);
        }
    }
}

impl Injection {
    fn let_go(&mut self, facet: Facet, round: u64) {
        if self.holds.has(facet) {
            self.holds = self.holds.without(facet);
            if self.holds.is_empty() {
                self.over = Some(round);
            }
        }
    }
}
