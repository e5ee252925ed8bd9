//! Detection of threats and the mesh's own responses (specification, sections 9 and 12).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::State;
use super::engine::Engine;
use super::level::Level;
use super::log::{Entry, Real};
use super::names::LEADS;
use super::rates::{CAPACITY, MessageRates};

/// Quarantined agents that compromise a cluster; isolated clusters that compromise a sector.
const MANY: u32 = 3;
/// Failures of one map interval that may be a cascade.
const MANY_FAILURES: u32 = 40;
/// A flood is this multiple of the baseline.
const FLOOD: f64 = 10.0;
/// Time over which the rate is judged \[µs\].
const SECOND_US: u64 = 1_000_000;

/// A flood of messages under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flood {
    /// Messages beyond the baseline \[1/s\].
    pub(crate) extra: f64,
    /// Since when \[µs\].
    pub(crate) since_us: u64,
    /// Whether the mesh has noticed.
    pub(crate) detected: bool,
}

impl Engine<'_> {
    /// Messages of a mesh at rest \[1/s\] (section 13).
    pub(crate) fn baseline_rate(&self) -> f64 {
        self.rates().baseline()
    }

    /// Messages by kind.
    pub(crate) fn rates(&self) -> MessageRates {
        let population = &self.population;
        MessageRates::specified(population.agents(), population.clusters(), population.sectors())
    }

    /// Messages now \[1/s\].
    pub(crate) fn message_rate(&self) -> f64 {
        self.baseline_rate() + self.flood.map_or(0.0, |flood| flood.extra)
    }

    /// Messages that the mesh is designed for \[1/s\], in proportion to its agents.
    pub(crate) fn capacity(&self) -> f64 {
        CAPACITY * f64::from(self.population.agents()) / 30_000.0
    }

    /// Writes that a threat was noticed at an entity, and returns the row.
    pub(crate) fn detected(
        &mut self,
        threat: &'static str,
        entity: u32,
        cause: Option<i64>,
    ) -> Result<i64, RunError> {
        let names = self.names;
        let service = names.service_of(entity);
        self.detected_at(threat, service, cause, format_args!("\"agent\":{entity}"))
    }

    fn detected_at(
        &mut self,
        threat: &'static str,
        service: &str,
        cause: Option<i64>,
        more: std::fmt::Arguments<'_>,
    ) -> Result<i64, RunError> {
        let entry = Entry {
            at_us: self.now_us,
            cause,
            event_type: "THREAT_DETECTED",
            source: service,
            service: Some(service),
        };
        self.story.threat(self.now_us, threat, service);
        self.log.told(
            &entry,
            format_args!("{{\"threat\":\"{threat}\",{more}}}"),
            format_args!("{threat} detected at {service}"),
        )
    }

    /// Writes what the mesh does about it, and returns the row.
    fn responds(
        &mut self,
        response: &str,
        service: &str,
        cause: i64,
        more: std::fmt::Arguments<'_>,
    ) -> Result<i64, RunError> {
        let entry = Entry {
            at_us: self.now_us,
            cause: Some(cause),
            event_type: "RESPONSE",
            source: service,
            service: Some(service),
        };
        self.log.told(
            &entry,
            format_args!("{{\"response\":\"{response}\",{more}}}"),
            format_args!("{service}: {response}"),
        )
    }

    /// Isolates a cluster with three quarantined agents; its lowest healthy agent leads from now on.
    pub(crate) fn judge_cluster(&mut self, cluster: u32, cause: i64) -> Result<(), RunError> {
        let c = cluster as usize;
        if self.isolated[c] || self.agents.quarantined[c] < MANY {
            return Ok(());
        }
        self.isolated[c] = true;
        let names = self.names;
        let quarantined = self.agents.quarantined[c];
        let more = format_args!("\"quarantined\":{quarantined}");
        let row = self.detected_at("cluster_compromise", names.cluster(cluster), Some(cause), more)?;
        let mut agents = self.population.cluster_agents(cluster);
        let lead = agents.find(|a| self.agents.state[*a as usize] == State::Active);
        let lead = super::log::OrNull(lead);
        self.responds("isolate", names.cluster(cluster), row, format_args!("\"promoted\":{lead}"))?;
        let sector = self.population.sector_of_cluster(cluster);
        let mut clusters = self.population.sector_clusters(sector);
        let isolated = clusters.by_ref().filter(|c| self.isolated[*c as usize]).count() as u32;
        if isolated != MANY {
            return Ok(());
        }
        let more = format_args!("\"isolated\":{isolated}");
        let row = self.detected_at("sector_compromise", names.sector(sector), Some(row), more)?;
        self.order_open(Level::Sector(sector), row)
    }

    /// Failures that doubled in three successive intervals and are many: a cascade. The sectors
    /// that failed since the last map are shut off.
    pub(crate) fn watch_failures(&mut self, failures: u32, map: i64) -> Result<(), RunError> {
        self.failures_per_map.push(failures);
        let [.., a, b, c, d] = self.failures_per_map.as_slice() else { return Ok(()) };
        let doubles = |old: u32, new: u32| old > 0 && new >= 2 * old;
        if !(doubles(*a, *b) && doubles(*b, *c) && doubles(*c, *d) && *d >= MANY_FAILURES) {
            return Ok(());
        }
        let more = format_args!("\"failures\":{failures}");
        let row = self.detected_at("cascade_failure", self.names.orchestrator(), Some(map), more)?;
        for sector in self.story.failing_sectors() {
            self.order_open(Level::Sector(sector), row)?;
        }
        Ok(())
    }

    /// Scores that changed by more than a half for more than 5 % of agents since the last map:
    /// reports are tampered with, and the registry keeps to the last map.
    pub(crate) fn watch_scores(&mut self, map: i64) -> Result<(), RunError> {
        let changed = self.agents.score.iter().zip(&self.map_scores).filter(|(now, before)| {
            let before = f64::from(**before);
            (*now - before).abs() > 0.5 * before
        });
        let changed = changed.count();
        if changed * 20 > self.agents.score.len() {
            let more = format_args!("\"changed\":{changed}");
            let row = self.detected_at("timing_attack", self.names.orchestrator(), Some(map), more)?;
            self.responds(
                "lock_registry",
                self.names.orchestrator(),
                row,
                format_args!("\"changed\":{changed}"),
            )?;
            let agents: Vec<u32> = std::mem::take(&mut self.reported).into_keys().collect();
            for agent in agents.into_iter().filter(|agent| *agent < LEADS) {
                self.rescore(agent);
            }
        }
        for (before, now) in self.map_scores.iter_mut().zip(&self.agents.score) {
            *before = *now as f32;
        }
        Ok(())
    }

    /// Extra messages begin: what is beyond the capacity is lost.
    pub(crate) fn flood_begins(&mut self, extra: f64, row: i64) -> Result<(), RunError> {
        self.flood = Some(Flood { extra, since_us: self.now_us, detected: false });
        let (rate, capacity) = (self.message_rate(), self.capacity());
        self.modifiers.bus = (rate > capacity).then(|| capacity / rate);
        let at_us = self.now_us + SECOND_US;
        self.schedule(at_us, rank::TIMER, 0, Some(row), What::FloodCheck)
    }

    /// They end.
    pub(crate) fn flood_ends(&mut self) {
        self.flood = None;
        self.modifiers.bus = None;
    }

    /// A second of flood has passed.
    pub(crate) fn flood_check(&mut self, cause: Option<i64>) -> Result<(), RunError> {
        let (rate, baseline) = (self.message_rate(), self.baseline_rate());
        let Some(flood) = self.flood.as_mut() else { return Ok(()) };
        let a_second = self.now_us - flood.since_us >= SECOND_US;
        if !a_second || flood.detected || rate <= FLOOD * baseline {
            return Ok(());
        }
        flood.detected = true;
        let names = self.names;
        let more = format_args!("\"rate\":{},\"baseline\":{}", Real(rate), Real(baseline));
        let row = self.detected_at("denial_of_service", names.orchestrator(), cause, more)?;
        let more = format_args!("\"priorities\":[0,1]");
        self.responds("drop_low_priorities", names.orchestrator(), row, more).map(|_| ())
    }

    /// A command that nobody authorised: nothing starts until a thaw.
    pub(crate) fn unauthorised(&mut self, cause: i64) -> Result<(), RunError> {
        let names = self.names;
        let more = format_args!("\"flag\":\"unauthorised\"");
        let row = self.detected_at("orchestrator_compromise", names.orchestrator(), Some(cause), more)?;
        self.frozen = true;
        self.responds("freeze", names.orchestrator(), row, format_args!("\"frozen\":true")).map(|_| ())
    }
}
