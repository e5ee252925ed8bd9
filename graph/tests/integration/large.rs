//! Large graphs: no traversal may exhaust the stack or take forever.

use std::collections::BTreeMap;

use infra_graph::{
    EdgeProbabilities, GraphView, MermaidBudget, PageRankOptions, PathLimits, best_paths_from, blast_radius,
    depth_from_entry, most_probable_paths, pagerank, propagate_one_hop, strongly_connected_components,
    to_dot, to_graphml, to_mermaid,
};

use crate::worlds::{chain, ring};

/// Runs with the smallest stack a thread may sensibly have.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(128 * 1024).spawn(test).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_chain_of_200_000_services_is_as_good_as_any_graph() {
    with_small_stack(|| {
        let n = 200_000;
        let graph = chain(n);
        let (first, last) = (graph.require("s0").unwrap(), graph.require("s199999").unwrap());
        assert_eq!(blast_radius(&graph, first, |_| true).unwrap().actual.len(), n - 1);
        assert_eq!(depth_from_entry(&graph)[first.index()], Some(199_999));
        assert_eq!(strongly_connected_components(&graph).groups()[0], [first]);
        assert_eq!(propagate_one_hop(&graph, |_| Some(1.0)).iter().sum::<f64>(), 199_999.0);
        assert_eq!(pagerank(&graph, PageRankOptions::default()).unwrap().len(), n);

        let probabilities = EdgeProbabilities::from_fn(&graph, |_| 0.5).unwrap();
        let limits = PathLimits { k: 5, max_hops: u32::MAX };
        let paths = most_probable_paths(&graph, &probabilities, first, last, limits).unwrap();
        assert_eq!((paths.len(), paths[0].hops(), paths[0].probability), (1, n - 1, 0.0));
        assert!((paths[0].log_probability / 199_999.0 + std::f64::consts::LN_2).abs() < 1e-12);
        let best = best_paths_from(&graph, &probabilities, first, u32::MAX).unwrap();
        assert_eq!(best.path_to(last).unwrap(), paths[0]);
        assert_eq!(best.targets().len(), n);

        let view = GraphView::new(&graph);
        assert!(to_dot(&view).len() > n && to_graphml(&view).len() > n);
        assert_eq!(to_mermaid(&view, MermaidBudget::default()).shown_nodes, 40);
    });
}

#[test]
fn components_of_a_chain_of_1_000_000_services() {
    with_small_stack(|| {
        let components = strongly_connected_components(&chain(1_000_000));
        assert_eq!(components.groups().len(), 1_000_000);
        assert!(!components.is_cyclic());
    });
}

#[test]
fn five_paths_through_100_000_edges() {
    let graph = ring(5_000, 20);
    assert_eq!(graph.edge_count(), 100_000);
    // A closed form that looks irregular, between .05 and .95.
    let chance = |id: usize| 0.5 + 0.45 * ((id * id % 9973) as f64).sin();
    let probabilities = EdgeProbabilities::from_fn(&graph, |edge| chance(edge.id.index())).unwrap();
    let (a, b) = (graph.require("s17").unwrap(), graph.require("s3141").unwrap());
    let mut results = Vec::new();
    for max_hops in [12, u32::MAX] {
        let limits = PathLimits { k: 5, max_hops };
        let paths = most_probable_paths(&graph, &probabilities, a, b, limits).unwrap();
        assert_eq!(paths.len(), 5);
        let best = best_paths_from(&graph, &probabilities, a, max_hops).unwrap();
        assert_eq!(best.path_to(b).as_ref(), paths.first());
        results.push(paths[0].probability);
    }
    assert!(results[0] <= results[1]);
}

#[test]
fn costs_beyond_64_bits_are_summed_exactly() {
    // 30,000 hops of 737 nats each are 2.2e19 units of 1e-12 nats, more than 2^64.
    let n = 30_000;
    let graph = chain(n);
    let faint = 1e-320;
    let probabilities = EdgeProbabilities::from_fn(&graph, |_| faint).unwrap();
    let (first, last) = (graph.require("s0").unwrap(), graph.require("s29999").unwrap());
    let step = (-faint.ln() * 1e12).round();
    let expected = -(step * (n - 1) as f64) / 1e12;
    for max_hops in [u32::MAX, n as u32 - 1] {
        let limits = PathLimits { k: 2, max_hops };
        let paths = most_probable_paths(&graph, &probabilities, first, last, limits).unwrap();
        assert_eq!((paths.len(), paths[0].hops()), (1, n - 1));
        assert!((paths[0].log_probability / expected - 1.0).abs() < 1e-12);
        let best = best_paths_from(&graph, &probabilities, first, max_hops).unwrap();
        assert_eq!(best.path_to(last).as_ref(), paths.first());
        assert_eq!(best.targets().len(), n);
        assert_eq!((best.targets().first(), best.targets().last()), (Some(&first), Some(&last)));
    }
}

#[test]
fn equal_probabilities_everywhere_tie_in_time() {
    let graph = ring(5_000, 20);
    let probabilities = EdgeProbabilities::from_fn(&graph, |_| 1.0).unwrap();
    let (a, b) = (graph.require("s17").unwrap(), graph.require("s3141").unwrap());
    let limits = PathLimits { k: 5, max_hops: u32::MAX };
    let paths = most_probable_paths(&graph, &probabilities, a, b, limits).unwrap();
    assert!(paths.windows(2).all(|pair| pair[0].hops() <= pair[1].hops()));
    let in_order = |pair: &[infra_graph::Path]| {
        pair[0].hops() < pair[1].hops() || pair[0].names(&graph) < pair[1].names(&graph)
    };
    assert!(paths.windows(2).all(in_order));
}

#[test]
fn mermaid_keeps_its_budget_on_a_dense_graph_of_2_000_services() {
    let graph = ring(2_000, 40);
    let score: Vec<f64> = (0..2_000).map(|i| f64::from(i % 97)).collect();
    let weights: BTreeMap<_, _> =
        graph.edges().map(|edge| (edge.id, f64::from(edge.id.number() % 89))).collect();
    let view = GraphView { node_score: Some(&score), edge_weight: Some(&weights), ..GraphView::new(&graph) };
    for nodes in [40, 1_000, usize::MAX] {
        let picture = to_mermaid(&view, MermaidBudget { nodes, ..MermaidBudget::default() });
        assert!(picture.text.is_ascii() && picture.text.len() <= 50_000);
        assert!(picture.shown_edges <= 500 && picture.shown_nodes <= nodes);
        assert_eq!(picture.shown_nodes + picture.omitted_nodes, graph.node_count());
        assert_eq!(picture.shown_edges + picture.omitted_edges, graph.edge_count());
        let arrows = picture.text.lines().filter(|line| line.contains("-->")).count();
        assert_eq!(arrows, picture.shown_edges);
    }
}
