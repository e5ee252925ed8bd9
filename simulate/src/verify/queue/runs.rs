//! Whole runs: from recorded draws, and from the kernel's random source.

use std::path::Path;

use super::{Check, RELATIVE, Table, VerifyError};
use crate::kernel::RandomSource;
use crate::queue::{Draw, Observer, QueueScenario, Request, Results, Settings, Tape, Tick, run_queue};
use crate::scenario::{Header, Mode};
use crate::verify::table::Row;

/// A telemetry event as golden data have it.
#[derive(Debug)]
struct Event {
    time: f64,
    event_type: &'static str,
    agent: u32,
    workload: &'static str,
    latency: f64,
    depth: u32,
    status: u16,
    failure: &'static str,
}

/// A control tick as golden data have it.
#[derive(Debug)]
struct Look {
    time: f64,
    p95: f64,
    depth: u32,
    dq_dt: f64,
    state: &'static str,
    anomalies: String,
    throttle: f64,
}

/// Keeps all rows.
#[derive(Debug, Default)]
struct Recorder {
    events: Vec<Event>,
    ticks: Vec<Look>,
}

impl Observer for Recorder {
    fn request(&mut self, r: &Request) {
        if r.kind.is_telemetry() {
            self.events.push(Event {
                time: r.time,
                event_type: r.kind.name(),
                agent: r.agent,
                workload: r.workload(),
                latency: r.latency,
                depth: r.depth,
                status: r.status,
                failure: r.failure.name(),
            });
        }
    }

    fn tick(&mut self, t: &Tick<'_>) {
        self.ticks.push(Look {
            time: t.time,
            p95: t.p95,
            depth: t.depth,
            dq_dt: t.dq_dt,
            state: t.state.name(),
            anomalies: t.anomalies.iter().map(|a| a.name()).collect::<Vec<_>>().join("|"),
            throttle: t.throttle,
        });
    }
}

/// The scenario of a row with its sizes.
fn scenario(row: &Row<'_>, seed: u64) -> Result<QueueScenario, VerifyError> {
    let sizes = (row.get("agents")?, row.get("workers")?, row.get("buffer")?);
    if sizes.0 == 0 || sizes.1 == 0 || sizes.2 == 0 {
        return Err(row.malformed("a size is 0"));
    }
    Ok(scenario_of(row.text("profile")?, sizes, row.get("drop_rate")?, seed))
}

/// A scenario by its name, its sizes (clients, workers, buffer), its drop rate and its seed; all
/// else is as the specification has it.
pub(super) fn scenario_of(name: &str, sizes: (u32, u32, u32), drop_rate: f64, seed: u64) -> QueueScenario {
    let (agents, workers, buffer) = sizes;
    QueueScenario {
        header: Header {
            name: name.to_owned(),
            description: String::new(),
            mode: Mode::Reference,
            seed,
            tick_ns: 1,
        },
        queue: Settings { agents, workers, buffer, drop_rate, ..Settings::default() },
        detector: crate::queue::DetectorSettings::default(),
        resolution: crate::queue::Resolution::default(),
        network: crate::queue::Network::default(),
    }
}

/// Runs from recorded draws, with every event and tick.
pub(super) fn recorded(dir: &Path, summary: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in summary.rows() {
        check.case();
        let stem = format!("virtual_{}_{}", row.text("profile")?, row.text("tag")?);
        let file = |part: &str| dir.join(format!("{stem}.{part}.csv"));
        if !file("draws").is_file() {
            continue;
        }
        let tape = tape(&Table::open(&file("draws"))?)?;
        let scenario = scenario(&row, 0)?;
        let mut recorder = Recorder::default();
        let mut results = Results::new(&scenario);
        match run_queue(&scenario, &tape, &mut (&mut recorder, &mut results)) {
            Ok(end) => {
                figures(&row, &scenario, &results, end, check)?;
                check.same(
                    &row.place(),
                    "worst_tick_state",
                    row.text("worst_tick_state")?,
                    results.worst_tick_state,
                );
                let counts = [("worker_500", results.worker_500), ("overflow_503", results.overflow_503)];
                for (column, ours) in counts {
                    check.same(&row.place(), column, row.get::<u64>(column)?, ours);
                }
            },
            Err(error) => check.differs(&row.place(), error),
        }
        if file("events").is_file() {
            events(&Table::open(&file("events"))?, &recorder, check)?;
        }
        if file("ticks").is_file() {
            ticks(&Table::open(&file("ticks"))?, &recorder, check)?;
        }
    }
    Ok(())
}

fn tape(table: &Table) -> Result<Tape, VerifyError> {
    let mut draws = Vec::new();
    for row in table.rows() {
        let agent: usize = row.get("agent_id")?;
        if agent != draws.len() {
            return Err(row.malformed("agent_id counts from 0"));
        }
        draws.push(Draw {
            type_index: Some(row.get("type_index")?),
            u_type: 0.0,
            u_delay: row.get("u_delay")?,
            u_admit: row.get("u_admit")?,
            u_spike: row.get("u_spike")?,
            u_error: row.get("u_error")?,
        });
    }
    Ok(Tape(draws))
}

/// Runs from the kernel's random source.
pub(super) fn seeded(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        check.case();
        let seed = row.get("seed")?;
        let scenario = scenario(&row, seed)?;
        let mut results = Results::new(&scenario);
        match run_queue(&scenario, &RandomSource::new(seed), &mut results) {
            Ok(end) => figures(&row, &scenario, &results, end, check)?,
            Err(error) => check.differs(&row.place(), error),
        }
        let first: Option<f64> = row.optional("first_collapse_time")?;
        check.same(&row.place(), "collapses", first.is_some(), results.break_point_s.is_some());
        if let (Some(first), Some(ours)) = (first, results.break_point_s) {
            check.real(&row.place(), "first_collapse_time", first, ours, 0.0, RELATIVE);
        }
    }
    Ok(())
}

fn figures(
    row: &Row<'_>,
    scenario: &QueueScenario,
    results: &Results,
    end: f64,
    check: &mut Check,
) -> Result<(), VerifyError> {
    let place = row.place();
    let [stable, degraded, collapsed] = results.ticks_by_state;
    for (column, ours) in [
        ("events", results.events),
        ("completed", results.completed),
        ("completed_ok", results.completed_ok),
        ("congestion_503", results.congestion_503),
        ("ticks", results.ticks),
        ("ticks_stable", stable),
        ("ticks_degraded", degraded),
        ("ticks_collapsed", collapsed),
    ] {
        check.same(&place, column, row.get::<u64>(column)?, ours);
    }
    check.same(&place, "final_tick_state", row.text("final_tick_state")?, results.final_tick_state);
    check.same(&place, "resolved_state", row.text("resolved_state")?, results.resolved(scenario).name());
    for (column, ours) in [
        ("end_time", end),
        ("loss", results.loss(scenario)),
        ("peak_tick_pressure", results.peak_tick_pressure),
        ("avg_latency_completed", results.mean_latency()),
        ("p95_latency_completed", results.p95_latency()),
    ] {
        check.real(&place, column, row.get(column)?, ours, 1e-12, RELATIVE);
    }
    Ok(())
}

fn events(table: &Table, ours: &Recorder, check: &mut Check) -> Result<(), VerifyError> {
    check.same("events", "number of rows", table.rows().len(), ours.events.len());
    for (row, event) in table.rows().zip(&ours.events) {
        let place = row.place();
        check.same(&place, "event_type", row.text("event_type")?, event.event_type);
        check.same(&place, "agent_id", row.get::<u32>("agent_id")?, event.agent);
        check.same(&place, "workload_type", row.text("workload_type")?, event.workload);
        check.same(&place, "queue_depth", row.get::<u32>("queue_depth")?, event.depth);
        check.same(&place, "status_code", row.get::<u16>("status_code")?, event.status);
        check.same(&place, "failure_mode", row.text("failure_mode")?, event.failure);
        check.real(&place, "time", row.get("time")?, event.time, 0.0, RELATIVE);
        check.real(&place, "latency", row.get("latency")?, event.latency, 1e-12, RELATIVE);
    }
    Ok(())
}

fn ticks(table: &Table, ours: &Recorder, check: &mut Check) -> Result<(), VerifyError> {
    check.same("ticks", "number of rows", table.rows().len(), ours.ticks.len());
    for (row, tick) in table.rows().zip(&ours.ticks) {
        let place = row.place();
        check.same(&place, "state", row.text("state")?, tick.state);
        check.same(&place, "anomalies", row.text("anomalies")?, tick.anomalies.as_str());
        check.same(&place, "queue_depth", row.get::<u32>("queue_depth")?, tick.depth);
        for (column, ours) in [
            ("time", tick.time),
            ("p95_latency", tick.p95),
            ("dq_dt", tick.dq_dt),
            ("throttle_after", tick.throttle),
        ] {
            check.real(&place, column, row.get(column)?, ours, 1e-12, RELATIVE);
        }
    }
    Ok(())
}

/// Draws of a client, for tests of the tape.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Draws;

    #[test]
    fn a_tape_answers_for_its_clients_and_turns_strangers_away() {
        let draw =
            Draw { type_index: Some(2), u_type: 0.0, u_delay: 0.5, u_admit: 0.9, u_spike: 0.1, u_error: 0.9 };
        let tape = Tape(vec![draw]);
        assert_eq!(tape.of(0, 0), draw);
        assert_eq!(tape.of(9, 0).type_index, Some(0));
    }
}
