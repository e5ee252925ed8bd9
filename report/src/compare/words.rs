//! Figures in words: what a value, a change and a spread read like.

use std::collections::BTreeSet;

use super::figure::FigureId;
use super::measure::{Measure, Unit};
use super::model::{Caveat, Evidence, Figure, Rate};
use super::value::{Absent, Value};
use crate::text::{Text, count, number};
use crate::time::Clock;
use crate::verdict::Verdict;

/// Names of a set that are told.
const MOST_NAMES: usize = 8;

/// What a figure is called: its measure and whose it is.
pub(super) fn figure(id: &FigureId) -> Text {
    let mut text = Text::new();
    match (id.measure, id.subject.as_slice()) {
        (Measure::Path, services) => {
            path(&mut text, services);
        },
        (Measure::Detector, [kind]) => {
            verdict(&mut text, kind);
        },
        (Measure::Budget, [service, signal, objective]) => {
            text.name(service).say(", ").name(signal).say(", objective ").name(objective);
        },
        (Measure::Onset | Measure::Place, [service]) => {
            text.name(service).say(format!(": {}", id.measure.words()));
        },
        (measure, []) => {
            text.say(measure.words());
        },
        (measure, services) => {
            path(&mut text, services).say(format!(": {}", measure.words()));
            if let Some(service) = id.hop.and_then(|hop| services.get(hop)) {
                text.say(", at ").name(service);
            }
        },
    }
    text
}

/// What a value reads like.
pub(super) fn value(measure: Measure, value: &Value, clock: &Clock) -> Text {
    let mut text = Text::new();
    match value {
        Value::Number(n) if measure == Measure::FirstOnset => {
            text.say(clock.at(*n as i64));
        },
        Value::Number(n) => {
            text.say(amount(measure.unit(), *n, clock));
        },
        Value::Label(label) if measure == Measure::Verdict => {
            verdict(&mut text, label);
        },
        Value::Label(label) => {
            text.name(label);
        },
        Value::Names(names) => {
            path(&mut text, names);
        },
        Value::Set(all) if measure == Measure::PathSet => {
            text.say(count(all.len(), "path", "paths"));
        },
        Value::Set(all) => {
            text.say(count(all.len(), "service", "services"));
        },
        Value::Flag(is_so) => {
            text.say(if *is_so { "yes" } else { "no" });
        },
        Value::Absent(absent) => {
            text.say(nothing(measure, *absent));
        },
    }
    text
}

/// How a figure changed.
pub(super) fn change(figure: &Figure, clock: &Clock) -> Text {
    match (&figure.base, &figure.candidate) {
        (Value::Number(a), Value::Number(_)) => Text::words(size(figure, *a, clock)),
        (Value::Set(a), Value::Set(b)) => members(a, b),
        (Value::Absent(absent), _) => Text::words(came(figure.id.measure, *absent)),
        (_, Value::Absent(absent)) => Text::words(went(figure.id.measure, *absent)),
        _ => Text::words("changed"),
    }
}

/// A number with its unit.
pub(super) fn amount(unit: Unit, n: f64, clock: &Clock) -> String {
    match unit {
        Unit::Ns => clock.span(n as i64),
        Unit::Seconds => format!("{} s", number(n)),
        Unit::Minutes => format!("{} min", number(n)),
        Unit::Requests => number(n),
        Unit::Services => format!("{} {}", number(n), if n == 1.0 { "service" } else { "services" }),
        Unit::Share => format!("{} %", number(n * 100.0)),
        Unit::Place | Unit::None => number(n),
    }
}

/// What a change is held against.
pub(super) fn spread(figure: &Figure, clock: &Clock) -> Text {
    let mut text = Text::new();
    match &figure.evidence {
        Evidence::None => {},
        Evidence::TooFew { siblings } => {
            text.say(format!("{}: too few to tell", siblings_with(*siblings)));
        },
        Evidence::Differences { siblings, limit, .. } if *limit == 0.0 => {
            text.say(format!("{siblings} siblings do not differ"));
        },
        Evidence::Differences { siblings, limit, .. } => {
            let limit = match (&figure.base, figure.unit) {
                (Value::Set(_), _) => format!("{} % of all", number(limit * 100.0)),
                (_, Unit::Share) => format!("{} points", number(limit * 100.0)),
                (_, unit) => amount(unit, *limit, clock),
            };
            text.say(format!("{siblings} siblings differ by up to {limit}"));
        },
        Evidence::Shares { siblings, base, candidate } => {
            let (b, c) = (rate(base, *siblings), rate(candidate, *siblings));
            text.say(format!("as the base: {b}; as the candidate: {c}"));
        },
    }
    text
}

/// What the reader must know.
pub(super) const fn caveat(caveat: Caveat) -> &'static str {
    match caveat {
        Caveat::OtherScenario => "The two runs are of different worlds or scenarios.",
        Caveat::OtherOptions => "The two runs were analysed with different options.",
        Caveat::OtherVersion => "The two runs were analysed by different versions of this program.",
        Caveat::OtherIncident => "The incidents have different names.",
    }
}

/// `1 sibling has it`.
fn siblings_with(n: usize) -> String {
    if n == 1 { "1 sibling has it".to_owned() } else { format!("{n} siblings have it") }
}

fn rate(rate: &Rate, siblings: usize) -> String {
    let text = format!("{} of {siblings}", rate.seen);
    match rate.new {
        Some(new) if new > 0.0 => {
            format!("{text} (something new: about {} %)", number((new * 100.0).round()))
        },
        _ => text,
    }
}

/// A difference with its sign, and as a share of the base where that says something.
fn size(figure: &Figure, base: f64, clock: &Clock) -> String {
    let difference = figure.difference.unwrap_or(0.0);
    let sign = if difference < 0.0 { "−" } else { "+" };
    let text = match figure.unit {
        Unit::Share => format!("{sign}{} points", number(difference.abs() * 100.0)),
        unit => format!("{sign}{}", amount(unit, difference.abs(), clock)),
    };
    let is_ratio = base > 0.0 && !matches!(figure.unit, Unit::Share | Unit::Place);
    if is_ratio && figure.id.measure != Measure::FirstOnset && difference != 0.0 {
        let percent = difference / base * 100.0;
        let sign = if percent < 0.0 { "−" } else { "+" };
        // Shares beyond tenfold are easier to read as factors.
        return if percent.abs() < 1000.0 {
            format!("{text} ({sign}{} %)", number(percent.abs().round()))
        } else {
            format!("{text} (× {})", number(((base + difference) / base).round()))
        };
    }
    text
}

/// What a set gained and lost.
fn members(base: &BTreeSet<Vec<String>>, candidate: &BTreeSet<Vec<String>>) -> Text {
    let mut text = Text::new();
    let (new, gone) = (candidate.difference(base), base.difference(candidate));
    for (word, members) in [("new: ", new.collect::<Vec<_>>()), ("gone: ", gone.collect())] {
        if members.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.say("; ");
        }
        // Paths have lines of their own; services are named here.
        if members.iter().all(|m| m.len() == 1) {
            text.say(word).names(members.iter().map(|m| m[0].as_str()), MOST_NAMES);
        } else {
            text.say(format!("{word}{}", members.len()));
        }
    }
    text
}

fn path<'a>(text: &'a mut Text, services: &[String]) -> &'a mut Text {
    for (i, service) in services.iter().enumerate() {
        if i > 0 {
            text.say(" → ");
        }
        text.name(service);
    }
    text
}

/// A verdict's words; a name that is none stays untrusted.
fn verdict(text: &mut Text, id: &str) {
    match Verdict::ALL.into_iter().find(|v| v.id() == id) {
        Some(verdict) => text.say(verdict.words()),
        None => text.name(id),
    };
}

/// What it is called that there is a value now.
const fn came(measure: Measure, before: Absent) -> &'static str {
    match (measure, before) {
        (Measure::Onset, _) => "newly affected",
        (_, Absent::NoIncident) => "now an incident",
        (_, Absent::Never) => "now within the run",
        (_, Absent::NotMeasured) => "now told",
        _ => "new",
    }
}

/// What it is called that there is none any more.
const fn went(measure: Measure, now: Absent) -> &'static str {
    match (measure, now) {
        (Measure::Onset, _) => "no longer affected",
        (_, Absent::NoIncident) => "no incident any more",
        (_, Absent::Never) => "no longer within the run",
        (_, Absent::NotMeasured) => "no longer told",
        _ => "gone",
    }
}

const fn nothing(measure: Measure, absent: Absent) -> &'static str {
    match absent {
        Absent::NoIncident => "no incident",
        Absent::NotAffected => "not affected",
        Absent::Never => "not within the run",
        Absent::NotMeasured => "not told by the log",
        Absent::NotTold => match measure {
            Measure::Place => "not among the first",
            Measure::Path => "no",
            _ => "none",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::figure::{Group, Trend};
    use super::super::model::Judgement;
    use super::*;
    use crate::time::TimeScale;

    fn made(measure: Measure, base: Value, candidate: Value) -> Figure {
        Figure {
            group: Group::Impact,
            id: FigureId::of_run(measure),
            unit: measure.unit(),
            difference: base.difference(&candidate),
            base,
            candidate,
            trend: Trend::Neutral,
            judgement: Judgement::Unknown,
            evidence: Evidence::None,
        }
    }

    #[test]
    fn changes_have_signs_and_shares() {
        let clock = Clock::new(&TimeScale::default());
        let said = |measure, a, b| change(&made(measure, a, b), &clock).plain();
        let n = Value::Number;
        assert_eq!(said(Measure::TimeToRecover, n(2e9), n(3e9)), "+1 s (+50 %)");
        assert_eq!(said(Measure::FailedRequests, n(200.0), n(50.0)), "−150 (−75 %)");
        assert_eq!(said(Measure::FailedRequests, n(2.0), n(50.0)), "+48 (× 25)");
        assert_eq!(said(Measure::LowestBudget, n(0.5), n(-0.25)), "−75 points");
        assert_eq!(said(Measure::Place, n(1.0), Value::Absent(Absent::NotTold)), "gone");
        let set = |names: &[&str]| Value::Set(names.iter().map(|n| vec![(*n).to_owned()]).collect());
        let (a, b) = (set(&["db", "web"]), set(&["cache", "web"]));
        assert_eq!(said(Measure::AffectedServices, a, b), "new: cache; gone: db");
    }
}
