//! The random source, the mesh at its start, and who falls silent (specification, sections 1, 2, 9
//! and 10).

use std::collections::BTreeMap;

use super::super::table::Row;
use super::super::{Check, Table, VerifyError};
use super::cells::Cells;
use crate::coordination::heartbeat::{Beat, PERIOD_US};
use crate::coordination::liveness::{is_missing, replacement_us, replacement_works};
use crate::coordination::registry::Registry;
use crate::coordination::{Population, PopulationPlan};
use crate::kernel::RandomSource;

/// Crashes later than this are refused: every beat before one is looked at \[µs\].
const LATEST_US: u64 = 1_000_000_000_000;

pub(super) fn rng(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let random = RandomSource::new(row.get("seed")?);
        let (stream, entity, k) = (row.get("stream")?, row.get("entity")?, row.get("k")?);
        let mut cells = Cells::new(row, check);
        cells.exact("draw_u64", random.bits(stream, entity, k))?;
        cells.real("uniform", random.uniform(stream, entity, k))?;
        cells.real("z", random.standard(stream, entity, k))?;
    }
    Ok(())
}

pub(super) fn population(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let population = Population::new(PopulationPlan::default());
    let mut registries: BTreeMap<u64, Registry> = BTreeMap::new();
    for row in table.rows() {
        let seed = row.get("seed")?;
        let agent = agent(&row, &population)?;
        let registry =
            registries.entry(seed).or_insert_with(|| Registry::new(&population, RandomSource::new(seed)));
        let record = registry.record(population.node(agent));
        let mut cells = Cells::new(row, check);
        cells.text("class", population.class(agent).name())?;
        cells.exact("cluster", population.cluster(agent).map(u64::from))?;
        cells.exact("sector", u64::from(population.sector(agent)))?;
        cells.real("latency_rtt_ms", record.latency_ms)?;
        cells.real("drift_coefficient", record.drift)?;
        cells.real("reliability", record.reliability)?;
        cells.exact("queue_depth", u64::from(record.queue))?;
        cells.real("processing_ms", record.processing_ms)?;
        cells.real("impedance_score", record.score())?;
        cells.exact("heartbeat_offset_us", Beat::of(agent, 0, population.agents()).at_us)?;
    }
    Ok(())
}

pub(super) fn liveness(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let population = Population::new(PopulationPlan::default());
    for row in table.rows() {
        let random = RandomSource::new(row.get("seed")?);
        let agent = agent(&row, &population)?;
        let crash_us: u64 = row.get("crash_us")?;
        if crash_us > LATEST_US {
            return Err(row.malformed(format!("the crash is later than {LATEST_US} µs")));
        }
        let beats = (0..).map(|number| Beat::of(agent, number, population.agents()));
        let heard = beats.take_while(|beat| beat.at_us < crash_us).filter(|beat| !beat.is_lost(random));
        let ours = Silence::after(heard.map(|beat| beat.at_us));
        let works = replacement_works(random, agent);
        let mut cells = Cells::new(row, check);
        cells.exact("heartbeat_offset_us", Beat::of(agent, 0, population.agents()).at_us)?;
        cells.exact("last_heartbeat_us", ours.last_beat_us)?;
        cells.exact("detected_us", ours.detected_us)?;
        cells.exact("replaced_us", works.then(|| replacement_us(ours.detected_us)))?;
    }
    Ok(())
}

/// When an agent was last heard of before the check that missed it.
struct Silence {
    last_beat_us: u64,
    detected_us: u64,
}

impl Silence {
    /// Checks come every five seconds, after the beats of that instant.
    fn after(heard_us: impl Iterator<Item = u64>) -> Self {
        let mut heard_us = heard_us.peekable();
        let (mut last_beat_us, mut detected_us) = (0, PERIOD_US);
        loop {
            while let Some(beat_us) = heard_us.next_if(|beat_us| *beat_us <= detected_us) {
                last_beat_us = beat_us;
            }
            if is_missing(detected_us, last_beat_us) {
                return Self { last_beat_us, detected_us };
            }
            detected_us += PERIOD_US;
        }
    }
}

/// The agent of a row, one of the population.
fn agent(row: &Row<'_>, population: &Population) -> Result<u32, VerifyError> {
    let agent = row.get("agent")?;
    if agent < population.agents() {
        Ok(agent)
    } else {
        Err(row.malformed(format!("there is no agent {agent}")))
    }
}
