//! Cases made by hand, for tests of the arithmetic.

use super::labels::Label;
use super::rankings::{Answer, Method, RankedCase};
use crate::detectors::Verdict;
use crate::ranking::confidence::Level;

/// A case over the services a, b, c, d whose full order is the given one; none: no incident.
pub(super) fn case(id: &str, order: &[usize], agreement: f64) -> RankedCase {
    let found = !order.is_empty();
    let level = if agreement >= 0.9 { Level::High } else { Level::Low };
    let answer = Answer {
        services: ["a", "b", "c", "d"].map(str::to_owned).into(),
        symptom: Some("latency".to_owned()),
        orders: vec![(Method::Full, found.then(|| order.to_vec()))],
        paths: order.first().map(|origin| vec![*origin, 3]).into_iter().collect(),
        ends: vec![3],
        off_graph: 0,
        spread: order.first().map(|origin| (*origin, 3)).into_iter().collect(),
        verdict: if found { Verdict::Cascade } else { Verdict::NoIncident },
        confidence: found.then_some((level, agreement)),
    };
    ranked(id, Ok(answer))
}

/// A case with that answer.
pub(super) fn ranked(id: &str, answer: Result<Answer, String>) -> RankedCase {
    let system = if id.starts_with('x') { "x" } else { "y" };
    RankedCase { id: id.to_owned(), system: system.to_owned(), has_spans: false, run: None, answer }
}

/// True origins.
pub(super) fn label(root_causes: &[&str]) -> Label {
    Label { root_causes: root_causes.iter().map(|s| (*s).to_owned()).collect(), ..Label::default() }
}
