//! The dependency graph as text for other tools, with attention on its edges and scores on its
//! nodes; the first confirmed path, else the first, stands out.

use infra_graph::{GraphView, MermaidBudget, NodeId, to_dot, to_graphml, to_mermaid};

use super::graph::{edge_weights, view};
use crate::analyse::Analysis;

/// A language that graphs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// GraphML: all of it, as data.
    Graphml,
    /// Graphviz DOT: all of it.
    Dot,
    /// Mermaid: as much as can be looked at.
    Mermaid,
}

/// The graph in one of them. The title is untrusted, like names.
#[must_use]
pub fn drawn(analysis: &Analysis<'_>, drawing: Drawing, title: &str) -> String {
    let weights = edge_weights(analysis);
    let path = highlight(analysis);
    let view = GraphView { title: Some(title), ..view(analysis, &weights, &path) };
    match drawing {
        Drawing::Graphml => to_graphml(&view),
        Drawing::Dot => to_dot(&view),
        Drawing::Mermaid => to_mermaid(&view, MermaidBudget::default()).text,
    }
}

fn highlight(analysis: &Analysis<'_>) -> Vec<NodeId> {
    let path = analysis.paths.iter().find(|p| p.confirmed).or_else(|| analysis.paths.first());
    let steps = path.iter().flat_map(|p| &p.steps);
    steps.filter_map(|step| u32::try_from(step.service).ok()).map(NodeId::new).collect()
}
