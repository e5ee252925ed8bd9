//! Cluster summaries every 5 s, the global map and the mode every 10 s (specification, section 10).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::class::Class;
use super::engine::Engine;
use super::heartbeat::PERIOD_US;
use super::interval::Interval;
use super::level::Level;
use super::log::{Entry, OrNull, Quoted, Real};
use super::mode::{MeshMode, is_healthy};
use super::position::Position;
use super::statistics::{mean, p95_exclusive, p95_exclusive_by};
use super::summary_values::{ClusterSummary, SectorSummary, signals};

/// Time between two global maps \[µs\].
const MAP_US: u64 = 10_000_000;

impl Engine<'_> {
    /// All clusters report.
    pub(crate) fn summary(&mut self) -> Result<(), RunError> {
        let names = self.names;
        let entry = Entry {
            at_us: self.now_us,
            cause: None,
            event_type: "CLUSTER_SUMMARY",
            source: names.orchestrator(),
            service: None,
        };
        let clusters = self.population.clusters();
        self.log.event(&entry, format_args!("{{\"clusters\":{clusters}}}"))?;
        for cluster in 0..clusters {
            let summary = self.summarize(cluster);
            let interval = std::mem::take(&mut self.cluster_interval[cluster as usize]);
            self.sector_interval[self.population.sector_of_cluster(cluster) as usize].add(&interval);
            let position = self.breakers.position(Level::Cluster(cluster));
            let status = self.status(summary.active, self.isolated[cluster as usize], position);
            let entry =
                Entry { service: Some(names.cluster(cluster)), source: names.cluster(cluster), ..entry };
            let id = |who: Option<(f64, u32)>| OrNull(who.map(|(_, agent)| agent));
            self.log.state(
                &entry,
                status,
                &signals(&summary, &interval),
                format_args!(
                    "{{\"agents\":{},\"active\":{},\"slowest\":{},\"fastest\":{}}}",
                    summary.agents,
                    summary.active,
                    id(summary.slowest),
                    id(summary.fastest)
                ),
            )?;
        }
        self.schedule(self.now_us + PERIOD_US, rank::SUMMARY, 0, None, What::Summary)
    }

    /// What a cluster has to report now.
    pub(crate) fn summarize(&mut self, cluster: u32) -> ClusterSummary {
        let agents = self.population.cluster_agents(cluster);
        let count = agents.len() as u32;
        let scores = &mut self.scores_buffer;
        scores.clear();
        let mut queue = 0_u64;
        let mut sum = 0.0;
        for agent in agents {
            let a = agent as usize;
            queue += u64::from(self.registry.record(a).queue);
            if self.agents.state[a] == super::agents::State::Active {
                sum += self.agents.score[a];
                scores.push((self.agents.score[a], agent));
            }
        }
        scores.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        let active = scores.len();
        let highest = scores.last().map(|(score, _)| *score);
        ClusterSummary {
            agents: count,
            active: active as u32,
            mean: (active > 0).then(|| sum / active as f64),
            p95: p95_exclusive_by(scores, |(score, _)| *score),
            slowest: highest.and_then(|h| scores.iter().find(|(score, _)| *score == h).copied()),
            fastest: scores.first().copied(),
            queue: queue as f64 / f64::from(count),
        }
    }

    fn status(&self, active: u32, isolated: bool, position: Position) -> &'static str {
        match (active, isolated) {
            (0, _) => "DOWN",
            (_, true) => "ISOLATED",
            _ => position.name(),
        }
    }

    /// The orchestrator looks at all sectors, and finds the mode.
    pub(crate) fn map(&mut self) -> Result<(), RunError> {
        let names = self.names;
        let entry = Entry {
            at_us: self.now_us,
            cause: None,
            event_type: "GLOBAL_MAP",
            source: names.orchestrator(),
            service: None,
        };
        let sectors = self.survey();
        let mut whole = SectorSummary::default();
        for sector in &sectors {
            whole.add(sector);
        }
        let total = u64::from(self.population.agents());
        let active = u64::from(whole.active);
        let new_mode = MeshMode::of(active, total);
        let rate = active as f64 / total as f64;
        let healthy = sectors.iter().filter(|s| is_healthy(s.active.into(), s.agents.into())).count();
        let mut p95s = whole.p95s.clone();
        p95s.sort_by(f64::total_cmp);
        let p95 = p95_exclusive(&p95s);
        let map = self.log.event(
            &entry,
            format_args!(
                "{{\"agents\":{total},\"active\":{active},\"active_rate\":{},\"mean_of_cluster_means\":{},\"p95_of_cluster_p95s\":{},\"sectors_healthy\":{healthy},\"sectors\":{},\"mode\":\"{}\",\"global_breaker\":\"{}\"}}",
                Real(rate),
                OrNull(mean(&whole.means).map(Real)),
                OrNull(p95.map(Real)),
                sectors.len(),
                new_mode.name(),
                self.breakers.position(Level::Global).name(),
            ),
        )?;
        let mut interval = Interval::default();
        for (s, sector) in sectors.iter().enumerate() {
            let own = std::mem::take(&mut self.sector_interval[s]);
            interval.add(&own);
            let position = self.breakers.position(Level::Sector(s as u32));
            let status = self.status(sector.active, false, position);
            let name = names.sector(s as u32);
            let entry = Entry { service: Some(name), source: name, ..entry };
            let id = |cluster: Option<u32>| OrNull(cluster.map(|c| Quoted(names.cluster(c))));
            self.log.state(
                &entry,
                status,
                &sector.signals(&own, None),
                format_args!(
                    "{{\"agents\":{},\"active\":{},\"clusters\":{},\"healthiest\":{},\"sickest\":{}}}",
                    sector.agents,
                    sector.active,
                    sector.clusters,
                    id(sector.healthiest.map(|(_, c)| c)),
                    id(sector.sickest.map(|(_, c)| c)),
                ),
            )?;
        }
        let load = self.message_rate() / self.capacity();
        let entry = Entry { service: Some(names.orchestrator()), ..entry };
        self.log.state(
            &entry,
            new_mode.name(),
            &whole.signals(&interval, Some(load)),
            format_args!("{{\"conflicts_open\":{}}}", self.conflicts.open()),
        )?;
        self.kpi.note(|tally| tally.map(rate, MAP_US));
        self.watch_failures(interval.failures, map)?;
        let population = self.population;
        let active = &self.agents.active;
        let lack = |cluster: u32| {
            1.0 - f64::from(active[cluster as usize]) / population.cluster_agents(cluster).len() as f64
        };
        self.story.map(self.now_us, &sectors, lack, names, &population);
        self.change_mode(new_mode, map)?;
        self.watch_scores(map)?;
        self.schedule(self.now_us + MAP_US, rank::MAP, 0, None, What::Map)
    }

    /// What the coordinators report now.
    fn survey(&mut self) -> Vec<SectorSummary> {
        let mut sectors = Vec::with_capacity(self.population.sectors() as usize);
        for s in 0..self.population.sectors() {
            let mut sector = SectorSummary::default();
            for cluster in self.population.sector_clusters(s) {
                let summary = self.summarize(cluster);
                sector.take(&summary, cluster);
            }
            sectors.push(sector);
        }
        sectors
    }

    /// Moves to another mode; what was put off starts when it may.
    fn change_mode(&mut self, new: MeshMode, map: i64) -> Result<(), RunError> {
        let old = std::mem::replace(&mut self.mode, new);
        if new != old {
            let names = self.names;
            let worse = new > old;
            let entry = Entry {
                at_us: self.now_us,
                cause: Some(map),
                event_type: if worse { "MODE" } else { "MODE_RECOVERY" },
                source: names.orchestrator(),
                service: Some(names.orchestrator()),
            };
            let (from, to) = (old.name(), new.name());
            let snapshot = new == MeshMode::Emergency;
            self.log.told(
                &entry,
                format_args!("{{\"old\":\"{from}\",\"new\":\"{to}\",\"snapshot\":{snapshot}}}"),
                format_args!("mode goes from {from} to {to}"),
            )?;
            self.story.mode(self.now_us, old, new, names);
        }
        if new < MeshMode::DegradedModerate {
            for action in std::mem::take(&mut self.waiting) {
                self.start(action)?;
            }
        }
        Ok(())
    }

    /// Mean score of active agents that are no people \[ms\]; `None` of none.
    pub(crate) fn mean_impedance(&self) -> Option<f64> {
        let active = (0..self.population.agents()).filter(|a| {
            self.agents.state[*a as usize] == super::agents::State::Active
                && self.population.class(*a) != Class::F
        });
        let (sum, count) =
            active.fold((0.0, 0_u64), |(sum, n), a| (sum + self.agents.score[a as usize], n + 1));
        (count > 0).then(|| sum / count as f64)
    }
}
