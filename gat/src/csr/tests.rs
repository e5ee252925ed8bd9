#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn edges_are_grouped_stably_and_repeats_stay() {
    let graph = CsrGraph::new(3, &[2, 0, 1, 0], &[1, 2, 1, 1], SelfLoops::AsGiven).unwrap();
    assert_eq!(graph.row_start(), [0, 0, 3, 4]);
    assert_eq!(graph.slot_src(), [2, 1, 0, 0]);
    assert_eq!(graph.slot_edge(), [0, 2, 3, 1]);
    assert_eq!(graph.slots(7), 0..0);
}

#[test]
fn self_loops_are_replaced_one_per_node_at_the_end() {
    let plain = CsrGraph::new(3, &[0, 1, 2], &[1, 1, 0], SelfLoops::AsGiven).unwrap();
    let looped = plain.with_self_loops().unwrap();
    assert_eq!(looped.src(), [0, 2, 0, 1, 2]);
    assert_eq!(looped.dst(), [1, 0, 0, 1, 2]);
    assert_eq!(looped.kept(), Some(&[0, 2][..]));
    assert_eq!((looped.given_edges(), looped.edges()), (3, 5));
    assert_eq!(looped.with_self_loops().unwrap(), looped);
    let direct = CsrGraph::new(3, &[0, 1, 2], &[1, 1, 0], SelfLoops::OnePerNode).unwrap();
    assert_eq!(direct, looped);
}

#[test]
fn bad_endpoints_are_named() {
    let error = CsrGraph::new(2, &[0, 0], &[1, 2], SelfLoops::AsGiven).unwrap_err();
    assert_eq!(error.to_string(), "edge 1: node 2 is out of range (the graph has 2 nodes, 0-based)");
    let negative = Tensor::new(&[[0_i64, -1], [1, 0]], &candle_core::Device::Cpu).unwrap();
    let error = CsrGraph::from_edge_index(2, &negative, SelfLoops::AsGiven).unwrap_err();
    assert!(matches!(error, GatError::NodeOutOfRange { edge: 1, node: -1, nodes: 2 }));
    let error = CsrGraph::new(2, &[0], &[], SelfLoops::AsGiven).unwrap_err();
    assert!(matches!(error, GatError::EdgeIndexLengths { src: 1, dst: 0 }));
}

#[test]
fn no_nodes_and_no_edges_are_graphs() {
    let empty = CsrGraph::new(0, &[], &[], SelfLoops::OnePerNode).unwrap();
    assert_eq!((empty.nodes(), empty.edges()), (0, 0));
    let isolated = CsrGraph::new(2, &[], &[], SelfLoops::OnePerNode).unwrap();
    assert_eq!(isolated.edges(), 2);
}
