//! Rows about the run as a whole: RUN, KPI, STATUS (specification, section 14).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::engine::Engine;
use super::log::{Entry, OrNull, Real};
use super::mode::is_healthy;

/// Time between two KPI rows \[µs\].
const MINUTE_US: u64 = 60_000_000;

impl Engine<'_> {
    fn whole(&self, event_type: &'static str) -> Entry<'static> {
        let orchestrator = self.names.orchestrator();
        Entry { at_us: self.now_us, cause: None, event_type, source: orchestrator, service: None }
    }

    /// What the run is made of. The scenario itself stands in the truth: it names the faults.
    pub(crate) fn run_row(&mut self) -> Result<(), RunError> {
        let entry = self.whole("RUN");
        let population = self.population;
        let layout = match self.scenario.population.layout {
            super::scenario::LayoutName::Mixed => "mixed",
            super::scenario::LayoutName::ByClass => "by_class",
        };
        let digest = self.registry.digest();
        self.log
            .event(
                &entry,
                format_args!(
                    "{{\"seed\":{},\"agents\":{},\"clusters\":{},\"sectors\":{},\"layout\":\"{layout}\",\"population_digest\":\"{digest}\",\"baseline_messages_per_s\":{},\"capacity_messages_per_s\":{},\"messages_per_s\":{},\"heartbeat_s\":5,\"silence_s\":30,\"bucket_ms\":10}}",
                    self.scenario.header.seed,
                    population.agents(),
                    population.clusters(),
                    population.sectors(),
                    Real(self.baseline_rate()),
                    Real(self.capacity()),
                    self.rates(),
                ),
            )
            .map(|_| ())
    }

    /// The indicators of the last minute.
    pub(crate) fn kpi_row(&mut self) -> Result<(), RunError> {
        let minute = std::mem::take(&mut self.kpi.minute);
        let entry = self.whole("KPI");
        self.log.event(&entry, format_args!("{{\"window\":\"minute\",\"indicators\":{minute}}}"))?;
        self.schedule(self.now_us + MINUTE_US, rank::SNAPSHOT, 0, None, What::Kpi)
    }

    /// The indicators of the run, and the fields of the status box.
    pub(crate) fn closing(&mut self) -> Result<(), RunError> {
        let entry = self.whole("KPI");
        self.log.event(&entry, format_args!("{{\"window\":\"run\",\"indicators\":{}}}", self.kpi.run))?;
        let (mut active, mut healthy) = (0, 0);
        for sector in 0..self.population.sectors() {
            let clusters = self.population.sector_clusters(sector);
            let of_sector: u32 = clusters.map(|c| self.agents.active[c as usize]).sum();
            let all = self.population.sector_agents(sector).len() as u64;
            healthy += u32::from(is_healthy(of_sector.into(), all));
            active += of_sector;
        }
        let since = self.last_cascade_us.map(|at_us| (self.now_us - at_us) / 1_000_000);
        let mean = self.mean_impedance();
        let conflicts = self.conflicts.last_hour(self.now_us);
        let entry = self.whole("STATUS");
        self.log
            .event(
                &entry,
                format_args!(
                    "{{\"active\":{active},\"total\":{},\"sectors_healthy\":{healthy},\"sectors\":{},\"mean_impedance_ms\":{},\"conflicts_last_hour\":{conflicts},\"mode\":\"{}\",\"seconds_since_cascade\":{}}}",
                    self.population.agents(),
                    self.population.sectors(),
                    OrNull(mean.map(Real)),
                    self.mode.name(),
                    OrNull(since),
                ),
            )
            .map(|_| ())
    }
}
