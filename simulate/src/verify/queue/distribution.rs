//! The three profiles over many seeds: every recorded quantity, as far as chance allows.

use std::collections::BTreeMap;

use super::runs::scenario_of;
use super::{Check, Table, VerifyError};
use crate::kernel::RandomSource;
use crate::queue::{Observer, QueueScenario, Results, State, Tick, run_queue};
use crate::verify::table::Row;

/// Seeds played for each profile and drop rate.
const SEEDS: u32 = 100;
/// Profiles: name, clients, workers, buffer (specification, section 8).
const PROFILES: [(&str, u32, u32, u32); 3] =
    [("EXP-001", 80, 12, 200), ("EXP-002", 400, 4, 80), ("EXP-003", 1000, 2, 50)];
/// Standard errors by which two means may differ.
const ERRORS: f64 = 5.0;
/// Share of a recorded range by which ours may exceed it on either side.
const SLACK: f64 = 0.1;
/// Standard deviations between the 1st and the 99th percentile of a normal distribution.
const DEVIATIONS: f64 = 4.652_7;

/// Values of each quantity, one a seed.
type Samples = BTreeMap<String, Vec<f64>>;

/// Compares every row with [`SEEDS`] runs of ours.
///
/// Each value must lie within the recorded range, widened by [`SLACK`] of it on both sides, and the
/// mean within [`ERRORS`] standard errors of the recorded one. A share of states that is 0 or 1
/// leaves chance no room.
pub(super) fn profiles(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let mut played: BTreeMap<(String, String), Samples> = BTreeMap::new();
    for row in table.rows() {
        let name = row.text("profile")?;
        let key = (name.to_owned(), row.text("drop_rate")?.to_owned());
        let samples = match played.entry(key) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let Some((_, agents, workers, buffer)) = PROFILES.iter().find(|p| p.0 == name) else {
                    return Err(row.malformed(format!("unknown profile `{name}`")));
                };
                check.case();
                let sizes = (*agents, *workers, *buffer);
                entry.insert(sample(&scenario_of(name, sizes, row.get("drop_rate")?, 0), check))
            },
        };
        quantity(&row, samples, check)?;
    }
    Ok(())
}

/// One row: a share of runs, or a quantity with its range.
fn quantity(row: &Row<'_>, samples: &Samples, check: &mut Check) -> Result<(), VerifyError> {
    let name = row.text("quantity")?;
    let Some(values) = samples.get(name) else {
        return Err(row.malformed(format!("unknown quantity `{name}`")));
    };
    let (mean, seeds): (f64, f64) = (row.get("mean")?, row.get("seeds")?);
    let deviation = if name.contains("_state_") {
        (mean * (1.0 - mean)).max(0.0).sqrt()
    } else {
        let (least, most): (f64, f64) = (row.get("min")?, row.get("max")?);
        let slack = SLACK * (most - least);
        let inside = |x: &&f64| least - slack <= **x && **x <= most + slack;
        check.same(
            &row.place(),
            &format!("{name}: runs in range"),
            values.len(),
            values.iter().filter(inside).count(),
        );
        (row.get::<f64>("p99")? - row.get::<f64>("p01")?) / DEVIATIONS
    };
    let count = values.len() as f64;
    let ours = values.iter().sum::<f64>() / count;
    let room = ERRORS * deviation * (1.0 / count + 1.0 / seeds).sqrt() + 1e-9;
    let near = (ours - mean).abs() <= room;
    check.same(&row.place(), &format!("{name}: mean {ours} is within {room} of {mean}"), true, near);
    Ok(())
}

/// Sums pressure over ticks.
#[derive(Debug, Default)]
struct Pressure {
    depths: f64,
    ticks: f64,
}

impl Observer for Pressure {
    fn tick(&mut self, tick: &Tick<'_>) {
        self.depths += f64::from(tick.depth);
        self.ticks += 1.0;
    }
}

/// Plays a scenario with many seeds.
fn sample(scenario: &QueueScenario, check: &mut Check) -> Samples {
    let mut samples = Samples::new();
    for seed in 0..SEEDS {
        let (mut results, mut pressure) = (Results::new(scenario), Pressure::default());
        let random = RandomSource::new(u64::from(seed));
        let end = match run_queue(scenario, &random, &mut (&mut results, &mut pressure)) {
            Ok(end) => end,
            Err(error) => {
                check.differs(&scenario.header.name, error);
                return samples;
            },
        };
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        let mut take = |quantity: &str, value: f64| {
            samples.entry(quantity.to_owned()).or_default().push(value);
        };
        take("loss", results.loss(scenario));
        take("error_rate_of_completed", share(results.worker_500 as f64, results.completed as f64));
        take("peak_tick_pressure", results.peak_tick_pressure);
        take("mean_tick_pressure", share(pressure.depths / f64::from(scenario.queue.buffer), pressure.ticks));
        take("ticks", results.ticks as f64);
        take("end_time_s", end);
        take("avg_latency_completed_s", results.mean_latency());
        take("p95_latency_completed_s", results.p95_latency());
        take("share_ticks_collapsed", share(results.ticks_by_state[2] as f64, results.ticks as f64));
        for (kind, state) in [
            ("final_tick", results.final_tick_state),
            ("worst_tick", results.worst_tick_state),
            ("resolved", results.resolved(scenario).name()),
        ] {
            for other in [State::Stable, State::Degraded, State::Collapsed].map(State::name) {
                take(&format!("share_{kind}_state_{other}"), f64::from(u8::from(state == other)));
            }
        }
    }
    samples
}
