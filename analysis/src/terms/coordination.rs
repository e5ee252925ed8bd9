//! Terms of the coordination world: key figures against their targets, coverage and silent loss,
//! history of breakers and of the mode, threats.

use std::collections::BTreeMap;

use infra_ingest::records::Record;
use serde_json::Value;

use super::Told;
use crate::cite::Cite;
use crate::text::{Text, count, number};
use infra_report::model::Fact;

pub(super) const TYPES: &[&str] = &[
    "KPI",
    "OP_END",
    "OP_REFUSED",
    "BREAKER_OPEN",
    "BREAKER_RECOVERY",
    "MODE",
    "MODE_RECOVERY",
    "THREAT_DETECTED",
];

/// A key figure and its target.
struct Target {
    /// Its name in KPI rows.
    name: &'static str,
    label: &'static str,
    target: f64,
    /// Whether the target is the least that is good, rather than the most.
    least: bool,
}

/// Key figures with their targets (coordination specification, section 14).
const TARGETS: [Target; 8] = {
    const fn of(name: &'static str, label: &'static str, target: f64, least: bool) -> Target {
        Target { name, label, target, least }
    }
    [
        of("coordination_success_rate", "success rate", 0.99, true),
        of("arrival_window_hit_rate", "arrival-window hit rate", 0.95, true),
        of("impedance_prediction_accuracy", "impedance prediction accuracy", 0.90, true),
        of("conflict_rate", "conflict rate", 0.01, false),
        of("mesh_availability", "mesh availability", 0.999, true),
        of("cascade_latency_p95_ms", "cascade latency p95 [ms]", 1000.0, false),
        of("cluster_recovery_time_s", "cluster recovery [s]", 300.0, false),
        of("sector_recovery_time_s", "sector recovery [s]", 900.0, false),
    ]
};
/// Coverage below which a success is a silent loss.
const SILENT: f64 = 0.95;
/// Changes of a history that are told.
const TOLD: usize = 8;

pub(super) fn facts(told: &Told<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(kpis(told));
    facts.extend(coverage(told));
    facts.extend(silent_loss(told));
    facts.extend(modes(told));
    facts.extend(breakers(told));
    facts.extend(refused(told));
    facts.extend(threats(told));
    facts
}

fn cite(record: &Record) -> Cite {
    Cite::row("events", record.seq)
}

fn figure(kpi: &Record, name: &str) -> Option<f64> {
    kpi.attributes.get("indicators")?.get(name).and_then(Value::as_f64)
}

/// Figures over the whole run: those that miss their target first.
fn kpis(told: &Told<'_>) -> Option<Fact> {
    let run = told.records.of("KPI").find(|r| r.text("window") == Some("run"))?;
    let known = TARGETS.iter().filter_map(|t| Some((t, figure(run, t.name)?)));
    let is_met = |(t, value): &(&Target, f64)| if t.least { *value >= t.target } else { *value <= t.target };
    let (met, missed): (Vec<_>, Vec<_>) = known.partition(is_met);
    let list = |figures: &[(&Target, f64)]| {
        let say = |(t, value): &(&Target, f64)| {
            let sign = if t.least { "at least" } else { "at most" };
            format!("{} {} ({sign} {})", t.label, number(*value), number(t.target))
        };
        figures.iter().map(say).collect::<Vec<_>>().join("; ")
    };
    let mut value = Text::new();
    if !missed.is_empty() {
        value.say(format!("missed: {}", list(&missed)));
    }
    if !met.is_empty() {
        value.say(format!("{}met: {}", if missed.is_empty() { "" } else { "; " }, list(&met)));
    }
    value.cite(&cite(run));
    Some(Fact { label: "Key figures against targets", value })
}

/// Share of all targets that were ready, per minute.
fn coverage(told: &Told<'_>) -> Option<Fact> {
    let minutes: Vec<(&Record, f64)> = told
        .records
        .of("KPI")
        .filter(|r| r.text("window") == Some("minute"))
        .filter_map(|r| Some((r, figure(r, "coverage")?)))
        .collect();
    let run = told.records.of("KPI").find(|r| r.text("window") == Some("run"))?;
    let mut value =
        Text::words(format!("{:.1} % of all targets over the run", 100.0 * figure(run, "coverage")?));
    value.cite(&cite(run));
    let worst = minutes.iter().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.seq.cmp(&b.0.seq)));
    if let Some((worst, share)) = worst {
        value.say(format!(
            ", {:.1} % in the worst minute, until {}",
            100.0 * share,
            told.clock.at(worst.time_ns)
        ));
        value.cite(&cite(worst));
    }
    Some(Fact { label: "Coverage", value })
}

/// Operations that call themselves a success and did not reach everybody. A wave's first stage asks
/// coordinators only; whom one of them leaves out is not missed by anybody.
fn silent_loss(told: &Told<'_>) -> Option<Fact> {
    let is_success = |r: &&Record| r.text("status") == Some("SUCCESS") || r.text("quorum") == Some("PROCEED");
    let short = |r: &&Record| r.number("coverage").is_some_and(|c| c < SILENT);
    let silent: Vec<&Record> = told.records.of("OP_END").filter(is_success).filter(short).collect();
    let dropped =
        |r: &&Record| r.number("conflicts").is_some_and(|n| n > 0.0) && r.text("phase") == Some("sectors");
    let behind: Vec<&Record> = told.records.of("OP_END").filter(is_success).filter(dropped).collect();
    let mut value = Text::new();
    if let Some(first) = silent.first() {
        let sum = |key: &str| silent.iter().filter_map(|r| r.number(key)).sum::<f64>();
        value.say(format!(
            "{} ended well with less than {:.0} % of their targets: {} skipped, {} unroutable",
            count(silent.len(), "operation", "operations"),
            100.0 * SILENT,
            number(sum("skipped")),
            number(sum("unroutable"))
        ));
        value.cite(&cite(first));
    }
    if let Some(first) = behind.first() {
        value.say(format!(
            "{}{} went on without the sectors of coordinators that contradicted",
            if silent.is_empty() { "" } else { "; " },
            count(behind.len(), "wave", "waves")
        ));
        value.cite(&cite(first));
    }
    (!value.is_empty()).then_some(Fact { label: "Silent loss", value })
}

fn modes(told: &Told<'_>) -> Option<Fact> {
    let all: Vec<&Record> = told
        .records
        .rows
        .iter()
        .filter(|r| matches!(r.event_type.as_str(), "MODE" | "MODE_RECOVERY"))
        .collect();
    let Some(first) = all.first() else {
        return Some(Fact { label: "Operational mode", value: Text::words("unchanged") });
    };
    let mut value = Text::new();
    value.name(first.text("old").unwrap_or_default());
    for change in all.iter().take(TOLD) {
        value.say(" → ").name(change.text("new").unwrap_or_default());
        value.say(format!(" at {}", told.clock.at(change.time_ns))).cite(&cite(change));
    }
    if all.len() > TOLD {
        value.say(format!(", and {} more", count(all.len() - TOLD, "change", "changes")));
    }
    Some(Fact { label: "Operational mode", value })
}

fn breakers(told: &Told<'_>) -> Option<Fact> {
    let opened: Vec<&Record> =
        told.records.of("BREAKER_OPEN").filter(|r| r.text("old") == Some("CLOSED")).collect();
    let Some(first) = opened.first() else {
        return Some(Fact { label: "Circuit breakers", value: Text::words("none tripped") });
    };
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    for trip in &opened {
        *levels.entry(trip.text("level").unwrap_or_default()).or_default() += 1;
    }
    let mut value = Text::words(count(opened.len(), "trip", "trips"));
    value.cite(&cite(first));
    for (i, (level, n)) in levels.into_iter().enumerate() {
        value.say(if i == 0 { " (" } else { ", " }).name(level).say(format!(" {n}"));
    }
    value.say(format!("), first at {}", told.clock.at(first.time_ns)));
    let closed: Vec<&Record> =
        told.records.of("BREAKER_RECOVERY").filter(|r| r.text("new") == Some("CLOSED")).collect();
    match closed.last() {
        Some(last) => {
            value.say(format!(
                "; {} closed again, the last at {}",
                closed.len(),
                told.clock.at(last.time_ns)
            ));
            value.cite(&cite(last))
        },
        None => value.say("; none closed again before the log ends"),
    };
    Some(Fact { label: "Circuit breakers", value })
}

fn refused(told: &Told<'_>) -> Option<Fact> {
    let all: Vec<&Record> = told.records.of("OP_REFUSED").collect();
    let first = all.first()?;
    let mut value = Text::words(count(all.len(), "operation", "operations"));
    value.say(", the first for ").name(first.text("reason").unwrap_or("no stated reason")).cite(&cite(first));
    Some(Fact { label: "Refused", value })
}

fn threats(told: &Told<'_>) -> Option<Fact> {
    let mut kinds: BTreeMap<&str, (usize, &Record)> = BTreeMap::new();
    for threat in told.records.of("THREAT_DETECTED") {
        kinds.entry(threat.text("threat").unwrap_or_default()).or_insert((0, threat)).0 += 1;
    }
    let mut value = Text::new();
    for (i, (kind, (n, first))) in kinds.iter().enumerate() {
        value.say(if i == 0 { "" } else { ", " }).name(kind);
        value.say(format!(" {}, first at {}", count(*n, "time", "times"), told.clock.at(first.time_ns)));
        value.cite(&cite(first));
    }
    (!value.is_empty()).then_some(Fact { label: "Threats noticed", value })
}
