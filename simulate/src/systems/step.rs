//! What observers see of a run: its steps, in order, each with the state that it leaves.

use infra_eventlog::RunError;

use super::chaos::Applied;
use super::engine::Command;
use super::facet::Facets;
use super::sre::{Handled, Overview};
use super::{Alert, Engineer, Runbook, Server, Snapshot, SystemsScenario};

/// The whole system at a step.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// From 1.
    pub(crate) round: u64,
    pub(crate) scenario: &'a SystemsScenario,
    pub(crate) runbook: &'a Runbook,
    pub(crate) servers: &'a [Server],
    /// What was published last, per server.
    pub(crate) snapshots: &'a [Snapshot],
    pub(crate) engineers: &'a [Engineer],
}

/// One thing that happened.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    /// A round begins: its requests, and the share of each server.
    Traffic { total: f64, each: f64 },
    /// An injection ran out (D1); `injection` is its number, from 0.
    Lifted { injection: usize, server: usize, scenario: usize, touched: Facets },
    /// Chaos struck.
    Injected { server: usize, scenario: usize, applied: Applied },
    /// Failure of a needed service reached a server (D5).
    Spread { server: usize, service: &'a str, from: &'a [usize], hosts: usize, lost: f64 },
    /// A server published its metrics.
    Published { server: usize },
    /// An alert was raised.
    Alerted { alert: &'a Alert },
    /// More critical alerts than an engineer can bear.
    Overwhelmed { sre: usize, overview: Overview },
    /// An engineer handled an alert: diagnosis, then a command or a cooldown.
    Handled { sre: usize, handled: &'a Handled },
    /// A server executed a command.
    Remedied { command: &'a Command, success: bool, touched: Facets, published: bool },
    /// The runner looked whether a server is up.
    Checked { server: usize, up: bool },
    /// The round is over.
    Closed,
}

/// Somebody who watches a run.
pub(crate) trait Observer {
    /// A step was taken.
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError>;
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        self.0.saw(step, seen)?;
        self.1.saw(step, seen)
    }
}
