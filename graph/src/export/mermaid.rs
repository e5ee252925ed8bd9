//! Mermaid, for Markdown reports: the part of the graph that matters, within what Mermaid draws.

use std::cmp::Ordering;

use super::text::{fixed, visible};
use super::{GraphView, Highlight};
use crate::dependency_graph::Edge;
use crate::edge::EdgeOrigin;
use crate::node::NodeId;

/// A name longer than this is cut, and ends in `…`.
const LABEL_CHARS: usize = 60;

/// What a picture may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MermaidBudget {
    /// The largest number of services.
    pub nodes: usize,
    /// The largest number of edges.
    pub edges: usize,
    /// The largest number of characters, of which services take at most half.
    pub chars: usize,
}

impl Default for MermaidBudget {
    /// What Mermaid refuses to exceed unless configured otherwise (`maxEdges` 500, `maxTextSize`
    /// 50,000), and forty services, which a reader can still take in.
    fn default() -> Self {
        Self { nodes: 40, edges: 500, chars: 50_000 }
    }
}

/// A picture, and how much of the graph it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MermaidText {
    /// The flowchart, plain ASCII, ending in a line break, without a Markdown fence.
    pub text: String,
    /// Services in the picture.
    pub shown_nodes: usize,
    /// Edges in the picture.
    pub shown_edges: usize,
    /// Services that were left out.
    pub omitted_nodes: usize,
    /// Edges that were left out, those of left-out services among them.
    pub omitted_edges: usize,
}

/// The most important part of the graph as a Mermaid flowchart, within the budget.
///
/// Services come first by highlight, then by score, then by name; of the edges between those
/// shown, first the highlighted, then by weight, then by the names of origin and victim. Services
/// are taken until their number or half of the characters is spent, edges until theirs is; a
/// budget below the fixed lines (about 250 characters) gives those lines alone.
///
/// In labels every character but letters, digits, space and `_.:/@-` is a decimal entity code of
/// Mermaid's (`#34;`), so that no directive, markup or quote can be formed. A title becomes the
/// picture's accessible title, where entities are not decoded: other characters become `_`.
/// Time O((N + E) log (N + E)).
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, GraphView, MermaidBudget, to_mermaid};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("web", "db \"main\"", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let picture = to_mermaid(&GraphView::new(&graph), MermaidBudget::default());
/// assert!(picture.text.contains("n1[\"db #34;main#34;\"]"));
/// assert_eq!((picture.shown_edges, picture.omitted_edges), (1, 0));
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
#[must_use]
pub fn to_mermaid(view: &GraphView<'_>, budget: MermaidBudget) -> MermaidText {
    let highlight = view.highlighted();
    let mut text = String::from("flowchart LR\n");
    if let Some(title) = view.title {
        text.push_str(&format!("  accTitle: {}\n", plain(title)));
    }
    text.push_str("  %% edges run the way a failure travels: from its origin to its victim\n");
    text.push_str("  classDef path stroke:#c00,stroke-width:3px\n");
    text.push_str("  classDef unseen stroke-dasharray:4 4\n");

    let mut shown = vec![false; view.graph.node_count()];
    let mut shown_nodes = 0;
    for node in ranked_nodes(view, &highlight).into_iter().take(budget.nodes) {
        let line = node_line(view, &highlight, node);
        if text.len() + line.len() > budget.chars / 2 {
            break;
        }
        text.push_str(&line);
        shown[node.index()] = true;
        shown_nodes += 1;
    }
    let mut shown_edges = 0;
    for edge in ranked_edges(view, &highlight, &shown).into_iter().take(budget.edges) {
        let line = edge_line(view, &highlight, &edge);
        if text.len() + line.len() > budget.chars {
            break;
        }
        text.push_str(&line);
        shown_edges += 1;
    }
    MermaidText {
        text,
        shown_nodes,
        shown_edges,
        omitted_nodes: view.graph.node_count() - shown_nodes,
        omitted_edges: view.graph.edge_count() - shown_edges,
    }
}

fn ranked_nodes(view: &GraphView<'_>, highlight: &Highlight) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = view.graph.nodes_by_name().map(|(id, _)| id).collect();
    // Stable: nodes that tie stay in the order of their names.
    nodes.sort_by(|a, b| {
        let [first, second] = [a, b].map(|node| highlight.nodes.contains(node));
        second.cmp(&first).then_with(|| descending(view.score(*a), view.score(*b)))
    });
    nodes
}

fn ranked_edges<'g>(view: &GraphView<'g>, highlight: &Highlight, shown: &[bool]) -> Vec<Edge<'g>> {
    let both_shown = |edge: &Edge<'_>| {
        let hop = edge.fails_toward();
        shown[hop.origin.index()] && shown[hop.victim.index()]
    };
    let mut edges: Vec<Edge<'g>> = view.graph.edges().filter(both_shown).collect();
    let names = |edge: &Edge<'_>| {
        let hop = edge.fails_toward();
        (view.graph.rank(hop.origin), view.graph.rank(hop.victim))
    };
    edges.sort_by(|a, b| {
        let [first, second] = [a, b].map(|edge| highlight.has_edge(edge));
        let by_weight = || descending(view.weight(a.id), view.weight(b.id));
        second.cmp(&first).then_with(by_weight).then_with(|| names(a).cmp(&names(b)))
    });
    edges
}

/// The larger first, what is missing last.
fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        // Adding zero makes a negative zero a positive one.
        (Some(a), Some(b)) => (b + 0.0).total_cmp(&(a + 0.0)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn node_line(view: &GraphView<'_>, highlight: &Highlight, id: NodeId) -> String {
    let score = view.score(id).map_or(String::new(), |score| format!(" #40;{}#41;", fixed(score)));
    let unseen = view.graph.node(id).is_some_and(|node| !node.observed);
    let class = match (highlight.nodes.contains(&id), unseen) {
        (true, _) => ":::path",
        (false, true) => ":::unseen",
        (false, false) => "",
    };
    format!("  n{}[\"{}{score}\"]{class}\n", id.number(), label(view.graph.name(id)))
}

fn edge_line(view: &GraphView<'_>, highlight: &Highlight, edge: &Edge<'_>) -> String {
    let hop = edge.fails_toward();
    let arrow = match (highlight.has_edge(edge), edge.attributes.origin) {
        (true, _) => "==>",
        (false, EdgeOrigin::Inferred { .. }) => "-.->",
        (false, EdgeOrigin::Declared) => "-->",
    };
    let weight = view.weight(edge.id).map_or(String::new(), |weight| format!("|\"{}\"|", fixed(weight)));
    format!("  n{} {arrow}{weight} n{}\n", hop.origin.number(), hop.victim.number())
}

/// Text for the inside of a quoted label, at most [`LABEL_CHARS`] characters as shown.
fn label(name: &str) -> String {
    let mut shown: Vec<char> = visible(name).take(LABEL_CHARS + 1).collect();
    if shown.len() > LABEL_CHARS {
        shown.truncate(LABEL_CHARS - 1);
        shown.push('…');
    }
    let code = |c: char| if is_plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) };
    shown.into_iter().map(code).collect()
}

/// Text for a place where entities are not decoded, at most [`LABEL_CHARS`] characters.
fn plain(title: &str) -> String {
    let chars = title.chars().take(LABEL_CHARS);
    chars.map(|c| if is_plain(c) { c } else { '_' }).collect()
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '@' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut() {
        assert_eq!(label(&"x".repeat(60)), "x".repeat(60));
        assert_eq!(label(&"x".repeat(61)), format!("{}#8230;", "x".repeat(59)));
    }

    #[test]
    fn nothing_but_plain_characters_passes() {
        assert_eq!(label("%%{init}"), "#37;#37;#123;init#125;");
        assert_eq!(label("a\n\u{1b}"), "a#9226;#9243;");
        assert_eq!(plain("%%{ü}"), "_____");
    }

    #[test]
    fn missing_scores_come_last_and_zeros_tie() {
        assert_eq!(descending(Some(-1.0), None), Ordering::Less);
        assert_eq!(descending(Some(0.0), Some(-0.0)), Ordering::Equal);
        assert_eq!(descending(Some(1.0), Some(2.0)), Ordering::Greater);
    }
}
