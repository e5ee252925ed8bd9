//! DOT, for Graphviz.

use std::fmt::Write;

use super::GraphView;
use super::text::{fixed, visible};
use crate::edge::EdgeOrigin;

/// The whole graph in Graphviz's language: nodes, then edges, in the order of first mention.
///
/// Labels hold a node's name and score and an edge's weight; inferred edges are dashed, so are
/// nodes that no record observes; the highlighted path is red. Time and text O(N + E).
///
/// Inside a label `"`, `&`, `<`, `>` and `` ` `` are character references, which Graphviz decodes, and a
/// backslash is doubled. No such character reaches the file otherwise, so that it stays harmless
/// inside HTML or Markdown as well.
#[must_use]
pub fn to_dot(view: &GraphView<'_>) -> String {
    let highlight = view.highlighted();
    let mut dot = String::from("digraph infra {\n");
    dot.push_str("  // edges run the way a failure travels: from its origin to its victim\n");
    dot.push_str("  rankdir=LR;\n");
    if let Some(title) = view.title {
        line(&mut dot, format_args!("  label=\"{}\";", escaped(title)));
    }
    dot.push_str("  node [shape=box];\n");
    for (id, node) in view.graph.nodes() {
        let mut label = escaped(&node.name);
        if let Some(score) = view.score(id) {
            label.push_str("\\n");
            label.push_str(&fixed(score));
        }
        let style = if node.observed { "" } else { ", style=dashed" };
        let paint = if highlight.nodes.contains(&id) { ", color=red, penwidth=2" } else { "" };
        let number = id.number();
        line(&mut dot, format_args!("  n{number} [label=\"{label}\"{style}{paint}];"));
    }
    for edge in view.graph.edges() {
        let hop = edge.fails_toward();
        let mut attributes: Vec<String> = Vec::new();
        if let Some(weight) = view.weight(edge.id) {
            attributes.push(format!("label=\"{}\"", fixed(weight)));
        }
        if matches!(edge.attributes.origin, EdgeOrigin::Inferred { .. }) {
            attributes.push("style=dashed".to_owned());
        }
        if highlight.has_edge(&edge) {
            attributes.push("color=red, penwidth=2".to_owned());
        }
        let (origin, victim) = (hop.origin.number(), hop.victim.number());
        if attributes.is_empty() {
            line(&mut dot, format_args!("  n{origin} -> n{victim};"));
        } else {
            let attributes = attributes.join(", ");
            line(&mut dot, format_args!("  n{origin} -> n{victim} [{attributes}];"));
        }
    }
    dot.push_str("}\n");
    dot
}

/// Text for the inside of a quoted label.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text) {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("&quot;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '`' => escaped.push_str("&#96;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{content}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{EdgeAttributes, EdgeId, GraphBuilder, NodeId};

    #[test]
    fn a_small_picture() {
        let mut builder = GraphBuilder::new();
        builder.add_service("web \"A\"").unwrap();
        builder.add_dependency("web \"A\"", "db\\n", EdgeAttributes::inferred(9)).unwrap();
        let graph = builder.build();
        let weights = BTreeMap::from([(EdgeId::new(0), 0.5)]);
        let view = GraphView {
            node_score: Some(&[0.25, f64::NAN]),
            edge_weight: Some(&weights),
            highlight: &[NodeId::new(1), NodeId::new(0)],
            title: Some("run <1>"),
            ..GraphView::new(&graph)
        };
        let expected = r#"digraph infra {
  // edges run the way a failure travels: from its origin to its victim
  rankdir=LR;
  label="run &lt;1&gt;";
  node [shape=box];
  n0 [label="web &quot;A&quot;\n0.2500", color=red, penwidth=2];
  n1 [label="db\\n", style=dashed, color=red, penwidth=2];
  n1 -> n0 [label="0.5000", style=dashed, color=red, penwidth=2];
}
"#;
        assert_eq!(to_dot(&view), expected);
    }
}
