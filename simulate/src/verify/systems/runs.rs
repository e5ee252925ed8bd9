//! `run_*.json`: whole runs from recorded draws.

use std::collections::BTreeMap;
use std::path::Path;

use infra_eventlog::RunError;
use serde::Deserialize;
use serde_json::Value;

use super::RELATIVE;
use super::golden::{
    GoldenCooldowns, GoldenCounters, GoldenDraw, GoldenSnapshot, GoldenState, malformed, scenario, tape,
    used_up,
};
use super::rounds::{alert, compare_engineer};
use crate::systems::{
    Observer, RulesOnly, Seen, Step, Streams, SystemsScenario, Tally, Tape, chaos_level_factor, run, skill,
};
use crate::verify::{Check, VerifyError, read};

/// A recorded run.
#[derive(Debug, Deserialize)]
pub(super) struct GoldenRun {
    pub(super) chaos_level: String,
    pub(super) sre_skill: String,
    pub(super) config: Value,
    draws: BTreeMap<String, Vec<GoldenDraw>>,
    rounds: Vec<GoldenRound>,
    availability_pct: f64,
    sla_met: bool,
}

#[derive(Debug, Deserialize)]
struct GoldenRound {
    round: u64,
    per_server_traffic: f64,
    chaos: Vec<GoldenInjection>,
    alerts: Vec<GoldenAlert>,
    actions: Vec<GoldenAction>,
    results: Vec<GoldenResult>,
    metrics_seen: Vec<GoldenSnapshot>,
    cooldowns: GoldenCooldowns,
    healthy: u64,
    states: BTreeMap<String, GoldenState>,
    sre_stats: GoldenCounters,
}

#[derive(Debug, Deserialize)]
struct GoldenInjection {
    scenario: String,
    server: String,
}

#[derive(Debug, Deserialize)]
struct GoldenAlert {
    server: String,
    metric: String,
    level: String,
    value: Value,
}

#[derive(Debug, Deserialize)]
struct GoldenAction {
    server: String,
    action: String,
    sent: bool,
    blocked: String,
}

#[derive(Debug, Deserialize)]
struct GoldenResult {
    server: String,
    action: String,
    success: bool,
}

/// The recorded run in a file.
pub(super) fn open(path: &Path) -> Result<GoldenRun, VerifyError> {
    serde_json::from_str(&read(path)?).map_err(|error| malformed(path, error))
}

/// Names a level and a skill in a scenario, as the original understands them.
pub(super) fn name_level_and_skill(scenario: &mut SystemsScenario, level: &str, skill_name: &str) {
    level.clone_into(&mut scenario.chaos_level);
    scenario.chaos_levels.insert(level.to_owned(), chaos_level_factor(level));
    skill_name.clone_into(&mut scenario.sre_skill);
    scenario.skills.insert(skill_name.to_owned(), skill(skill_name));
    for sre in &mut scenario.sres {
        skill_name.clone_into(&mut sre.skill);
    }
}

pub(super) fn run_file(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    check.case();
    let mut golden = open(path)?;
    let mut scenario = scenario(&golden.config, path)?;
    name_level_and_skill(&mut scenario, &golden.chaos_level, &golden.sre_skill);
    let mut taken = |owner: String| tape(&golden.draws.remove(&owner).unwrap_or_default());
    let mut streams = Streams {
        runner: taken("runner".to_owned()),
        servers: scenario.servers.iter().map(|server| taken(format!("server-{}", server.name))).collect(),
        sres: scenario.sres.iter().map(|sre| taken(sre.id.clone())).collect(),
        success: vec![Tape::default(); scenario.servers.len()],
    };
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let comparison = Comparison { check, file: &file, golden: &golden.rounds, heard: Heard::default() };
    let mut observers = (comparison, Tally::default());
    run(&scenario, &mut streams, &mut RulesOnly, &mut observers).map_err(|error| malformed(path, error))?;
    let tally = observers.1;
    check.same(&file, "number of rounds", golden.rounds.len() as u64, scenario.rounds);
    check.real(&file, "availability_pct", golden.availability_pct, tally.availability(), 0.0, RELATIVE);
    check.same(&file, "sla_met", golden.sla_met, tally.availability() >= scenario.sla_target);
    for tape in streams.servers.iter().chain(&streams.sres).chain([&streams.runner]) {
        used_up(check, &file, tape);
    }
    Ok(())
}

/// What happened in the round so far.
#[derive(Debug, Default)]
struct Heard {
    injections: Vec<(usize, usize)>,
    alerts: usize,
    /// (server, action, allowed).
    actions: Vec<(usize, usize, bool)>,
    results: Vec<(usize, usize, bool)>,
    up: u64,
}

/// Compares a run with a recorded one while it goes on.
struct Comparison<'a> {
    check: &'a mut Check,
    file: &'a str,
    golden: &'a [GoldenRound],
    heard: Heard,
}

impl Observer for Comparison<'_> {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        let Some(golden) = self.golden.iter().find(|golden| golden.round == seen.round) else {
            return Ok(());
        };
        let place = format!("{} round {}", self.file, seen.round);
        let (check, heard) = (&mut *self.check, &mut self.heard);
        match *step {
            Step::Traffic { each, .. } => {
                *heard = Heard::default();
                check.real(&place, "per_server_traffic", golden.per_server_traffic, each, 0.0, RELATIVE);
            },
            Step::Injected { server, scenario, .. } => heard.injections.push((server, scenario)),
            Step::Published { server } => match golden.metrics_seen.get(server) {
                Some(metrics) => {
                    metrics.compare(check, &place, &seen.scenario.servers[server], &seen.snapshots[server]);
                },
                None => check.differs(&place, "fewer metrics_seen than servers"),
            },
            Step::Alerted { alert: ours } => {
                if let Some(golden) = golden.alerts.get(heard.alerts) {
                    let parts = (&*golden.server, &*golden.metric, &*golden.level, &golden.value);
                    alert(check, &place, parts, ours, &seen.scenario.servers, seen.snapshots);
                }
                heard.alerts += 1;
            },
            Step::Handled { handled, .. } => {
                heard.actions.push((handled.alert.server, handled.action, handled.blocked_until.is_none()));
            },
            Step::Remedied { command, success, .. } => {
                heard.results.push((command.server, command.action, success));
            },
            Step::Checked { up, .. } => heard.up += u64::from(up),
            Step::Closed => close(check, &place, golden, heard, seen),
            _ => {},
        }
        Ok(())
    }
}

fn close(check: &mut Check, place: &str, golden: &GoldenRound, heard: &Heard, seen: &Seen<'_>) {
    let servers = &seen.scenario.servers;
    let chaos: Vec<String> = seen.scenario.chaos_scenarios.iter().map(|chaos| chaos.name.clone()).collect();
    // Ours come server by server; each server's own order is that of the draws.
    let mut injected: Vec<_> =
        golden.chaos.iter().map(|one| (one.server.as_str(), one.scenario.as_str())).collect();
    injected.sort_by_key(|(server, _)| servers.iter().position(|spec| spec.name == *server));
    let ours: Vec<_> = heard
        .injections
        .iter()
        .map(|(server, i)| (servers[*server].name.as_str(), chaos[*i].as_str()))
        .collect();
    check.same(place, "chaos", injected, ours);
    check.same(place, "number of alerts", golden.alerts.len(), heard.alerts);
    let name = |(server, action, flag): &(usize, usize, bool)| {
        (servers[*server].name.clone(), seen.runbook.actions[*action].name.clone(), *flag)
    };
    let actions: Vec<_> = golden
        .actions
        .iter()
        .map(|one| (one.server.clone(), one.action.clone(), one.sent && one.blocked.is_empty()))
        .collect();
    check.same(place, "actions", actions, heard.actions.iter().map(name).collect::<Vec<_>>());
    let results: Vec<_> =
        golden.results.iter().map(|one| (one.server.clone(), one.action.clone(), one.success)).collect();
    check.same(place, "results", results, heard.results.iter().map(name).collect::<Vec<_>>());
    check.same(place, "healthy", golden.healthy, heard.up);
    check.same(place, "number of states", golden.states.len(), servers.len());
    for (spec, state) in servers.iter().zip(seen.servers) {
        match golden.states.get(&spec.name) {
            Some(golden) => golden.compare(check, &format!("{place}, {}", spec.name), spec, &chaos, state),
            None => check.differs(place, format!("no state of {}", spec.name)),
        }
    }
    if let Some(engineer) = seen.engineers.first() {
        compare_engineer(check, place, engineer, seen.runbook, &golden.cooldowns, &golden.sre_stats);
    }
}
