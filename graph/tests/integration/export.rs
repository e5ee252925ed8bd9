//! Hostile names are inert in every picture and file.

use std::collections::BTreeMap;

use infra_graph::{
    DependencyGraph, EdgeAttributes, EdgeKind, EdgeOrigin, GraphBuilder, GraphView, MermaidBudget, to_dot,
    to_graphml, to_mermaid,
};

const HOSTILE: [&str; 16] = [
    "</script><img src=x onerror=1>",
    "\"];x[\"",
    "a\\",
    "a\\\"; evil -> n0; \"",
    "two\nlines\r\nand a\ttab",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "\u{9b}31m\u{85}",
    "\u{202e}gpj.exe\u{2066}\u{200b}",
    "| a | b |",
    "```\n# heading\n`code`",
    "end",
    "click n0 href \"javascript:alert(1)\"",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "\0\u{fffe}\u{ffff}",
    "#quot;&quot;&#34;\\N\\G\\L",
];

/// Every hostile text as a name, a kind, a tier and an edge's kind, in a ring.
fn hostile_graph() -> DependencyGraph {
    let mut builder = GraphBuilder::new();
    for name in HOSTILE {
        let id = builder.add_service(name).unwrap();
        builder.describe(id, Some(name), Some(name)).unwrap();
    }
    for (i, name) in HOSTILE.iter().enumerate() {
        let attributes = EdgeAttributes {
            kind: EdgeKind::new(*name),
            weight: Some(f64::NAN),
            origin: EdgeOrigin::Inferred { evidence: u64::MAX },
        };
        builder.add_dependency(name, HOSTILE[(i + 1) % HOSTILE.len()], attributes).unwrap();
    }
    builder.build()
}

/// Calls `check` with a rendering that carries each hostile text as its title.
fn for_each_title(render: impl Fn(&GraphView<'_>) -> String, check: impl Fn(&str)) {
    let graph = hostile_graph();
    let weights: BTreeMap<_, _> = graph.edges().map(|edge| (edge.id, f64::MAX)).collect();
    let score = [f64::MIN, f64::INFINITY, f64::NAN, 1e-300];
    let path: Vec<_> = graph.node_ids().collect();
    for title in HOSTILE {
        let view = GraphView {
            graph: &graph,
            node_score: Some(&score),
            edge_weight: Some(&weights),
            highlight: &path[..4],
            title: Some(title),
        };
        let text = render(&view);
        assert_eq!(text, render(&view));
        check(&text);
    }
}

/// No character that acts on a terminal or turns text, but the line breaks of the format itself.
#[track_caller]
fn assert_calm(text: &str) {
    for c in text.chars() {
        let acts = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
        assert!(c == '\n' || !acts, "{c:?}");
    }
    for raw in ["<img", "</script", "<!ENTITY", "javascript:alert(1)\"", "]]>"] {
        assert!(!text.contains(raw), "{raw}");
    }
}

#[test]
fn dot_holds_one_statement_a_line_and_every_string_ends_where_it_should() {
    for_each_title(to_dot, |dot| {
        assert_calm(dot);
        // 5 lines before the nodes (one of them the title), then nodes, edges and the brace.
        assert_eq!(dot.lines().count(), 5 + 2 * HOSTILE.len() + 1);
        for line in dot.lines() {
            // Outside of strings only what this crate writes itself.
            let outside = outside_strings(line);
            let allowed = |c: char| c.is_ascii_alphanumeric() || " []{}=,;:->/_".contains(c);
            assert!(outside.chars().all(allowed), "{line}");
            assert!(!outside.contains("evil"), "{line}");
        }
    });
}

/// What a DOT lexer sees outside of quoted strings, where a backslash escapes one character.
fn outside_strings(line: &str) -> String {
    let (mut outside, mut inside, mut escaped) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' if !escaped => inside = !inside,
            _ if !inside => outside.push(c),
            _ => {},
        }
        escaped = inside && c == '\\' && !escaped;
    }
    assert!(!inside, "an open string: {line}");
    outside
}

#[test]
fn graphml_is_well_formed_and_names_survive_as_far_as_xml_allows() {
    for_each_title(to_graphml, |xml| {
        assert_calm(xml);
        let names = read_names(xml);
        assert_eq!(names.len(), HOSTILE.len());
        for (name, read) in HOSTILE.iter().zip(names) {
            let kept = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}');
            let expected: String = name.chars().map(|c| if kept(c) { c } else { '\u{fffd}' }).collect();
            assert_eq!(read, expected);
        }
        assert!(!xml.contains("NaN") && !xml.contains("inf<"));
    });
}

/// A tiny XML reader: checks that tags nest and references are known, returns what `name` holds.
fn read_names(xml: &str) -> Vec<String> {
    let (mut open, mut names, mut key) = (Vec::new(), Vec::new(), String::new());
    let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    while let Some(start) = rest.find('<') {
        let text = decoded(&rest[..start]);
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().unwrap(), name);
            if key == "d2" && name == "data" {
                names.push(text);
            }
        } else {
            assert!(!tag.contains('<'));
            key = tag
                .split_once("key=\"")
                .map_or(String::new(), |(_, key)| key.trim_end_matches('"').to_owned());
            if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
    }
    assert!(open.is_empty() && rest == "\n");
    names
}

fn decoded(text: &str) -> String {
    assert!(!text.contains('>'));
    let mut parts = text.split('&');
    let mut decoded = parts.next().unwrap().to_owned();
    for part in parts {
        let (reference, rest) = part.split_once(';').unwrap();
        let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
        let known = named.iter().find(|(name, _)| *name == reference).map(|(_, c)| *c);
        let coded = reference.strip_prefix("#x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        decoded.push(known.or(coded.and_then(char::from_u32)).unwrap());
        decoded.push_str(rest);
    }
    decoded
}

#[test]
fn mermaid_holds_nothing_but_plain_characters_in_its_labels() {
    let render = |view: &GraphView<'_>| to_mermaid(view, MermaidBudget::default()).text;
    for_each_title(render, |text| {
        assert_calm(text);
        assert!(text.is_ascii());
        assert!(!text.contains('`') && !text.contains("%%{"));
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        assert!(lines.next().unwrap().starts_with("  accTitle: "));
        assert_eq!(lines.by_ref().take(3).count(), 3);
        for line in lines {
            assert!(line.starts_with("  n"), "{line}");
            let parts: Vec<_> = line.split('"').collect();
            assert!(parts.len() == 3 || parts.len() == 1, "{line}");
            let allowed = |c: char| c.is_ascii_alphanumeric() || " _.:/@-#;".contains(c);
            assert!(parts.get(1).is_none_or(|label| label.chars().all(allowed)), "{line}");
        }
    });
}

#[test]
fn mermaid_shows_the_highlight_then_the_highest_and_counts_the_rest() {
    let mut builder = GraphBuilder::new();
    for i in 0..6 {
        builder.add_service(&format!("s{i}")).unwrap();
    }
    for (dependent, dependency) in [("s1", "s0"), ("s5", "s1"), ("s5", "s4"), ("s4", "s3")] {
        builder.add_dependency(dependent, dependency, EdgeAttributes::default()).unwrap();
    }
    let graph = builder.build();
    let weights: BTreeMap<_, _> = graph.edges().map(|edge| (edge.id, 0.5)).collect();
    let path = ["s0", "s1"].map(|name| graph.require(name).unwrap());
    let view = GraphView {
        node_score: Some(&[0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        edge_weight: Some(&weights),
        highlight: &path,
        title: Some("A run"),
        ..GraphView::new(&graph)
    };
    let picture = to_mermaid(&view, MermaidBudget { nodes: 4, edges: 2, chars: 2_000 });
    let expected = "flowchart LR
  accTitle: A run
  %% edges run the way a failure travels: from its origin to its victim
  classDef path stroke:#c00,stroke-width:3px
  classDef unseen stroke-dasharray:4 4
  n1[\"s1 #40;0.1000#41;\"]:::path
  n0[\"s0 #40;0.0000#41;\"]:::path
  n5[\"s5 #40;0.5000#41;\"]
  n4[\"s4 #40;0.4000#41;\"]
  n0 ==>|\"0.5000\"| n1
  n1 -->|\"0.5000\"| n5
";
    assert_eq!(picture.text, expected);
    assert_eq!((picture.shown_nodes, picture.omitted_nodes), (4, 2));
    assert_eq!((picture.shown_edges, picture.omitted_edges), (2, 2));
}
