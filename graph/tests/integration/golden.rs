//! One-hop propagation against the reference implementation's own numbers.

use infra_graph::{EdgeAttributes, GraphBuilder, propagate_one_hop};
use serde_json::Value;

const CASES: &str = include_str!("../golden/propagation.json");

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn propagation_equals_the_reference_to_the_last_bit() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let cases = cases.as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let mut builder = GraphBuilder::new();
        for service in case["services"].as_array().unwrap() {
            let dependent = service["id"].as_str().unwrap();
            builder.add_service(dependent).unwrap();
            for dependency in texts(&service["dependencies"]) {
                builder.add_dependency(dependent, dependency, EdgeAttributes::default()).unwrap();
            }
        }
        let graph = builder.build();

        let nodes: Vec<_> = graph.nodes().map(|(_, node)| node.name.as_str()).collect();
        assert_eq!(nodes, texts(&case["nodes"]), "{name}");

        // The reference lists edges origin by origin, each origin's in the order of mention.
        let mut edges: Vec<_> = graph.edges().map(|edge| edge.fails_toward()).collect();
        edges.sort_by_key(|hop| hop.origin);
        let edges: Vec<_> =
            edges.iter().map(|hop| vec![graph.name(hop.origin), graph.name(hop.victim)]).collect();
        let expected: Vec<_> = case["edges"].as_array().unwrap().iter().map(texts).collect();
        assert_eq!(edges, expected, "{name}");

        let scores = &case["scores"];
        let propagated = propagate_one_hop(&graph, |node| scores[graph.name(node)].as_f64());
        for ((_, node), value) in graph.nodes().zip(&propagated) {
            let expected = case["propagated"][&node.name].as_f64().unwrap();
            assert_eq!(value.to_bits(), expected.to_bits(), "{name}, {}: {value} {expected}", node.name);
        }
    }
}
