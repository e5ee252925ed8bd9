//! Pictures and files for other tools: DOT, GraphML, Mermaid.
//!
//! All three draw edges in **failure direction**: `origin --> victim`, from the service that fails
//! to the one that suffers, that is from the callee to the caller. Bytes depend on the view alone.
//!
//! Names, kinds and titles come from whoever wrote the run and are escaped for the syntax they
//! land in; identifiers are generated (`n0`, `n1`, …), never taken from a name. In pictures a
//! character that could disturb a terminal or turn text around (control characters, bidirectional
//! overrides, invisible formats) is replaced by a visible one; GraphML, which is data, keeps it as
//! a character reference where XML allows.

mod dot;
mod graphml;
mod mermaid;
mod text;

pub use dot::to_dot;
pub use graphml::to_graphml;
pub use mermaid::{MermaidBudget, MermaidText, to_mermaid};

use std::collections::{BTreeMap, BTreeSet};

use crate::dependency_graph::{DependencyGraph, Edge};
use crate::edge::{EdgeId, FailsToward};
use crate::node::NodeId;

/// A graph and what to show on it. Everything but the graph is optional:
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, GraphView, to_dot};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("web", "db", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let view = GraphView { node_score: Some(&[0.25, 0.75]), ..GraphView::new(&graph) };
/// assert!(to_dot(&view).contains("n1 -> n0")); // the database fails toward the web server
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GraphView<'a> {
    /// The graph.
    pub graph: &'a DependencyGraph,
    /// A score for every node, in node order. A value that is missing or not finite is not shown.
    pub node_score: Option<&'a [f64]>,
    /// A weight for some edges, for example attentions. Others, and values not finite, show none.
    pub edge_weight: Option<&'a BTreeMap<EdgeId, f64>>,
    /// A path to stand out, from the origin to the last victim: its nodes and the edges between.
    pub highlight: &'a [NodeId],
    /// What the picture shows, in one line. Untrusted, like names.
    pub title: Option<&'a str>,
}

impl<'a> GraphView<'a> {
    /// The bare graph.
    #[must_use]
    pub const fn new(graph: &'a DependencyGraph) -> Self {
        Self { graph, node_score: None, edge_weight: None, highlight: &[], title: None }
    }

    fn score(&self, node: NodeId) -> Option<f64> {
        let score = self.node_score?.get(node.index()).copied();
        score.filter(|score| score.is_finite())
    }

    fn weight(&self, edge: EdgeId) -> Option<f64> {
        let weight = self.edge_weight?.get(&edge).copied();
        weight.filter(|weight| weight.is_finite())
    }

    fn highlighted(&self) -> Highlight {
        let hops = self.highlight.windows(2).filter_map(|pair| match pair {
            [origin, victim] => Some(FailsToward { origin: *origin, victim: *victim }),
            _ => None,
        });
        Highlight { nodes: self.highlight.iter().copied().collect(), hops: hops.collect() }
    }
}

/// The highlighted path, for look-ups.
struct Highlight {
    nodes: BTreeSet<NodeId>,
    hops: BTreeSet<FailsToward>,
}

impl Highlight {
    fn has_edge(&self, edge: &Edge<'_>) -> bool {
        self.hops.contains(&edge.fails_toward())
    }
}
