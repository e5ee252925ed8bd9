//! Edges: the two directions as two types, and what is known of a dependency.
//!
//! A dependency can be read two ways. *Checkout depends on the database*: that is what
//! configuration and calls say. *The database fails toward checkout*: that is how a failure
//! travels. Mixing them up turns causes into victims, so each reading has its own type, and the
//! two functions of this file are the only places where one becomes the other.

use std::borrow::Cow;

use crate::node::NodeId;

/// The caller's reading: `dependent` needs `dependency`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DependsOn {
    /// The service that needs the other: the caller.
    pub dependent: NodeId,
    /// The service that is needed: the callee.
    pub dependency: NodeId,
}

impl DependsOn {
    /// The same edge as a failure travels it: from the dependency to the dependent.
    #[must_use]
    pub const fn fails_toward(self) -> FailsToward {
        FailsToward { origin: self.dependency, victim: self.dependent }
    }
}

/// The failure's reading: what goes wrong at `origin` reaches `victim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FailsToward {
    /// The service that fails first: the callee.
    pub origin: NodeId,
    /// The service that suffers next: the caller.
    pub victim: NodeId,
}

impl FailsToward {
    /// The same edge as calls travel it: the victim depends on the origin.
    #[must_use]
    pub const fn depends_on(self) -> DependsOn {
        DependsOn { dependent: self.victim, dependency: self.origin }
    }
}

/// Number of an edge within one graph, from 0 in the order of first mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeId(u32);

impl EdgeId {
    /// The edge with this number, whether or not a given graph has one.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Where the edge's value stands in a slice that holds one value an edge.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What sort of dependency an edge is, as the run spells it; `calls` where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeKind(Cow<'static, str>);

impl EdgeKind {
    /// A kind by its text. Any text is a kind, the empty one included; it is untrusted.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Cow::Owned(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for EdgeKind {
    fn default() -> Self {
        Self(Cow::Borrowed("calls")) // not allocated: most edges are of this kind
    }
}

/// How we know of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdgeOrigin {
    /// The run's metadata or its table of edges states it.
    #[default]
    Declared,
    /// It was derived from recorded calls.
    Inferred {
        /// How many calls support it.
        evidence: u64,
    },
}

/// What is known of one dependency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeAttributes {
    /// What sort of dependency it is.
    pub kind: EdgeKind,
    /// The weight the run gives it, for example calls per request. Its unit is the run's own.
    pub weight: Option<f64>,
    /// How we know of it.
    pub origin: EdgeOrigin,
}

impl EdgeAttributes {
    /// An edge of kind `calls`, supported by this many recorded calls.
    #[must_use]
    pub fn inferred(evidence: u64) -> Self {
        Self { origin: EdgeOrigin::Inferred { evidence }, ..Self::default() }
    }

    /// Joins a second mention of the same edge to the first.
    ///
    /// The first kind and the first weight that was given stay, so that repeating a declaration
    /// changes nothing. A declaration outranks an inference; evidence of two inferences adds up.
    pub(crate) fn absorb(&mut self, later: Self) {
        self.weight = self.weight.or(later.weight);
        self.origin = match (self.origin, later.origin) {
            (EdgeOrigin::Inferred { evidence }, EdgeOrigin::Inferred { evidence: more }) => {
                EdgeOrigin::Inferred { evidence: evidence.saturating_add(more) }
            },
            _ => EdgeOrigin::Declared,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_convert_back_and_forth() {
        let edge = DependsOn { dependent: NodeId::new(1), dependency: NodeId::new(2) };
        assert_eq!(edge.fails_toward().origin, edge.dependency);
        assert_eq!(edge.fails_toward().victim, edge.dependent);
        assert_eq!(edge.fails_toward().depends_on(), edge);
    }

    #[test]
    fn evidence_adds_up_without_overflow_and_a_declaration_outranks_it() {
        let mut edge = EdgeAttributes::inferred(u64::MAX);
        edge.absorb(EdgeAttributes::inferred(7));
        assert_eq!(edge.origin, EdgeOrigin::Inferred { evidence: u64::MAX });
        edge.absorb(EdgeAttributes::default());
        assert_eq!(edge.origin, EdgeOrigin::Declared);
        edge.absorb(EdgeAttributes::inferred(7));
        assert_eq!(edge.origin, EdgeOrigin::Declared);
    }

    #[test]
    fn the_first_kind_and_the_first_weight_given_stay() {
        let mut edge = EdgeAttributes::default();
        for (kind, weight) in [("queue", 2.0), ("cache", 3.0)] {
            edge.absorb(EdgeAttributes {
                kind: EdgeKind::new(kind),
                weight: Some(weight),
                origin: EdgeOrigin::Declared,
            });
        }
        assert_eq!((edge.kind.as_str(), edge.weight), ("calls", Some(2.0)));
    }
}
