//! A comparison in words: the actual value, what it was held against, and how it stands.

use super::expr::{Node, Op};
use super::field::Field;
use super::literal::Literal;
use super::observe::{Absent, Beyond, Seen};
use super::truth::Truth;
use crate::findings::Findings;
use crate::text::{Text, number};
use crate::time::Clock;

/// `mttr = 7 min 30 s > 5 min`, or why not.
pub(super) fn tell(node: &Node, field: Field, seen: &Seen<'_>, truth: Truth, clock: &Clock) -> Text {
    let mut text = Text::words(field.name());
    match seen {
        Seen::Flag(failed) if field == Field::Failed => {
            return Text::words(if *failed { "the run could not be read" } else { "the run was read" });
        },
        Seen::Absent(absent) => {
            text.say(format!(" {}", absent.words()));
            return text;
        },
        Seen::Flag(holds) => {
            text.say(match (field, holds) {
                (Field::Detector(_), true) => " holds",
                (Field::Detector(_), false) => " does not hold",
                (_, true) => " = true",
                (_, false) => " = false",
            });
            return text;
        },
        Seen::Beyond(beyond) => {
            text.say(": ").text(&beyond_words(*beyond, clock));
        },
        _ => {
            text.say(" = ").text(&words(seen, clock));
        },
    }
    match node {
        Node::Compare(_, op, value) => {
            let value = literal(value, clock);
            match (op, truth) {
                (Op::Eq, Truth::True) | (Op::Ne, Truth::False) => {},
                (Op::Eq | Op::Ne, Truth::True | Truth::False) => {
                    text.say(", not ").text(&value);
                },
                (_, Truth::True | Truth::False) => {
                    text.say(match (seen, truth) {
                        // No figure that a reader could compare.
                        (Seen::Beyond(_), Truth::True) => "; counts as ",
                        (Seen::Beyond(_), _) => "; does not count as ",
                        (_, Truth::True) => " ",
                        _ => ", not ",
                    });
                    text.say(format!("{} ", op.sign())).text(&value);
                },
                (_, Truth::Unknown) => {
                    text.say(", which cannot be compared with ").text(&value);
                },
            }
        },
        Node::In(_, values) => {
            text.say(if truth == Truth::True { ", one of " } else { ", none of " });
            for (i, value) in values.iter().enumerate() {
                text.say(if i > 0 { ", " } else { "" }).text(&literal(value, clock));
            }
        },
        Node::Like(_, pattern) => {
            text.say(if truth == Truth::True { ", like " } else { ", not like " }).name(pattern);
        },
        _ => {},
    }
    text
}

/// `root_cause = db-main, was cache`.
pub(super) fn changed(field: Field, now: &Findings, was: &Findings) -> Text {
    let of = |found: &Findings| match field {
        Field::NewVerdict => Text::words(found.verdict.words()),
        _ => found.root_cause().map_or_else(|| Text::words("(none)"), |c| Text::untrusted(&c.service)),
    };
    let name = if field == Field::NewVerdict { "verdict" } else { "root_cause" };
    let mut text = Text::words(format!("{name} = "));
    text.text(&of(now)).say(", was ").text(&of(was));
    text
}

fn beyond_words(beyond: Beyond, clock: &Clock) -> Text {
    let mut text = Text::words(beyond.what);
    match beyond.at_least_ns {
        Some(ns) => text.say(format!(" when the record ends, {} after onset", clock.span(ns))),
        None => text.say(" when the record ends"),
    };
    text
}

fn words(seen: &Seen<'_>, clock: &Clock) -> Text {
    match seen {
        Seen::Number(value) => Text::words(number(*value)),
        Seen::Share(value) => Text::words(percent(*value)),
        Seen::Duration(ns) => Text::words(clock.span(libm::round(*ns) as i64)),
        Seen::Text("") => Text::words("(empty)"),
        Seen::Text(text) => Text::untrusted(text),
        Seen::Names(names) if names.is_empty() => Text::words("(none)"),
        Seen::Names(names) => {
            let mut text = Text::new();
            text.names(names.iter().copied(), 5);
            text
        },
        Seen::Verdict(verdict) => Text::words(verdict.words()),
        Seen::Level(level) => Text::words(level.words()),
        Seen::Flag(holds) => Text::words(if *holds { "true" } else { "false" }),
        Seen::Beyond(beyond) => beyond_words(*beyond, clock),
        Seen::Absent(absent) => Text::words(absent.words()),
    }
}

fn literal(value: &Literal, clock: &Clock) -> Text {
    match value {
        Literal::Number(value) => Text::words(number(*value)),
        Literal::Share(value) => Text::words(percent(*value)),
        Literal::Span(span) => Text::words(span.words(clock)),
        Literal::Text(text) => Text::untrusted(text),
        Literal::Verdict(verdict) => Text::words(verdict.words()),
        Literal::Level(level) => Text::words(level.words()),
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// A figure of a comparison, or why there is none.
pub(super) fn told(seen: &Seen<'_>, clock: &Clock) -> Text {
    match seen {
        Seen::Absent(Absent::NoIncident) => Text::words("(no incident)"),
        Seen::Absent(_) => Text::words("(not known)"),
        seen => words(seen, clock),
    }
}
