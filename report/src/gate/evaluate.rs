//! The answer to an expression for one run.

use super::expr::{Expr, Measure, Node, Op};
use super::field::{Field, Worse};
use super::glob;
use super::literal::Literal;
use super::observe::{Absent, Seen, cites, observe, of};
use super::read::LEVELS;
use super::reason::Reason;
use super::subject::Subject;
use super::tell::{changed, percent, tell, told};
use super::truth::Truth;
use crate::text::Text;
use crate::time::{Clock, TimeScale};
use crate::verdict::Level;

/// An answer, and the comparisons that decide it.
pub(super) struct Answer {
    pub(super) truth: Truth,
    pub(super) reasons: Vec<Reason>,
}

impl Expr {
    pub(super) fn answer(&self, subject: &Subject<'_>) -> Answer {
        self.0.answer(subject)
    }
}

impl Node {
    fn answer(&self, subject: &Subject<'_>) -> Answer {
        match self {
            Self::Any(nodes) => joined(nodes, subject, Truth::False, Truth::or),
            Self::All(nodes) => joined(nodes, subject, Truth::True, Truth::and),
            Self::Not(node) => {
                let Answer { truth, reasons } = node.answer(subject);
                Answer { truth: !truth, reasons }
            },
            Self::Worse(measure, by) => worse(*measure, *by, subject),
            Self::Flag(field)
            | Self::Compare(field, ..)
            | Self::In(field, _)
            | Self::Like(field, _)
            | Self::Missing(field) => self.leaf(*field, subject),
        }
    }

    /// A comparison of one field.
    fn leaf(&self, field: Field, subject: &Subject<'_>) -> Answer {
        let seen = observe(field, subject);
        let scale = subject.findings.map(|f| f.time.clone()).unwrap_or_default();
        let truth = match (&seen, self) {
            // What does not apply is not missing, and of a run that was not read nothing is known.
            (Seen::Absent(Absent::Untold(_) | Absent::NoBaseline), Self::Missing(_)) => Truth::True,
            (Seen::Absent(_), Self::Missing(_)) => Truth::Unknown,
            (_, Self::Missing(_)) => Truth::False,
            (Seen::Absent(_), _) => Truth::Unknown,
            (Seen::Flag(holds), _) => (*holds).into(),
            (_, Self::Compare(_, op, value)) => compare(&seen, *op, value, &scale),
            (_, Self::In(_, values)) => {
                values.iter().map(|v| compare(&seen, Op::Eq, v, &scale)).fold(Truth::False, Truth::or)
            },
            (Seen::Text(text), Self::Like(_, pattern)) => glob::fits(pattern, text).into(),
            (Seen::Names(names), Self::Like(_, pattern)) => {
                names.iter().any(|n| glob::fits(pattern, n)).into()
            },
            // Other pairs do not pass the check of types.
            _ => Truth::Unknown,
        };
        let reason = Reason {
            what: match (field, subject.findings, subject.baseline) {
                (Field::NewRootCause | Field::NewVerdict, Some(now), Some(was)) => changed(field, now, was),
                _ => tell(self, field, &seen, truth, &Clock::new(&scale)),
            },
            cites: match (&seen, subject.findings) {
                (Seen::Absent(_), _) | (_, None) => Vec::new(),
                (_, Some(found)) => cites(field, found),
            },
            idle: seen == Seen::Absent(Absent::NoIncident),
        };
        Answer { truth, reasons: vec![reason] }
    }
}

/// The answers of a chain, with the reasons of those that decide.
fn joined(nodes: &[Node], subject: &Subject<'_>, start: Truth, join: fn(Truth, Truth) -> Truth) -> Answer {
    let answers: Vec<Answer> = nodes.iter().map(|n| n.answer(subject)).collect();
    let truth = answers.iter().map(|a| a.truth).fold(start, join);
    let reasons = answers.into_iter().filter(|a| a.truth == truth).flat_map(|a| a.reasons).collect();
    Answer { truth, reasons }
}

fn compare(seen: &Seen<'_>, op: Op, value: &Literal, scale: &TimeScale) -> Truth {
    match (seen, value) {
        (Seen::Number(a), Literal::Number(b)) | (Seen::Share(a), Literal::Share(b)) => ordered(*a, op, *b),
        (Seen::Duration(a), Literal::Span(b)) => b.ns(scale).map_or(Truth::Unknown, |b| ordered(*a, op, b)),
        // Longer than any duration that can be written.
        (Seen::Beyond(_), Literal::Span(_)) => matches!(op, Op::Gt | Op::Ge | Op::Ne).into(),
        (Seen::Level(a), Literal::Level(b)) => ordered(place(*a), op, place(*b)),
        (Seen::Verdict(a), Literal::Verdict(b)) => ((a == b) == (op == Op::Eq)).into(),
        (Seen::Text(a), Literal::Text(b)) => ((a == b) == (op == Op::Eq)).into(),
        (Seen::Names(names), Literal::Text(b)) => (names.contains(&b.as_str()) == (op == Op::Eq)).into(),
        _ => Truth::Unknown,
    }
}

fn ordered(a: f64, op: Op, b: f64) -> Truth {
    // Not a number is not known.
    let Some(order) = a.partial_cmp(&b) else { return Truth::Unknown };
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Like => return Truth::Unknown,
    }
    .into()
}

fn place(level: Level) -> f64 {
    LEVELS.iter().position(|l| *l == level).map_or(0.0, |i| i as f64)
}

/// Whether one of the measure's fields is worse than the baseline's.
fn worse(measure: Measure, by: f64, subject: &Subject<'_>) -> Answer {
    let unknown = |absent: Absent| Answer {
        truth: Truth::Unknown,
        reasons: vec![Reason {
            what: Text::words(format!("worse({}) {}", measure.name(), absent.words())),
            cites: Vec::new(),
            idle: false,
        }],
    };
    let Some(found) = subject.findings else { return unknown(Absent::Unread) };
    let Some(base) = subject.baseline else { return unknown(Absent::NoBaseline) };
    let (clock, base_clock) = (Clock::new(&found.time), Clock::new(&base.time));
    let answers: Vec<Answer> = measure
        .fields()
        .into_iter()
        .map(|(field, worse)| {
            let (now, was) = (of(field, found), of(field, base));
            let truth = is_worse(&now, &was, worse, by);
            let mut what = Text::words(format!("{} = ", field.name()));
            what.text(&told(&now, &clock)).say(", was ").text(&told(&was, &base_clock));
            if by > 0.0 && truth != Truth::Unknown {
                what.say(format!(", {} tolerated", percent(by)));
            }
            // Nothing to compare without an incident on either side.
            let idle = [&now, &was].into_iter().all(|s| *s == Seen::Absent(Absent::NoIncident));
            Answer { truth, reasons: vec![Reason { what, cites: cites(field, found), idle }] }
        })
        .collect();
    let truth = answers.iter().map(|a| a.truth).fold(Truth::False, Truth::or);
    let reasons = answers.into_iter().filter(|a| a.truth == truth).flat_map(|a| a.reasons).collect();
    Answer { truth, reasons }
}

fn is_worse(now: &Seen<'_>, was: &Seen<'_>, worse: Worse, by: f64) -> Truth {
    let no_incident = Seen::Absent(Absent::NoIncident);
    let value = |seen: &Seen<'_>| match seen {
        Seen::Number(v) | Seen::Share(v) | Seen::Duration(v) => Some(*v),
        Seen::Beyond(_) => Some(f64::INFINITY),
        // No incident: no time to recover, no failed requests.
        Seen::Absent(Absent::NoIncident) => Some(0.0),
        _ => None,
    };
    if *now == no_incident {
        return if *was == no_incident { Truth::Unknown } else { Truth::False };
    }
    let (Some(now), Some(was)) = (value(now), value(was)) else { return Truth::Unknown };
    if now.is_infinite() || was.is_infinite() {
        return (now > was).into();
    }
    let (more, slack) = match worse {
        Worse::More => (now - was, was.abs() * by),
        Worse::Less => (was - now, was.abs() * by),
    };
    (more > slack).into()
}
