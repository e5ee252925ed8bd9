//! GraphML, for graph tools that compute on.

use std::fmt::Write;

use super::GraphView;
use super::text::acts;
use crate::edge::EdgeOrigin;

/// What a file declares before its data: for, name, type.
const KEYS: [(&str, &str, &str); 13] = [
    ("graph", "title", "string"),
    ("graph", "direction", "string"),
    ("node", "name", "string"),
    ("node", "observed", "boolean"),
    ("node", "service_kind", "string"),
    ("node", "tier", "string"),
    ("node", "score", "double"),
    ("edge", "kind", "string"),
    ("edge", "origin", "string"),
    ("edge", "evidence", "long"),
    ("edge", "declared_weight", "double"),
    ("edge", "weight", "double"),
    ("all", "highlight", "boolean"),
];

/// The whole graph as GraphML: nodes, then edges, in the order of first mention.
///
/// An edge's `source` is the origin and its `target` the victim; the graph says so in `direction`.
/// `weight` and `score` are the view's, `declared_weight` is the run's. Numbers are written in
/// full, so that reading them back gives the same value; what is missing or not finite is left out.
///
/// Every character that XML allows survives, those that act (see the module) as character
/// references; the others become U+FFFD. Time and text O(N + E).
#[must_use]
pub fn to_graphml(view: &GraphView<'_>) -> String {
    let highlight = view.highlighted();
    let mut xml = Xml(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    xml.line(format_args!("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">"));
    for (number, (element, name, kind)) in KEYS.iter().enumerate() {
        xml.line(format_args!(
            "  <key id=\"d{number}\" for=\"{element}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        ));
    }
    xml.line(format_args!("  <graph id=\"infra\" edgedefault=\"directed\">"));
    if let Some(title) = view.title {
        xml.data("title", &escaped(title));
    }
    xml.data("direction", "source fails toward target");
    for (id, node) in view.graph.nodes() {
        xml.line(format_args!("    <node id=\"n{}\">", id.number()));
        xml.data("name", &escaped(&node.name));
        xml.data("observed", if node.observed { "true" } else { "false" });
        xml.text("service_kind", node.kind.as_deref());
        xml.text("tier", node.tier.as_deref());
        xml.number("score", view.score(id));
        if highlight.nodes.contains(&id) {
            xml.data("highlight", "true");
        }
        xml.line(format_args!("    </node>"));
    }
    for edge in view.graph.edges() {
        let hop = edge.fails_toward();
        let (number, origin, victim) = (edge.id.number(), hop.origin.number(), hop.victim.number());
        xml.line(format_args!("    <edge id=\"e{number}\" source=\"n{origin}\" target=\"n{victim}\">"));
        xml.text("kind", Some(edge.attributes.kind.as_str()));
        match edge.attributes.origin {
            EdgeOrigin::Declared => xml.data("origin", "declared"),
            EdgeOrigin::Inferred { evidence } => {
                xml.data("origin", "inferred");
                // The format's `long` is signed.
                xml.data("evidence", &evidence.min(i64::MAX as u64).to_string());
            },
        }
        xml.number("declared_weight", edge.attributes.weight);
        xml.number("weight", view.weight(edge.id));
        if highlight.has_edge(&edge) {
            xml.data("highlight", "true");
        }
        xml.line(format_args!("    </edge>"));
    }
    xml.line(format_args!("  </graph>\n</graphml>"));
    xml.0
}

/// The file as it grows.
struct Xml(String);

impl Xml {
    fn line(&mut self, content: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.0, "{content}");
    }

    /// One value under a declared name; it is escaped already.
    fn data(&mut self, name: &str, escaped: &str) {
        if let Some(number) = KEYS.iter().position(|(_, known, _)| *known == name) {
            self.line(format_args!("      <data key=\"d{number}\">{escaped}</data>"));
        }
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.data(name, &escaped(value));
        }
    }

    fn number(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.data(name, &format!("{value:?}"));
        }
    }
}

/// Text for the inside of an element.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // What XML 1.0 cannot hold, not even as a reference.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            },
            '\t' | '\n' | '\r' | '\u{7f}' => reference(&mut escaped, c),
            _ if acts(c) => reference(&mut escaped, c),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn reference(text: &mut String, c: char) {
    let _ = write!(text, "&#x{:X};", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_allows_survives_and_the_rest_is_replaced() {
        assert_eq!(escaped("a<b>&\"'é"), "a&lt;b&gt;&amp;&quot;&apos;é");
        assert_eq!(escaped("\0\u{1b}[2J\u{ffff}"), "\u{fffd}\u{fffd}[2J\u{fffd}");
        assert_eq!(escaped("\n\u{9b}\u{202e}\u{7f}"), "&#xA;&#x9B;&#x202E;&#x7F;");
        assert_eq!(escaped("]]>"), "]]&gt;");
    }
}
