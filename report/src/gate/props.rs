//! Properties of the language: what is displayed reads back, no text is too strange to be refused.

use proptest::prelude::*;

use super::expr::{Expr, Measure, Node, Op};
use super::field::{Field, Kind};
use super::literal::Literal;
use super::outcome::{Gate, Status};
use super::read::LEVELS;
use super::span::Span;
use super::subject::Subject;
use super::truth::Truth;
use crate::findings::Findings;
use crate::gate::fixture;
use crate::verdict::Verdict;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1_000_000i64..1_000_000).prop_map(|n| n as f64),
        (-1_000_000i64..1_000_000).prop_map(|n| n as f64 / 1000.0),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| if v == 0.0 { 0.0 } else { v }),
    ]
}

fn share(negative: bool) -> impl Strategy<Value = f64> {
    let low = if negative { -50.0 } else { 0.0 };
    prop_oneof![(0u32..=1000).prop_map(|n| f64::from(n) / 1000.0), low..=1.0f64]
}

fn literal(field: Field) -> BoxedStrategy<Literal> {
    match field.kind() {
        Kind::Share => share(field == Field::SloBudget).prop_map(Literal::Share).boxed(),
        Kind::Duration => prop_oneof![
            any::<i64>().prop_map(Span::Ns),
            (0i64..100_000).prop_map(|s| Span::Ns(s * 1_000_000_000)),
            number().prop_map(Span::Ticks),
        ]
        .prop_map(Literal::Span)
        .boxed(),
        Kind::Text | Kind::Names => any::<String>().prop_map(Literal::Text).boxed(),
        Kind::Verdict => proptest::sample::select(&Verdict::ALL[..]).prop_map(Literal::Verdict).boxed(),
        Kind::Level => proptest::sample::select(&LEVELS[..]).prop_map(Literal::Level).boxed(),
        Kind::Number | Kind::Flag => number().prop_map(Literal::Number).boxed(),
    }
}

fn comparison(field: Field) -> BoxedStrategy<Node> {
    let ops: &'static [Op] = match field.kind() {
        Kind::Number | Kind::Duration | Kind::Share | Kind::Level => {
            &[Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge]
        },
        _ => &[Op::Eq, Op::Ne],
    };
    let one = (proptest::sample::select(ops), literal(field))
        .prop_map(move |(op, value)| Node::Compare(field, op, value));
    let list =
        proptest::collection::vec(literal(field), 1..4).prop_map(move |values| Node::In(field, values));
    match field.kind() {
        Kind::Text | Kind::Names => {
            prop_oneof![one, list, any::<String>().prop_map(move |p| Node::Like(field, p))].boxed()
        },
        _ => prop_oneof![one, list].boxed(),
    }
}

fn leaf() -> impl Strategy<Value = Node> {
    let field = || proptest::sample::select(&Field::ALL[..]);
    let plain = field().prop_flat_map(|field| match field.kind() {
        Kind::Flag => Just(Node::Flag(field)).boxed(),
        _ => comparison(field),
    });
    let measure = proptest::sample::select(Measure::all().collect::<Vec<_>>());
    prop_oneof![
        6 => plain,
        1 => field().prop_map(Node::Missing),
        1 => (measure, prop_oneof![Just(0.0), share(false)]).prop_map(|(m, by)| Node::Worse(m, by)),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::Any),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::All),
            inner.prop_map(|n| Node::Not(Box::new(n))),
        ]
    })
}

/// Text made of what expressions are made of.
fn almost() -> impl Strategy<Value = String> {
    let words = [
        "verdict",
        "mttr",
        "root_cause",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        ">=",
        "~",
        "'",
        "\"",
        "\\",
        "5min",
        "90%",
        "-1",
        "1e400",
        "cascade",
        "worse",
        "missing",
        " ",
        "µs",
        "3 ticks",
        "é",
        "\u{0}",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..40).prop_map(|w| w.concat())
}

fn found() -> impl Strategy<Value = Findings> {
    proptest::sample::select(vec![
        fixture::cascade(),
        fixture::unrecovered(),
        fixture::quiet(),
        fixture::by_ticks(),
    ])
}

fn truth(node: &Node, subject: &Subject<'_>) -> Truth {
    Expr(node.clone()).answer(subject).truth
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn displayed_expressions_read_back(node in node()) {
        let expr = Expr(node);
        let text = expr.to_string();
        prop_assume!(text.len() <= 4096);
        let back: Expr = text.parse().map_err(|e| TestCaseError::fail(format!("{e}")))?;
        prop_assert_eq!(&back, &expr, "{}", text);
        prop_assert_eq!(back.to_string(), text);
    }

    #[test]
    fn no_text_panics(text in prop_oneof![any::<String>(), almost()]) {
        match text.parse::<Expr>() {
            Ok(expr) => {
                let found = fixture::cascade();
                expr.answer(&Subject::read(&found));
                prop_assert_eq!(expr.to_string().parse::<Expr>().unwrap(), expr);
            },
            Err(error) => {
                prop_assert!(error.text.get(error.at.clone()).is_some(), "{:?}", error);
                let shown = error.to_string();
                prop_assert!(shown.contains('^') && !shown.chars().any(|c| c != '\n' && c.is_control()));
            },
        }
    }

    #[test]
    fn the_laws_of_logic_hold_for_answers(a in node(), b in node(), found in found(), with in any::<bool>()) {
        let base = fixture::cascade();
        let subject = Subject::read(&found).against(with.then_some(&base));
        let not = |n: &Node| Node::Not(Box::new(n.clone()));
        let all = |x: &Node, y: &Node| Node::All(vec![x.clone(), y.clone()]);
        let any = |x: &Node, y: &Node| Node::Any(vec![x.clone(), y.clone()]);
        prop_assert_eq!(truth(&not(&all(&a, &b)), &subject), truth(&any(&not(&a), &not(&b)), &subject));
        prop_assert_eq!(truth(&all(&a, &b), &subject), truth(&all(&b, &a), &subject));
        prop_assert_eq!(truth(&not(&not(&a)), &subject), truth(&a, &subject));
        prop_assert_eq!(truth(&any(&a, &all(&a, &b)), &subject), truth(&a, &subject));
    }

    #[test]
    fn a_failed_run_trips_what_asks_for_it_alone(node in node()) {
        let gate = Gate { name: "g".into(), severity: Default::default(), expr: Expr(node) };
        let outcome = gate.judge(&Subject::failed());
        prop_assert!(!outcome.why.is_empty());
        if !gate.expr.asks_failed() {
            prop_assert_eq!(outcome.status, Status::Undecided);
        }
    }
}
