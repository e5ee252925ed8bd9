//! Terms of the systems world: SLA, time to resolve alerts, and how the engineers did.

use std::collections::BTreeMap;

use infra_ingest::records::Record;

use super::Told;
use crate::cite::Cite;
use crate::text::{Text, count, number};
use infra_report::model::Fact;

pub(super) const TYPES: &[&str] = &[
    "TRAFFIC_UPDATE",
    "HEALTH_CHECK",
    "SLA_REPORT",
    "ALERT",
    "DIAGNOSIS",
    "REMEDIATE",
    "REMEDIATION_RESULT",
    "COOLDOWN_BLOCKED",
    "SRE_OVERWHELMED",
    "DIAGNOSER_FALLBACK",
];

pub(super) fn facts(told: &Told<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(sla(told));
    facts.extend(resolution(told));
    facts.extend(diagnoses(told));
    facts.extend(remediation(told));
    facts.extend(overwhelmed(told));
    facts.extend(fallbacks(told));
    facts
}

fn cite(record: &Record) -> Cite {
    Cite::row("events", record.seq)
}

/// Share of health checks that found a server up, against the target.
fn sla(told: &Told<'_>) -> Option<Fact> {
    let checks: Vec<&Record> = told.records.of("HEALTH_CHECK").collect();
    let up = checks.iter().filter(|r| r.flag("up") == Some(true)).count();
    let first_down = checks.iter().find(|r| r.flag("up") == Some(false));
    let availability = 100.0 * up as f64 / checks.len().max(1) as f64;
    let mut value = Text::words(format!("{availability:.2} % ({up} of {} health checks)", checks.len()));
    value.cite_some(first_down.map(|r| cite(r)).as_ref());
    if let Some(report) = told.records.of("SLA_REPORT").next_back()
        && let Some(target) = report.number("sla_target")
    {
        value.say(match target - availability {
            missed if missed > 0.0 => format!(", the SLA of {} % missed by {missed:.2}", number(target)),
            _ => format!(", the SLA of {} % met", number(target)),
        });
        value.cite(&cite(report));
    }
    (!checks.is_empty()).then_some(Fact { label: "Availability and SLA", value })
}

/// An alert of one metric on one server is open from the first round that has it to the first
/// later one without it.
fn resolution(told: &Told<'_>) -> Option<Fact> {
    let mut rounds: Vec<i64> = told.records.of("TRAFFIC_UPDATE").map(|r| r.time_ns).collect();
    rounds.dedup();
    let round_of = |time: i64| rounds.partition_point(|t| *t <= time);
    let mut of: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut first = None;
    for alert in told.records.of("ALERT") {
        let key =
            (alert.service.clone().unwrap_or_default(), alert.text("metric").unwrap_or_default().to_owned());
        of.entry(key).or_default().push(round_of(alert.time_ns));
        first.get_or_insert(alert);
    }
    let Some(first) = first else {
        return Some(Fact { label: "Alerts", value: Text::words("none") });
    };
    let (mut took, mut open, mut alerts) = (Vec::new(), 0_usize, 0_usize);
    for seen in of.values_mut() {
        alerts += seen.len();
        seen.dedup();
        let mut opened = seen[0];
        for (i, round) in seen.iter().enumerate() {
            if seen.get(i + 1) != Some(&(round + 1)) {
                if *round >= rounds.len() {
                    open += 1
                } else {
                    took.push((round + 1 - opened) as f64)
                }
                opened = seen.get(i + 1).copied().unwrap_or_default();
            }
        }
    }
    let mut value = Text::words(count(alerts, "alert", "alerts"));
    value.cite(&cite(first));
    value.say(format!(" in {}", count(took.len() + open, "incident", "incidents")));
    if !took.is_empty() {
        let mean = took.iter().sum::<f64>() / took.len() as f64;
        value.say(format!("; MTTR {} rounds over the {} that were resolved", number(mean), took.len()));
    }
    if open > 0 {
        value.say(format!("; {open} not resolved when the log ends"));
    }
    Some(Fact { label: "Alerts and MTTR", value })
}

fn diagnoses(told: &Told<'_>) -> Option<Fact> {
    let all = told.records.of("DIAGNOSIS").count();
    let mut wrong = told.records.of("DIAGNOSIS").filter(|r| r.flag("misdiagnosed") == Some(true));
    let first = wrong.next();
    let mut value = Text::words(match first {
        Some(_) => format!("{} of {all}", 1 + wrong.count()),
        None => format!("none of {all}"),
    });
    value.cite_some(first.map(cite).as_ref());
    (all > 0).then_some(Fact { label: "Misdiagnoses", value })
}

fn remediation(told: &Told<'_>) -> Option<Fact> {
    let sent = told.records.of("REMEDIATE").count();
    let failed: Vec<&Record> =
        told.records.of("REMEDIATION_RESULT").filter(|r| r.flag("success") == Some(false)).collect();
    let blocked: Vec<&Record> = told.records.of("COOLDOWN_BLOCKED").collect();
    let mut value =
        Text::words(format!("{} sent, {} failed", count(sent, "command", "commands"), failed.len()));
    value.cite_some(failed.first().map(|r| cite(r)).as_ref());
    value.say(format!(", {} held back by a cooldown", blocked.len()));
    value.cite_some(blocked.first().map(|r| cite(r)).as_ref());
    (sent + blocked.len() > 0).then_some(Fact { label: "Remediation", value })
}

fn overwhelmed(told: &Told<'_>) -> Option<Fact> {
    let all: Vec<&Record> = told.records.of("SRE_OVERWHELMED").collect();
    let first = all.first()?;
    let mut value = Text::words("in ");
    value.say(count(all.len(), "round", "rounds")).say(", first at ").say(told.clock.at(first.time_ns));
    value
        .cite(&cite(first))
        .say(": more critical alerts than the engineer can face, and the rest were dropped");
    Some(Fact { label: "Overwhelmed engineer", value })
}

fn fallbacks(told: &Told<'_>) -> Option<Fact> {
    let all: Vec<&Record> = told.records.of("DIAGNOSER_FALLBACK").collect();
    let first = all.first()?;
    let mut value =
        Text::words(format!("the rules decided {} in its place", count(all.len(), "time", "times")));
    value.cite(&cite(first));
    Some(Fact { label: "External diagnoser", value })
}
