//! Values read as the type of their field, and what to say where they are not of it.

use std::ops::Range;

use super::error::Wrong;
use super::expr::Node;
use super::field::{Field, Kind};
use super::list::{self, Miss};
use super::literal::Literal;
use super::parse::Parser;
use super::span::{self, Span};
use super::token::{Op, Token};
use crate::verdict::{Level, Verdict};

/// Levels of confidence, low to high.
pub(super) const LEVELS: [Level; 3] = [Level::Low, Level::Medium, Level::High];

const UNITS: &str = "ns, us, ms, s, min, h, d, ticks";

/// A comparison that makes sense for the field.
pub(super) fn comparison(
    parser: &mut Parser<'_>,
    field: Field,
    op: Op,
    at: Range<usize>,
) -> Result<Node, Wrong> {
    let kind = field.kind();
    let ordered = matches!(kind, Kind::Number | Kind::Duration | Kind::Share | Kind::Level);
    let textual = matches!(kind, Kind::Text | Kind::Names);
    let fits = match op {
        Op::Eq | Op::Ne => true,
        Op::Lt | Op::Le | Op::Gt | Op::Ge => ordered,
        Op::Like => textual,
    };
    if !fits {
        let what = format!("`{}` is {}, which `{}` does not compare", field.name(), a(kind), op.sign());
        return Err(Wrong::new(at, what, format!("for example {}", example(field))));
    }
    match (kind, op) {
        (Kind::Flag, _) => flag(parser, field, op),
        (_, Op::Like) => match value(parser, field, op)? {
            Literal::Text(pattern) => Ok(Node::Like(field, pattern)),
            other => Ok(Node::Compare(field, Op::Eq, other)),
        },
        _ => Ok(Node::Compare(field, op, value(parser, field, op)?)),
    }
}

/// `recovered=false` is `not recovered`.
fn flag(parser: &mut Parser<'_>, field: Field, op: Op) -> Result<Node, Wrong> {
    let here = parser.here();
    let wanted = match parser.take() {
        Some((Token::Word(w), _)) if w == "true" => true,
        Some((Token::Word(w), _)) if w == "false" => false,
        _ => {
            let hint = format!("write `{0}` or `not {0}`", field.name());
            return Err(Wrong::new(here, format!("`{}` is true or false", field.name()), hint));
        },
    };
    let flag = Node::Flag(field);
    Ok(if wanted == (op == Op::Eq) { flag } else { Node::Not(Box::new(flag)) })
}

/// A value of the field's type.
pub(super) fn value(parser: &mut Parser<'_>, field: Field, op: Op) -> Result<Literal, Wrong> {
    match field.kind() {
        Kind::Number => number(parser, field).map(Literal::Number),
        Kind::Share => share(parser, field).map(Literal::Share),
        Kind::Duration => duration(parser, field, op).map(Literal::Span),
        Kind::Text | Kind::Names => text(parser, field).map(Literal::Text),
        Kind::Verdict => {
            let ids: Vec<&'static str> = Verdict::ALL.iter().map(|v| v.id()).collect();
            listed(parser, field, &ids).map(|i| Literal::Verdict(Verdict::ALL[i]))
        },
        Kind::Level => {
            let ids: Vec<&'static str> = LEVELS.iter().map(|l| l.words()).collect();
            listed(parser, field, &ids).map(|i| Literal::Level(LEVELS[i]))
        },
        // Flags are read by `flag`.
        Kind::Flag => Err(Wrong::new(parser.here(), "a value is not expected here", String::new())),
    }
}

/// How much worse may be tolerated: a share that is not negative.
pub(super) fn tolerance(parser: &mut Parser<'_>) -> Result<f64, Wrong> {
    let here = parser.here();
    let (value, _) =
        with_percent(parser, || Wrong::new(here.clone(), "a share is expected here", "for example 10%"))?;
    if value < 0.0 {
        return Err(Wrong::new(here, "a tolerance is not negative", "for example 10%"));
    }
    Ok(value)
}

fn number(parser: &mut Parser<'_>, field: Field) -> Result<f64, Wrong> {
    let here = parser.here();
    let wrong = || expected(field, here.clone());
    let Some((Token::Number(digits), _)) = parser.take() else { return Err(wrong()) };
    if let Some((Token::Unit(unit), at)) = parser.peek() {
        let what = format!("`{}` is a plain number, without `{unit}`", field.name());
        let hint = if field.unit() == "–" {
            String::new()
        } else {
            format!("its unit is always {}", field.unit())
        };
        return Err(Wrong::new(at.clone(), what, hint));
    }
    digits.parse().map_err(|_| wrong())
}

fn share(parser: &mut Parser<'_>, field: Field) -> Result<f64, Wrong> {
    let here = parser.here();
    let (value, percent) = with_percent(parser, || expected(field, here.clone()))?;
    let negative = field == Field::SloBudget;
    if value > 1.0 || (value < 0.0 && !negative) {
        let what =
            format!("`{}` is a share, {}", field.name(), if negative { "at most 1" } else { "0 to 1" });
        let hint = if percent {
            "100% is all of it".to_owned()
        } else {
            format!("write {value}% if that was meant")
        };
        return Err(Wrong::new(here, what, hint));
    }
    Ok(value)
}

/// A number, divided by 100 if `%` follows.
fn with_percent(parser: &mut Parser<'_>, wrong: impl Fn() -> Wrong) -> Result<(f64, bool), Wrong> {
    let Some((Token::Number(digits), _)) = parser.take() else { return Err(wrong()) };
    let value: f64 = digits.parse().map_err(|_| wrong())?;
    match parser.peek() {
        Some((Token::Unit(unit), _)) if unit == "%" => {
            parser.take();
            Ok((value / 100.0, true))
        },
        Some((Token::Unit(unit), at)) => {
            let what = format!("a share has no unit `{unit}`");
            Err(Wrong::new(at.clone(), what, "write it like 0.9 or 90%"))
        },
        _ => Ok((value, false)),
    }
}

/// `300s`, `5 min`, `1h30min`, `3 ticks`.
fn duration(parser: &mut Parser<'_>, field: Field, op: Op) -> Result<Span, Wrong> {
    let start = parser.here();
    let mut total: Option<i64> = None;
    loop {
        let here = parser.here();
        let Some((Token::Number(digits), _)) = parser.peek() else {
            return total.map(Span::Ns).ok_or_else(|| expected(field, here));
        };
        parser.take();
        let unit = match parser.peek() {
            Some((Token::Unit(unit) | Token::Word(unit), _)) if is_unit(unit) => unit,
            Some((Token::Unit(unit), at)) => {
                return Err(Wrong::new(at.clone(), format!("no unit `{unit}`"), format!("one of {UNITS}")));
            },
            _ => {
                let hint = format!("write {}{}{digits}s, or another of {UNITS}", field.name(), op.sign());
                return Err(Wrong::new(here, "a duration needs its unit", hint));
            },
        };
        parser.take();
        let too_long = || Wrong::new(start.start..here.end, "longer than 292 years", "write less");
        if span::is_ticks(unit) {
            // Ticks have no smaller unit to follow, nor a larger one before.
            let ticks: f64 = digits.parse().map_err(|_| too_long())?;
            return match total {
                None => Ok(Span::Ticks(ticks)),
                Some(_) => Err(Wrong::new(here, "ticks do not add to other units", "write one or the other")),
            };
        }
        let ns = span::unit_ns(unit).and_then(|one| span::to_ns(digits, one)).ok_or_else(too_long)?;
        total = Some(total.unwrap_or(0).checked_add(ns).ok_or_else(too_long)?);
    }
}

fn is_unit(word: &str) -> bool {
    span::is_ticks(word) || span::unit_ns(word).is_some()
}

fn text(parser: &mut Parser<'_>, field: Field) -> Result<String, Wrong> {
    let here = parser.here();
    match parser.take() {
        Some((Token::Word(text) | Token::Quoted(text), _)) => Ok(text.clone()),
        Some((Token::Number(text), _)) => {
            let what = format!("`{}` is text", field.name());
            Err(Wrong::new(here, what, format!("put it into quotes: '{text}...'")))
        },
        _ => Err(expected(field, here)),
    }
}

/// The place of a name in a closed list.
fn listed(parser: &mut Parser<'_>, field: Field, ids: &[&'static str]) -> Result<usize, Wrong> {
    let here = parser.here();
    let Some((Token::Word(name) | Token::Quoted(name), _)) = parser.take() else {
        return Err(expected(field, here));
    };
    list::find(name, ids).map_err(|miss| match miss {
        Miss::Ambiguous(ids) => {
            let what = format!("`{name}` may mean {}", ids.join(" or "));
            Wrong::new(here, what, "write more of the one that is meant")
        },
        Miss::Unknown(Some(near)) => {
            Wrong::new(here, format!("no {} `{name}`", field.name()), format!("did you mean `{near}`?"))
        },
        Miss::Unknown(None) => {
            Wrong::new(here, format!("no {} `{name}`", field.name()), format!("one of {}", ids.join(", ")))
        },
    })
}

fn expected(field: Field, at: Range<usize>) -> Wrong {
    let what = format!("`{}` is {}, and one is expected here", field.name(), a(field.kind()));
    Wrong::new(at, what, format!("for example {}", example(field)))
}

fn a(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Names | Kind::Flag => kind.words().to_owned(),
        _ => format!("a {}", kind.words()),
    }
}

/// A comparison of this field that is right.
pub(super) fn example(field: Field) -> String {
    let name = field.name();
    match field.kind() {
        Kind::Number => format!("{name}>5"),
        Kind::Duration => format!("{name}>5min"),
        Kind::Share if field == Field::SloBudget => format!("{name}<0"),
        Kind::Share => format!("{name}<90%"),
        Kind::Text | Kind::Names => format!("{name}~'db-*'"),
        Kind::Verdict => format!("{name}=cascade"),
        Kind::Level => format!("{name}<medium"),
        Kind::Flag => name.to_owned(),
    }
}
