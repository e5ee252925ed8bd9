//! What really happened: which injections mattered, and where failure travelled.
//!
//! An injection *mattered* if it cut its server off, took a service of it down, pushed a published
//! metric above its critical threshold, or was the last to change what cost the server most of
//! its health in a round in which it was not shown as OK. Its target is then a root cause. So is a
//! server that is not shown as OK although nothing injected and no dependency is to blame: use
//! drifts, and in long runs memory fills up by itself.

use std::collections::BTreeSet;

use infra_eventlog::RunError;

use super::facet::{Facet, Facets};
use super::server::OK_ABOVE;
use super::{Observer, Seen, Step};

/// Facets that are new every round: an injection changes them only while it holds its server.
const FLEETING: [Facet; 3] = [Facet::Traffic, Facet::Errors, Facet::Latency];

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
    /// Servers that nothing injected made suffer, in the order in which they began to: drift did.
    pub(crate) drifted: Vec<usize>,
    /// Injections that hold a server under D1, per server.
    open: Vec<Vec<usize>>,
    /// Injections that changed each facet and were not undone, in order, per server.
    holders: Vec<[Vec<usize>; Facet::COUNT]>,
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
                self.open.resize(seen.servers.len(), Vec::new());
                self.holders.resize(seen.servers.len(), Default::default());
                self.owners.resize(seen.servers.len(), [None; Facet::COUNT]);
                self.attributed.clear();
                self.attributed.resize(seen.servers.len(), false);
                self.spreading.swap(0, 1);
                self.spreading[0].clear();
            },
            Step::Injected { server, scenario, applied, .. } => {
                self.attribute(server, seen);
                self.inject(server, scenario, applied.touched, seen);
            },
            Step::Lifted { injection, server, touched, .. } => {
                self.open[server].retain(|open| *open != injection);
                self.injections[injection].over = Some(seen.round);
                self.pass_on(server, injection, touched);
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
                self.attribute(command.server, seen);
                self.let_go(command.server, touched, seen);
            },
            Step::Checked { server, .. } => {
                self.attribute(server, seen);
                self.count(server, seen);
                self.close(server, seen);
            },
            _ => {},
        }
        Ok(())
    }
}

impl Story {
    fn inject(&mut self, server: usize, scenario: usize, touched: Facets, seen: &Seen<'_>) {
        let number = self.injections.len();
        for facet in touched.iter() {
            self.owners[server][facet as usize] = Some(number);
            self.holders[server][facet as usize].push(number);
        }
        let durations = seen.scenario.switches.durations;
        if durations {
            self.open[server].push(number);
        }
        self.injections.push(Injection {
            server,
            scenario,
            round: seen.round,
            over: (touched.is_empty() && !durations).then_some(seen.round + 1),
            mattered: touched.has(Facet::Isolation) || touched.has(Facet::Services),
            holds: touched,
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
            let is_injected = self.matters(server, facet);
            if !is_injected && facet != Facet::Dependencies && !self.drifted.contains(&server) {
                self.drifted.push(server);
            }
        }
    }

    /// Who changed this last matters, if it was an injection.
    fn matters(&mut self, server: usize, facet: Facet) -> bool {
        let owner = self.owners[server][facet as usize];
        if let Some(number) = owner {
            self.injections[number].mattered = true;
        }
        owner.is_some()
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

    /// A remedy changed these parts of a server: they are no longer as injections left them.
    fn let_go(&mut self, server: usize, touched: Facets, seen: &Seen<'_>) {
        for facet in touched.iter() {
            if facet == Facet::Services && !seen.servers[server].services_down.is_empty() {
                continue;
            }
            self.owners[server][facet as usize] = None;
            for number in std::mem::take(&mut self.holders[server][facet as usize]) {
                let injection = &mut self.injections[number];
                injection.holds = injection.holds.without(facet);
                if injection.holds.is_empty() && !seen.scenario.switches.durations {
                    injection.over.get_or_insert(seen.round + 1);
                }
            }
        }
    }

    /// A round ends, and injections of which nothing is left are over. Under D1 the server knows
    /// what holds it; else all that is new every round is let go.
    fn close(&mut self, server: usize, seen: &Seen<'_>) {
        if !seen.scenario.switches.durations {
            self.let_go(server, FLEETING.into_iter().fold(Facets::default(), Facets::with), seen);
            return;
        }
        let held = &seen.servers[server].held;
        for open in std::mem::take(&mut self.open[server]) {
            if held.iter().any(|held| held.number.0 == open) {
                self.open[server].push(open);
            } else {
                self.injections[open].over = Some(seen.round + 1);
                self.pass_on(server, open, Facets::default());
            }
        }
    }

    /// What an injection that is over held goes back to the latest that still holds it. What it
    /// changed for good stays its own unless `touched` again.
    fn pass_on(&mut self, server: usize, injection: usize, touched: Facets) {
        for facet in FLEETING.into_iter().fold(touched, Facets::with).iter() {
            let owner = &mut self.owners[server][facet as usize];
            if *owner == Some(injection) || touched.has(facet) {
                let holders = &mut self.holders[server][facet as usize];
                while holders.pop_if(|number| self.injections[*number].over.is_some()).is_some() {}
                *owner = holders.last().copied();
            }
        }
    }
}
