//! The checked expression, and how it is spelled.

use std::fmt;
use std::str::FromStr;

use super::error::ExprError;
use super::field::{Field, Worse};
use super::literal::{Literal, quoted, share};
pub use super::token::Op;

/// An expression that was parsed and checked: every field is known, every value has its field's
/// type. Displayed, it is the shortest spelling that parses to the same expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr(pub(super) Node);

/// One node of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// One of at least two holds.
    Any(Vec<Node>),
    /// All of at least two hold.
    All(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// A field that is true or false.
    Flag(Field),
    /// A field and a value of its type; never [`Op::Like`].
    Compare(Field, Op, Literal),
    /// The field is one of these; at least one.
    In(Field, Vec<Literal>),
    /// The field fits a pattern.
    Like(Field, String),
    /// The field has no value.
    Missing(Field),
    /// The measure is worse than the baseline's by more than this share of it.
    Worse(Measure, f64),
}

/// What `worse(...)` compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measure {
    /// One field that has a better and a worse.
    Field(Field),
    /// Customer minutes, failed requests, waiting: worse if one of them is.
    Impact,
}

/// Fields that `worse(impact)` looks at.
pub(super) const IMPACT: [Field; 3] = [Field::BadCustomerMinutes, Field::FailedRequests, Field::Waiting];

impl Measure {
    /// Every measure.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let fields = Field::ALL.into_iter().filter(|f| f.worse_is().is_some()).map(Self::Field);
        std::iter::once(Self::Impact).chain(fields)
    }

    /// Its name in expressions.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Impact => "impact",
            Self::Field(field) => field.name(),
        }
    }

    /// The fields compared, and which way is worse.
    pub(super) fn fields(self) -> Vec<(Field, Worse)> {
        let one = |field: Field| field.worse_is().map(|worse| (field, worse));
        match self {
            Self::Impact => IMPACT.into_iter().filter_map(one).collect(),
            Self::Field(field) => one(field).into_iter().collect(),
        }
    }
}

impl Expr {
    /// Whether it compares with a reference run, so that one must be given.
    #[must_use]
    pub fn needs_baseline(&self) -> bool {
        self.0.needs_baseline()
    }

    /// Whether it asks if a run could be read (`failed`): then it also judges runs that could not.
    #[must_use]
    pub fn asks_failed(&self) -> bool {
        self.0.any(&|node| matches!(node, Node::Flag(Field::Failed) | Node::Missing(Field::Failed)))
    }
}

impl Node {
    fn needs_baseline(&self) -> bool {
        self.any(&|node| match node {
            Self::Worse(..) => true,
            Self::Flag(field) | Self::Missing(field) => field.needs_baseline(),
            _ => false,
        })
    }

    /// Whether this node or one below it is such.
    fn any(&self, such: &dyn Fn(&Self) -> bool) -> bool {
        such(self)
            || match self {
                Self::Any(nodes) | Self::All(nodes) => nodes.iter().any(|n| n.any(such)),
                Self::Not(node) => node.any(such),
                _ => false,
            }
    }
}

impl FromStr for Expr {
    type Err = ExprError;

    /// Parses and checks.
    ///
    /// # Errors
    /// [`ExprError`] with the place, what is wrong there and the nearest known name.
    fn from_str(text: &str) -> Result<Self, ExprError> {
        super::parse::parse(text).map(Self)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(nodes) => chain(f, nodes, " or ", |n| matches!(n, Self::Any(_))),
            Self::All(nodes) => chain(f, nodes, " and ", |n| matches!(n, Self::Any(_) | Self::All(_))),
            Self::Not(node) if matches!(**node, Self::Any(_) | Self::All(_)) => write!(f, "not ({node})"),
            Self::Not(node) => write!(f, "not {node}"),
            Self::Flag(field) => f.write_str(field.name()),
            Self::Compare(field, op, value) => write!(f, "{}{}{value}", field.name(), op.sign()),
            Self::In(field, values) => {
                write!(f, "{} in (", field.name())?;
                for (i, value) in values.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{value}")?;
                }
                f.write_str(")")
            },
            Self::Like(field, pattern) => write!(f, "{}~{}", field.name(), quoted(pattern)),
            Self::Missing(field) => write!(f, "missing({})", field.name()),
            Self::Worse(measure, by) if *by == 0.0 => write!(f, "worse({})", measure.name()),
            Self::Worse(measure, by) => write!(f, "worse({}, {})", measure.name(), share(*by)),
        }
    }
}

fn chain(
    f: &mut fmt::Formatter<'_>,
    nodes: &[Node],
    between: &str,
    in_brackets: fn(&Node) -> bool,
) -> fmt::Result {
    for (i, node) in nodes.iter().enumerate() {
        f.write_str(if i > 0 { between } else { "" })?;
        if in_brackets(node) { write!(f, "({node})")? } else { write!(f, "{node}")? }
    }
    Ok(())
}
