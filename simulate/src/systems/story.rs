//! What really happened: which injections mattered, and where failure travelled.
//!
//! An injection *mattered* if it cut its server off, took a service of it down, pushed errors or
//! latency above their critical threshold, or was the last to change what cost the server most of
//! its health in a round in which it was not shown as OK. Its target is then a root cause.

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
    /// Injections that are not over, per server.
    open: Vec<Vec<usize>>,
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
                self.owners.resize(seen.servers.len(), [None; Facet::COUNT]);
                self.attributed.clear();
                self.attributed.resize(seen.servers.len(), false);
                self.spreading.swap(0, 1);
                self.spreading[0].clear();
            },
            Step::Injected { server, scenario, applied, .. } => {
                self.attribute(server, seen);
                self.inject(server, scenario, applied.touched, seen.round);
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
    fn inject(&mut self, server: usize, scenario: usize, touched: Facets, round: u64) {
        let number = self.injections.len();
        for facet in touched.iter() {
            self.owners[server][facet as usize] = Some(number);
        }
        self.open[server].push(number);
        self.injections.push(Injection {
            server,
            scenario,
            round,
            over: None,
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
            self.matters(server, facet);
        }
    }

    fn matters(&mut self, server: usize, facet: Facet) {
        if let Some(number) = self.owners[server][facet as usize] {
            self.injections[number].mattered = true;
        }
    }

    /// Errors and latency that users feel.
    fn felt(&mut self, server: usize, seen: &Seen<'_>) {
        let (snapshot, limits) = (&seen.snapshots[server], &seen.scenario.alert_thresholds);
        if snapshot.latency_p99 > limits.latency_p99.critical {
            self.matters(server, Facet::Latency);
        }
        if snapshot.error_rate > limits.error_rate.critical {
            self.matters(server, Facet::Errors);
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
            for &open in &self.open[server] {
                let holds = &mut self.injections[open].holds;
                *holds = holds.without(facet);
            }
        }
    }

    /// Injections of which nothing is left are over. Under D1 the server knows what holds it.
    fn close(&mut self, server: usize, seen: &Seen<'_>) {
        let durations = seen.scenario.switches.durations;
        let held = &seen.servers[server].held;
        for open in std::mem::take(&mut self.open[server]) {
            let injection = &mut self.injections[open];
            let goes_on = if durations {
                held.iter().any(|held| held.number.0 == open)
            } else {
                injection.holds = FLEETING.into_iter().fold(injection.holds, Facets::without);
                !injection.holds.is_empty()
            };
            if goes_on {
                self.open[server].push(open);
            } else {
                injection.over = Some(seen.round + 1);
                self.pass_on(server, open, Facets::default());
            }
        }
        if !durations {
            FLEETING.iter().for_each(|facet| self.owners[server][*facet as usize] = None);
        }
    }

    /// What an injection that is over held goes back to the latest that still holds it. What it
    /// changed for good stays its own unless `touched` again.
    fn pass_on(&mut self, server: usize, injection: usize, touched: Facets) {
        for facet in FLEETING.into_iter().fold(touched, Facets::with).iter() {
            if self.owners[server][facet as usize] == Some(injection) || touched.has(facet) {
                let holds = |open: &usize| self.injections[*open].holds.has(facet);
                self.owners[server][facet as usize] = self.open[server].iter().copied().rev().find(holds);
            }
        }
    }
}
