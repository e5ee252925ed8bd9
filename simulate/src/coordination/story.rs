//! What really happened, gathered while it happens: for the truth, not for the log.

use std::collections::BTreeMap;

use infra_eventlog::truth::Hop;
use serde::Serialize;

use super::breaker::{Reason, Transition};
use super::job::Phase;
use super::level::Level;
use super::log::ns;
use super::mode::MeshMode;
use super::names::Names;
use super::operation::Running;
use super::population::Population;
use super::position::Position;
use super::summary_values::SectorSummary;
use super::target::{Fate, Target};

/// Availability below which a sector counts as failing.
const AVAILABLE: f64 = 0.95;
/// Share of the failed messages from which a sector counts as the reason.
const MAIN_SHARE: f64 = 0.2;
/// Breaker transitions that are kept.
const MAX_LISTED: usize = 10_000;

/// A phase with a quorum.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Gathered {
    pub(crate) end_us: u64,
    pub(crate) phase: &'static str,
    pub(crate) status: &'static str,
    pub(crate) quorum: &'static str,
    pub(crate) coverage: f64,
    pub(crate) skipped: u64,
    pub(crate) unroutable: u64,
}

/// A cascade.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CascadeEnd {
    pub(crate) end_us: u64,
    pub(crate) strategy: &'static str,
    pub(crate) result: &'static str,
    pub(crate) coverage: f64,
}

/// A sector that a wave did not ask, since its coordinator was not ready.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Dropped {
    pub(crate) end_us: u64,
    pub(crate) sector: u32,
    pub(crate) agents: u32,
}

/// A breaker that moved.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Moved {
    pub(crate) time_us: u64,
    pub(crate) level: &'static str,
    pub(crate) id: u32,
    pub(crate) old: &'static str,
    pub(crate) new: &'static str,
}

/// The story of a run.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) replacements_failed: u64,
    pub(crate) refused: u64,
    pub(crate) trips: u64,
    pub(crate) worst: MeshMode,
    pub(crate) modes: Vec<(u64, &'static str)>,
    pub(crate) breakers: Vec<Moved>,
    pub(crate) gathered: Vec<Gathered>,
    pub(crate) cascades: Vec<CascadeEnd>,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) threats: Vec<(u64, &'static str, String)>,
    hops: BTreeMap<(String, String), (u64, f64)>,
    cluster_failures: Vec<u32>,
    sector_failures: Vec<u32>,
    /// Failures of sectors since the last map.
    recent: Vec<u32>,
    /// Sectors below the availability at the last map.
    failing: Vec<bool>,
    first_fault_us: u64,
}

impl Story {
    /// The story of a run with so many clusters and sectors. Nothing travels before the first
    /// fault, if there is one.
    pub(crate) fn new(clusters: u32, sectors: u32, first_fault_us: Option<u64>) -> Self {
        Self {
            replacements_failed: 0,
            refused: 0,
            trips: 0,
            worst: MeshMode::Full,
            modes: vec![(0, MeshMode::Full.name())],
            breakers: Vec::new(),
            gathered: Vec::new(),
            cascades: Vec::new(),
            dropped: Vec::new(),
            threats: Vec::new(),
            hops: BTreeMap::new(),
            cluster_failures: vec![0; clusters as usize],
            sector_failures: vec![0; sectors as usize],
            recent: vec![0; sectors as usize],
            failing: vec![false; sectors as usize],
            first_fault_us: first_fault_us.unwrap_or(u64::MAX),
        }
    }

    /// Failures travelled; only the first time counts.
    fn hop(&mut self, from: &str, to: &str, now_us: u64, contribution: f64) {
        if now_us >= self.first_fault_us {
            self.hops.entry((from.to_owned(), to.to_owned())).or_insert((now_us, contribution));
        }
    }

    /// How failure travelled, in order of time and name.
    pub(crate) fn propagation(&self) -> Vec<Hop> {
        let hop = |((from, to), (at_us, contribution)): (&(String, String), &(u64, f64))| Hop {
            from: from.clone(),
            to: to.clone(),
            time_ns: ns(*at_us),
            contribution: *contribution,
        };
        let mut hops: Vec<Hop> = self.hops.iter().map(hop).collect();
        hops.sort_by_key(|hop| hop.time_ns);
        hops
    }

    /// A failure was recorded.
    pub(crate) fn failed(&mut self, cluster: Option<u32>, sector: u32) {
        if let Some(cluster) = cluster {
            self.cluster_failures[cluster as usize] += 1;
        }
        self.sector_failures[sector as usize] += 1;
        self.recent[sector as usize] += 1;
    }

    /// Sectors with failures since the last map.
    pub(crate) fn failing_sectors(&self) -> Vec<u32> {
        let failing = self.recent.iter().zip(0..).filter(|(failures, _)| **failures > 0);
        failing.map(|(_, sector)| sector).collect()
    }

    /// A breaker moved. One of a sector that opens was opened by clusters that failed.
    pub(crate) fn breaker(
        &mut self,
        now_us: u64,
        moved: &Transition,
        names: &Names,
        population: &Population,
    ) {
        if moved.reason == Reason::ProbeFailed {
            return;
        }
        if moved.new == Position::Open {
            self.trips += 1;
        }
        if self.breakers.len() < MAX_LISTED {
            self.breakers.push(Moved {
                time_us: now_us,
                level: moved.level.name(),
                id: moved.level.id(),
                old: moved.old.name(),
                new: moved.new.name(),
            });
        }
        let Level::Sector(sector) = moved.level else { return };
        if moved.new != Position::Open {
            return;
        }
        let all = f64::from(self.sector_failures[sector as usize].max(1));
        for cluster in population.sector_clusters(sector) {
            let failures = self.cluster_failures[cluster as usize];
            if failures > 5 {
                let share = f64::from(failures) / all;
                self.hop(names.cluster(cluster), names.sector(sector), now_us, share);
            }
        }
    }

    /// A map was drawn; `lack` is the share of a cluster's agents that is not active.
    pub(crate) fn map(
        &mut self,
        now_us: u64,
        sectors: &[SectorSummary],
        lack: impl Fn(u32) -> f64,
        names: &Names,
        population: &Population,
    ) {
        for (summary, sector) in sectors.iter().zip(0..) {
            let rate = f64::from(summary.active) / f64::from(summary.agents);
            let failing = rate < AVAILABLE;
            let began = failing && !std::mem::replace(&mut self.failing[sector as usize], failing);
            if !began {
                continue;
            }
            for cluster in population.sector_clusters(sector) {
                let lack = lack(cluster);
                if lack > 1.0 - AVAILABLE {
                    self.hop(names.cluster(cluster), names.sector(sector), now_us, lack);
                }
            }
        }
        self.recent.fill(0);
    }

    /// The mode changed: failing sectors took it there.
    pub(crate) fn mode(&mut self, now_us: u64, old: MeshMode, new: MeshMode, names: &Names) {
        self.modes.push((now_us, new.name()));
        self.worst = self.worst.max(new);
        if old != MeshMode::Full {
            return;
        }
        let failing: Vec<u32> =
            self.failing.iter().zip(0..).filter(|(failing, _)| **failing).map(|(_, s)| s).collect();
        for sector in &failing {
            let share = 1.0 / failing.len() as f64;
            self.hop(names.sector(*sector), names.orchestrator(), now_us, share);
        }
    }

    /// A scatter-gather ended. Without a quorum, the sectors that failed most are the reason.
    pub(crate) fn gathered(
        &mut self,
        now_us: u64,
        running: &Running,
        population: &Population,
        names: &Names,
    ) {
        let counts = &running.counts;
        let quorum = counts.quorum();
        self.gathered.push(Gathered {
            end_us: now_us,
            phase: running.phase.name(),
            status: counts.status(running.plan.min_rate),
            quorum: quorum.name,
            coverage: counts.coverage(),
            skipped: counts.skipped,
            unroutable: counts.unroutable,
        });
        if quorum.proceeds() || running.phase != Phase::All || counts.sent == 0 {
            return;
        }
        let failed = |target: &&Target| matches!(target.fate, Fate::Conflict | Fate::Late | Fate::Lost);
        let mut by_sector: BTreeMap<u32, u32> = BTreeMap::new();
        for target in running.targets.iter().filter(failed) {
            *by_sector.entry(population.sector(target.entity)).or_default() += 1;
        }
        let all: u32 = by_sector.values().sum();
        for (sector, count) in by_sector {
            let share = f64::from(count) / f64::from(all);
            if share >= MAIN_SHARE {
                self.hop(names.sector(sector), names.orchestrator(), now_us, share);
            }
        }
    }

    /// A cascade ended.
    pub(crate) fn cascade(
        &mut self,
        end_us: u64,
        strategy: &'static str,
        result: &'static str,
        coverage: f64,
    ) {
        self.cascades.push(CascadeEnd { end_us, strategy, result, coverage });
    }

    /// A wave did not ask a sector.
    pub(crate) fn dropped(&mut self, end_us: u64, sector: u32, agents: u32, names: &Names) {
        self.dropped.push(Dropped { end_us, sector, agents });
        // One contradiction may be chance; a coordinator that contradicts twice is a reason.
        if self.dropped_after_fault(sector) == 2 {
            self.hop(names.sector(sector), names.orchestrator(), end_us, f64::from(agents));
        }
    }

    /// How often a sector was not asked since the first fault.
    pub(crate) fn dropped_after_fault(&self, sector: u32) -> usize {
        let after = |drop: &&Dropped| drop.sector == sector && drop.end_us >= self.first_fault_us;
        self.dropped.iter().filter(after).count()
    }

    /// A threat was noticed.
    pub(crate) fn threat(&mut self, now_us: u64, threat: &'static str, service: &str) {
        self.threats.push((now_us, threat, service.to_owned()));
    }

    /// Whole-scope operations since the first fault that had no quorum, or nobody to ask.
    pub(crate) fn without_quorum(&self) -> usize {
        let lost =
            |op: &&Gathered| op.phase == "all" && op.quorum != "PROCEED" && op.end_us >= self.first_fault_us;
        self.gathered.iter().filter(lost).count()
    }
}
