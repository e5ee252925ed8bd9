//! The end of a phase: its counts, who was ready, and what that means for its job.

use infra_eventlog::RunError;

use super::engine::Engine;
use super::interval::Interval;
use super::job::Phase;
use super::log::{Entry, Real};
use super::names::{COORDINATORS, LEADS};
use super::operation::Running;
use super::target::{Fate, Target};

impl Engine<'_> {
    /// A phase ends.
    pub(crate) fn operation_end(&mut self, op: u64) -> Result<(), RunError> {
        let Some(mut running) = self.running.remove(&op) else { return Ok(()) };
        let row = self.end_rows(op, &running)?;
        self.tally(&running);
        self.learn(&running);
        let job = running.job;
        self.report_to_job(&running, row);
        running.ended = true;
        if running.outstanding > 0 {
            self.running.insert(op, running);
        }
        self.continue_job(job)
    }

    fn end_rows(&mut self, op: u64, running: &Running) -> Result<i64, RunError> {
        let names = self.names;
        let counts = &running.counts;
        let job = self.jobs.get(&running.job);
        let strategy = job.map_or("", |job| job.operation.strategy.name());
        let min_rate = running.plan.min_rate;
        let quorum = counts.quorum();
        let entry = Entry {
            at_us: self.now_us,
            cause: Some(running.row),
            event_type: "OP_END",
            source: names.orchestrator(),
            service: Some(names.orchestrator()),
        };
        let (status, decision) =
            if running.phase.gathers() { (counts.status(min_rate), quorum.name) } else { ("STAGE", "") };
        let advice = if status == "PARTIAL" { "retry with a larger window" } else { "" };
        let phase = running.phase.name();
        let row = self.log.told(
            &entry,
            format_args!(
                "{{\"op\":{op},\"strategy\":\"{strategy}\",\"phase\":\"{phase}\",\"targets\":{},\"unroutable\":{},\"skipped\":{},\"sent\":{},\"ready\":{},\"conflicts\":{},\"late\":{},\"lost\":{},\"stragglers\":{},\"response_rate\":{},\"coverage\":{},\"window_hits\":{},\"on_time\":{},\"within_50ms\":{},\"status\":\"{status}\",\"advice\":\"{advice}\",\"quorum\":\"{decision}\",\"confidence\":{},\"start_us\":{},\"end_us\":{}}}",
                counts.targets,
                counts.unroutable,
                counts.skipped,
                counts.sent,
                counts.ready,
                counts.conflicts,
                counts.late,
                counts.lost,
                counts.stragglers(),
                Real(counts.response_rate()),
                Real(counts.coverage()),
                counts.window_hits,
                counts.on_time,
                counts.within_50ms,
                Real(quorum.confidence),
                running.plan.t0_us,
                self.now_us,
            ),
            format_args!(
                "operation {op} ({strategy}, {phase}) ends: {status} {decision}, {} of {} ready",
                counts.ready, counts.targets
            ),
        )?;
        self.ready_rows(op, running)?;
        Ok(row)
    }

    /// One row per cluster (or coordinator) for all that were ready.
    fn ready_rows(&mut self, op: u64, running: &Running) -> Result<(), RunError> {
        let names = self.names;
        let target_us = running.plan.target_us();
        let group_of = |entity: u32| match self.population.cluster(entity) {
            Some(cluster) => LEADS + cluster,
            None => entity,
        };
        for group in running.targets.chunk_by(|a, b| group_of(a.entity) == group_of(b.entity)) {
            let Some(offsets) = Offsets::of(group, target_us) else { continue };
            let Some(first) = group.first() else { continue };
            let entry = Entry {
                at_us: self.now_us,
                cause: None,
                event_type: "TARGETS_READY",
                source: names.orchestrator(),
                service: Some(names.service_of(first.entity)),
            };
            self.log.further(
                &entry,
                format_args!(
                    "{{\"op\":{op},\"count\":{},\"min_ms\":{},\"max_ms\":{},\"mean_ms\":{}}}",
                    offsets.count,
                    Real(offsets.min_us as f64 / 1000.0),
                    Real(offsets.max_us as f64 / 1000.0),
                    Real(offsets.sum_us as f64 / offsets.count as f64 / 1000.0),
                ),
            )?;
        }
        Ok(())
    }

    /// Counts for summaries, indicators and the truth.
    fn tally(&mut self, running: &Running) {
        for target in &running.targets {
            let interval = match self.population.cluster(target.entity) {
                Some(cluster) => &mut self.cluster_interval[cluster as usize],
                None => &mut self.sector_interval[(target.entity - COORDINATORS) as usize],
            };
            // A lead that is not reached shows in the coverage of its agents.
            interval.note(target.fate, target.entity < LEADS);
        }
        let counts = running.counts;
        if running.phase.gathers() {
            let proceeded = counts.quorum().proceeds();
            self.kpi.note(|tally| {
                tally.operations += 1;
                tally.proceeded += u64::from(proceeded);
                tally.sent += counts.sent;
                tally.delivered += counts.sent - counts.lost;
                tally.window_hits += counts.window_hits;
                tally.within_50ms += counts.within_50ms;
                tally.responses += counts.ready + counts.conflicts;
                tally.conflicts += counts.conflicts;
                if running.phase != Phase::Sectors {
                    tally.ready += counts.ready;
                    tally.targets += counts.targets;
                }
            });
            self.story.gathered(self.now_us, running, &self.population, self.names);
        }
    }

    /// Attempts enter the reliability scores.
    fn learn(&mut self, running: &Running) {
        for target in running.targets.iter().filter(|target| target.attempts > 0) {
            let node = self.population.node(target.entity);
            self.registry.attempted(node, u32::from(target.attempts), target.fate != Fate::Lost);
        }
    }

    fn report_to_job(&mut self, running: &Running, row: i64) {
        let Some(job) = self.jobs.get_mut(&running.job) else { return };
        job.row = Some(row);
        let Running { phase, plan, counts, targets, .. } = running;
        job.note(*phase, plan.min_rate, counts, targets, &self.population);
    }
}

/// When a group was ready, from the target time.
struct Offsets {
    count: u64,
    min_us: i64,
    max_us: i64,
    sum_us: i64,
}

impl Offsets {
    fn of(group: &[Target], target_us: u64) -> Option<Self> {
        let mut offsets = Self { count: 0, min_us: i64::MAX, max_us: i64::MIN, sum_us: 0 };
        for target in group.iter().filter(|target| target.fate == Fate::Ready) {
            let late = target.ready_us as i64 - target_us as i64;
            offsets.count += 1;
            offsets.min_us = offsets.min_us.min(late);
            offsets.max_us = offsets.max_us.max(late);
            offsets.sum_us += late;
        }
        (offsets.count > 0).then_some(offsets)
    }
}

impl Interval {
    fn note(&mut self, fate: Fate, is_agent: bool) {
        self.targets += u32::from(is_agent);
        match fate {
            Fate::Unroutable | Fate::Skipped => {},
            Fate::Ready => {
                self.sent += 1;
                self.ready += u32::from(is_agent);
            },
            Fate::Conflict => {
                self.sent += 1;
                self.conflicts += 1;
            },
            Fate::Late | Fate::Lost => {
                self.sent += 1;
                self.failed += 1;
            },
        }
    }
}
