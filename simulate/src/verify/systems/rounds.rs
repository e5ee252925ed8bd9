//! `sre_rounds.jsonl` and `alerts_diagnosis.csv`: what an engineer makes of snapshots.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::RELATIVE;
use super::golden::{
    GoldenCooldowns, GoldenCounters, GoldenDraw, GoldenSnapshot, lines, malformed, tape, used_up,
};
use crate::scenario::Scenario;
use crate::systems::{
    Alert, Counters, Engineer, Monitored, RulesOnly, Runbook, ServerSpec, Snapshot, SystemsScenario, alerts,
    skill, value_json,
};
use crate::verify::{Check, Table, VerifyError};

#[derive(Debug, Deserialize)]
struct Round {
    skill: String,
    round_before: u64,
    cooldowns_before: GoldenCooldowns,
    stats_before: GoldenCounters,
    metrics: Vec<GoldenSnapshot>,
    alerts: Vec<(String, String, String, Value)>,
    critical_count: usize,
    overwhelmed: bool,
    handled: Vec<Handled>,
    messages_sent: usize,
    round_after: u64,
    cooldowns_after: GoldenCooldowns,
    stats_after: GoldenCounters,
}

#[derive(Debug, Deserialize)]
struct Handled {
    metric: String,
    level: String,
    value: Value,
    draws: Vec<GoldenDraw>,
    misdiagnosed: bool,
    server: String,
    action: String,
    sent: bool,
    blocked: String,
}

/// The scenario whose runbook and thresholds these files rest on.
fn reference(path: &Path) -> Result<SystemsScenario, VerifyError> {
    Scenario::named("systems", "reference")
        .and_then(|scenario| scenario.systems())
        .map_err(|error| malformed(path, error))
}

pub(super) fn sre_rounds(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    let reference = reference(path)?;
    let runbook = Runbook::new(&reference);
    for (place, row) in lines::<Round>(path)? {
        check.case();
        sre_round(check, &place, &row, &reference, &runbook);
    }
    Ok(())
}

fn sre_round(check: &mut Check, place: &str, row: &Round, reference: &SystemsScenario, runbook: &Runbook) {
    let servers: Vec<ServerSpec> = row.metrics.iter().map(spec).collect();
    let snapshots: Vec<Snapshot> = row.metrics.iter().map(GoldenSnapshot::snapshot).collect();
    let mut list = Vec::new();
    alerts(&snapshots, &reference.alert_thresholds, false, &mut list);
    check.same(place, "number of alerts", row.alerts.len(), list.len());
    for (golden, ours) in row.alerts.iter().zip(&list) {
        let (server, metric, level, value) = golden;
        alert(check, place, (server, metric, level, value), ours, &servers, &snapshots);
    }
    let monitored = Monitored {
        servers: &servers,
        snapshots: &snapshots,
        runbook,
        server_cooldowns: false,
        count_successes: false,
    };
    let mut engineer = Engineer::new(skill(&row.skill));
    engineer.round = row.round_before;
    engineer.counters = counters(&row.stats_before);
    for (action, round) in &row.cooldowns_before {
        match runbook.position(action) {
            Some(action) => engineer.cool_down(action, *round),
            None => check.differs(place, format!("unknown action `{action}`")),
        }
    }
    let draws: Vec<&GoldenDraw> = row.handled.iter().flat_map(|handled| &handled.draws).collect();
    let mut tape = tape(draws);
    let mut handled = Vec::new();
    let overview = engineer.round(&mut list, &monitored, &mut tape, &mut RulesOnly, &mut handled);
    check.same(place, "critical_count", row.critical_count, overview.critical);
    check.same(place, "overwhelmed", row.overwhelmed, overview.overwhelmed);
    check.same(place, "number of handled alerts", row.handled.len(), handled.len());
    for (golden, ours) in row.handled.iter().zip(&handled) {
        let seen = (&*golden.server, &*golden.metric, &*golden.level, &golden.value);
        alert(check, place, seen, &ours.alert, &servers, &snapshots);
        check.same(place, "misdiagnosed", golden.misdiagnosed, ours.misdiagnosed);
        check.same(place, "action", &golden.action, &runbook.actions[ours.action].name);
        check.same(place, "sent", golden.sent, ours.blocked_until.is_none());
        let blocked = if ours.blocked_until.is_some() { "cooldown" } else { "" };
        check.same(place, "blocked", golden.blocked.as_str(), blocked);
    }
    let sent = handled.iter().filter(|one| one.blocked_until.is_none()).count();
    check.same(place, "messages_sent", row.messages_sent, sent);
    check.same(place, "round_after", row.round_after, engineer.round);
    compare_engineer(check, place, &engineer, runbook, &row.cooldowns_after, &row.stats_after);
    used_up(check, place, &tape);
}

fn spec(golden: &GoldenSnapshot) -> ServerSpec {
    ServerSpec {
        name: golden.server.clone(),
        kind: golden.kind.clone(),
        services: golden.services_down.clone(),
        cpu_capacity: None,
        memory_capacity: None,
        is_primary: None,
    }
}

fn counters(golden: &GoldenCounters) -> Counters {
    Counters {
        alerts_handled: golden.alerts_handled,
        incidents_resolved: golden.incidents_resolved,
        failed_remediations: golden.failed_remediations,
    }
}

/// Cooldowns and counters of an engineer.
pub(super) fn compare_engineer(
    check: &mut Check,
    place: &str,
    engineer: &Engineer,
    runbook: &Runbook,
    cooldowns: &GoldenCooldowns,
    stats: &GoldenCounters,
) {
    let name = |action: usize| runbook.actions[action].name.clone();
    let ours: GoldenCooldowns =
        engineer.cooldowns.iter().map(|((action, _), round)| (name(*action), *round)).collect();
    check.same(place, "cooldowns", cooldowns, &ours);
    check.same(place, "stats", counters(stats), engineer.counters);
}

/// One alert: server, metric, level, value.
pub(super) fn alert(
    check: &mut Check,
    place: &str,
    (server, metric, level, value): (&str, &str, &str, &Value),
    ours: &Alert,
    servers: &[ServerSpec],
    snapshots: &[Snapshot],
) {
    let spec = &servers[ours.server];
    check.same(place, "alert server", server, spec.name.as_str());
    check.same(place, "alert metric", metric, ours.metric.name());
    check.same(place, "alert level", level, ours.level.name());
    match (value.as_f64(), ours.value) {
        (Some(golden), Some(ours)) => check.real(place, "alert value", golden, ours, 0.0, RELATIVE),
        _ => check.same(place, "alert value", value, &value_json(ours, &snapshots[ours.server], spec)),
    }
}

pub(super) fn alerts_diagnosis(path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    let reference = reference(path)?;
    let runbook = Runbook::new(&reference);
    for row in Table::open(path)?.rows() {
        check.case();
        let value: Value = serde_json::from_str(row.text("value")?).map_err(|e| row.malformed(e))?;
        let mut seen = Snapshot { health: 100.0, ..Snapshot::default() };
        let number = || value.as_f64().ok_or_else(|| row.malformed("the value is no number"));
        match row.text("metric")? {
            "cpu_usage" => seen.cpu_usage = number()?,
            "memory_usage" => seen.memory_usage = number()?,
            "disk_usage" => seen.disk_usage = number()?,
            "error_rate" => seen.error_rate = number()?,
            "latency_p99" => seen.latency_p99 = number()?,
            "health" => seen.health = number()?,
            "isolated" => seen.isolated = value == true,
            "services_down" => seen.services_down = (0..value.as_array().map_or(0, Vec::len)).collect(),
            other => return Err(row.malformed(format!("unknown metric `{}`", other.escape_debug()))),
        }
        let mut list = Vec::new();
        alerts(&[seen], &reference.alert_thresholds, false, &mut list);
        let on_database = row.text("server_type")? == "database";
        let ours = list.first().map_or(("", "", ""), |alert| {
            let action = runbook.answer(alert.metric, alert.value, on_database);
            (alert.metric.name(), alert.level.name(), runbook.actions[action].name.as_str())
        });
        let golden = (row.text("alert_metric")?, row.text("alert_level")?, row.text("action")?);
        check.same(&row.place(), "alert and action", golden, ours);
        check.same(&row.place(), "number of alerts", usize::from(!golden.0.is_empty()), list.len());
    }
    Ok(())
}
