//! `seeded_runs.csv` and `availability_distribution.csv`: runs with draws from the counters.

use std::path::Path;

use infra_eventlog::RunError;

use super::RELATIVE;
use super::golden::{malformed, scenario};
use super::runs::{name_level_and_skill, open};
use crate::systems::{Observer, RulesOnly, Seen, Step, Streams, SystemsScenario, Tally, run};
use crate::verify::{Check, Table, VerifyError, files};

/// State at the end.
#[derive(Debug, Default)]
struct End {
    health: Vec<f64>,
    sum_cpu: f64,
    sum_memory: f64,
}

impl Observer for End {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        if matches!(step, Step::Closed) && seen.round == seen.scenario.rounds {
            self.health = seen.servers.iter().map(|server| server.health).collect();
            self.sum_cpu = seen.servers.iter().fold(0.0, |sum, server| sum + server.cpu_usage);
            self.sum_memory = seen.servers.iter().fold(0.0, |sum, server| sum + server.memory_usage);
        }
        Ok(())
    }
}

fn play(scenario: &SystemsScenario, seed: u64, path: &Path) -> Result<(Tally, End), VerifyError> {
    let mut observers = (Tally::default(), End::default());
    let mut streams = Streams::seeded(seed, scenario.servers.len(), scenario.sres.len());
    run(scenario, &mut streams, &mut RulesOnly, &mut observers).map_err(|error| malformed(path, error))?;
    Ok(observers)
}

pub(super) fn seeded_runs(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    for row in Table::open(path)?.rows() {
        check.case();
        let place = row.place();
        let (servers, rounds): (usize, u64) = (row.get("servers")?, row.get("rounds")?);
        let mut scenario = match row.text("config")? {
            "default" => self::scenario(&serde_json::json!({}), path)?,
            name => match recorded_config(path, servers, rounds)? {
                Some(scenario) => scenario,
                None => return Err(row.malformed(format!("no run_*.json has `{}`", name.escape_debug()))),
            },
        };
        scenario.rounds = rounds;
        name_level_and_skill(&mut scenario, row.text("chaos_level")?, row.text("sre_skill")?);
        let (tally, end) = play(&scenario, row.get("seed")?, path)?;
        check.same(&place, "servers", servers, scenario.servers.len());
        let counts = [
            ("chaos_events", tally.injections),
            ("alerts_handled", tally.counters.alerts_handled),
            ("incidents_resolved", tally.counters.incidents_resolved),
            ("failed_remediations", tally.counters.failed_remediations),
            ("healthy_server_rounds", tally.up),
        ];
        for (what, ours) in counts {
            check.same(&place, what, row.get::<u64>(what)?, ours);
        }
        let availability = tally.availability();
        let reals = [
            ("availability_pct", availability),
            ("sum_final_cpu", end.sum_cpu),
            ("sum_final_memory", end.sum_memory),
        ];
        for (what, ours) in reals {
            check.real(&place, what, row.get(what)?, ours, 0.0, RELATIVE);
        }
        check.same(&place, "sla_met", row.flag("sla_met")?, availability >= scenario.sla_target);
        let health: Vec<String> = end.health.iter().map(f64::to_string).collect();
        check.same(&place, "final_health", row.text("final_health")?, health.join(" "));
    }
    Ok(())
}

/// The configuration of a recorded run beside `path` with as many servers and rounds.
fn recorded_config(path: &Path, servers: usize, rounds: u64) -> Result<Option<SystemsScenario>, VerifyError> {
    let Some(dir) = path.parent() else { return Ok(None) };
    for file in files(dir)? {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if name.starts_with("run_") && name.ends_with(".json") {
            let scenario = scenario(&open(&file)?.config, &file)?;
            if scenario.servers.len() == servers && scenario.rounds == rounds {
                return Ok(Some(scenario));
            }
        }
    }
    Ok(None)
}

/// Means of as many runs of ours, within 4 standard errors of the difference of two samples.
pub(super) fn distribution(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    for row in Table::open(path)?.rows() {
        check.case();
        let runs: u64 = row.get("runs")?;
        let mut scenario = scenario(&serde_json::json!({}), path)?;
        name_level_and_skill(&mut scenario, row.text("chaos_level")?, row.text("sre_skill")?);
        let mut sum = 0.0;
        for seed in 1..=runs.min(100_000) {
            sum += play(&scenario, seed, path)?.0.availability();
        }
        let (golden, sd): (f64, f64) = (row.get("mean_availability_pct")?, row.get("sd")?);
        let mean = sum / runs as f64;
        let tolerance = 4.0 * sd * (2.0 / runs as f64).sqrt();
        if (mean - golden).abs() > tolerance {
            check.differs(
                &row.place(),
                format!("mean availability is {mean}, golden has {golden} +- {tolerance}"),
            );
        }
        check.same(&row.place(), "mean availability is near", true, (mean - golden).abs() <= tolerance);
    }
    Ok(())
}
