//! Terms of the mesh world: bad customer minutes, mitigation, budget, blast radius, decoys, and a
//! live fault that recovery hides.

use std::collections::{BTreeMap, BTreeSet};

use infra_ingest::records::Record;

use super::{MECHANISM, Told};
use crate::cite::Cite;
use crate::text::{Text, count, number};
use infra_report::model::Fact;

pub(super) const TYPES: &[&str] = &["TICK", "OPERATION", "FAULT_STEP", "RECOVERY_STEP", "CASCADE_HOP"];

pub(super) fn facts(told: &Told<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let ticks: Vec<&Record> = told.records.of("TICK").filter(|r| r.number("bcm_total").is_some()).collect();
    let Some(last) = ticks.last() else { return facts };
    facts.push(impact(&ticks, last));
    facts.push(mitigation(told, &ticks, last));
    facts.push(budget(told, &ticks, last));
    facts.extend(blast(&ticks));
    facts.extend(operations(told));
    facts.extend(decoys(told));
    facts.extend(metastable(told));
    facts.extend(hidden(told));
    facts
}

fn cite(record: &Record) -> Cite {
    Cite::row("events", record.seq)
}

fn impact(ticks: &[&Record], last: &Record) -> Fact {
    let mut value = Text::words(format!("{} min in all", number(last.number("bcm_total").unwrap_or(0.0))));
    value.cite(&cite(last));
    let delta = |r: &&&Record| r.number("bcm_delta").unwrap_or(0.0);
    if let Some(worst) = ticks.iter().max_by(|a, b| delta(a).total_cmp(&delta(b)).then(b.seq.cmp(&a.seq))) {
        value.say(format!(", {} min in the worst tick", number(delta(&worst)))).cite(&cite(worst));
    }
    Fact { label: "Bad customer minutes (BCM)", value }
}

fn mitigation(told: &Told<'_>, ticks: &[&Record], last: &Record) -> Fact {
    let tick = |key: &str| last.number(key);
    let mut value = match tick("mttm_after_impact") {
        Some(at) => {
            let mut text = Text::words(format!("t={}, the first of two ticks without impact", number(at)));
            let row = ticks.iter().find(|r| r.number("tick") == Some(at));
            text.cite_some(row.map(|r| cite(r)).as_ref());
            text
        },
        None => {
            let mut text = Text::words("never: impact went on, or came back, until the log ends");
            text.cite(&cite(last));
            text
        },
    };
    if let Some(at) = tick("mttm_reference").filter(|at| tick("mttm_after_impact") != Some(*at)) {
        value.say(format!(
            "; the reference's own counter says t={}, before any impact, and never takes it back",
            number(at)
        ));
    }
    let _ = told;
    Fact { label: "Mitigation (MTTM)", value }
}

fn budget(told: &Told<'_>, ticks: &[&Record], last: &Record) -> Fact {
    let left = last.number("slo_budget").unwrap_or(0.0);
    let mut value = match ticks.iter().find(|r| r.number("slo_budget").is_some_and(|b| b <= 0.0)) {
        Some(empty) => {
            let mut text = Text::words(format!("used up at {}", told.clock.at(empty.time_ns)));
            text.cite(&cite(empty));
            text
        },
        None => {
            let mut text = Text::words(format!("{} left at the end", number(left)));
            text.cite(&cite(last));
            text
        },
    };
    if let Some(shielded) = last.number("slo_shielded").filter(|s| *s != left) {
        value.say(format!("; {} with the shield for impact that no user meets", number(shielded)));
    }
    Fact { label: "SLO budget", value }
}

fn blast(ticks: &[&Record]) -> Option<Fact> {
    let size = |r: &&&Record| r.number("impacted").unwrap_or(0.0);
    let most = ticks.iter().max_by(|a, b| size(a).total_cmp(&size(b)).then(b.seq.cmp(&a.seq)))?;
    let services = |n: f64| count(n as usize, "service", "services");
    let mut value = Text::words(format!("{} not healthy at the worst", services(size(&most))));
    if let Some(risk) = most.number("at_risk").filter(|n| *n > 0.0) {
        value.say(format!("; directly depending on them: {} more", services(risk)));
    }
    value.cite(&cite(most));
    Some(Fact { label: "Blast radius by status", value })
}

fn operations(told: &Told<'_>) -> Option<Fact> {
    let all: Vec<&Record> = told.records.of("OPERATION").collect();
    let first = all.first()?;
    let wrong: Vec<&&Record> = all.iter().filter(|r| r.flag("wrong") == Some(true)).collect();
    let mut value = Text::words(count(all.len(), "operation", "operations"));
    value.cite(&cite(first));
    if let Some(first) = wrong.first() {
        value.say(format!(", {} of them on services that were well", wrong.len())).cite(&cite(first));
    }
    Some(Fact { label: "Operations", value })
}

fn decoys(told: &Told<'_>) -> Option<Fact> {
    let mut stopped: BTreeMap<&str, &Record> = BTreeMap::new();
    for hop in told.records.of("CASCADE_HOP").filter(|r| r.text("outcome") == Some("red_herring")) {
        stopped.entry(hop.service.as_deref().unwrap_or_default()).or_insert(hop);
    }
    let (_, first) = stopped.first_key_value()?;
    let mut value = Text::new();
    value.names(stopped.keys().copied(), 6);
    value.say(": ill to look at, deaf to failing callees, a stop to failures on their way");
    value.cite(&cite(first)).say(MECHANISM);
    Some(Fact { label: "Decoys on the way", value })
}

fn metastable(told: &Told<'_>) -> Option<Fact> {
    let steps: Vec<&Record> = told.records.of("FAULT_STEP").collect();
    let looped = steps.iter().find(|r| r.text("rule") == Some("metastable"))?;
    let mut value = Text::words("fed itself from ");
    value.say(told.clock.at(looped.time_ns)).cite(&cite(looped));
    if let Some(broke) = steps.iter().find(|r| r.text("rule") == Some("break")) {
        value.say(format!(", broke at {}", told.clock.at(broke.time_ns))).cite(&cite(broke));
        let after = steps.iter().find(|r| r.seq > broke.seq && r.text("rule") == Some("plain"));
        if let Some(relapse) = after {
            value.say(", and relapsed: the fault that had started it was never halted").cite(&cite(relapse));
        }
    }
    value.say(MECHANISM);
    Some(Fact { label: "Metastable loop", value })
}

/// Recovery from one fault also heals the service of another that is still at work, and hides it.
fn hidden(told: &Told<'_>) -> Option<Fact> {
    let key = |r: &Record| (r.time_ns, r.service.clone().unwrap_or_default());
    let live: BTreeMap<(i64, String), &Record> = told.records.of("FAULT_STEP").map(|r| (key(r), r)).collect();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut first = None;
    for step in told.records.of("RECOVERY_STEP").filter(|r| r.text("role") == Some("victim")) {
        let Some(fault) = live.get(&key(step)) else { continue };
        first.get_or_insert((step, *fault));
        named.insert(step.service.clone().unwrap_or_default());
    }
    let (step, fault) = first?;
    let mut value = Text::new();
    value.names(named.iter().map(String::as_str), 6);
    value.say(" recovers while a fault of its own is at work: it looks well and is not");
    value.cite(&cite(fault)).cite(&cite(step)).say(MECHANISM);
    Some(Fact { label: "Live fault under recovery", value })
}
