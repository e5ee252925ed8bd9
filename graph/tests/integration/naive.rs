//! The fast ways to an answer against slow and obvious ones, on graphs too large for brute force.

use infra_graph::{
    DependencyGraph, EdgeProbabilities, NodeId, PageRankOptions, PathLimits, Walk, best_paths_from,
    most_probable_paths, pagerank, weighted_pagerank,
};
use proptest::prelude::*;

use crate::worlds::{World, node, small};

/// Graphs of 20 to 60 services with edges of few different probabilities: many ties, certain and
/// closed edges, and one that is next to impossible, so that costs spread over 50 bits.
fn middling() -> impl Strategy<Value = World> {
    let chance = prop::sample::select(vec![1.0, 0.5, 0.5, 0.25, 0.7, 1e-300, 0.0]);
    (20usize..=60)
        .prop_flat_map(move |n| {
            let names = Just((0..n).map(|i| format!("s{i}")).collect::<Vec<_>>()).prop_shuffle();
            let edges = prop::collection::btree_map((0..n, 0..n), chance.clone(), n..=5 * n);
            let edges = edges.prop_map(|map| map.into_iter().map(|((a, b), p)| (a, b, p)).collect());
            (names, edges)
        })
        .prop_map(|(names, edges)| World { names, edges })
}

fn cost(p: f64) -> u64 {
    (-p.ln() * 1e12).round() as u64
}

/// Bellman and Ford: relaxes every edge until nothing changes. Values are whole ways as
/// (cost, hops, names), so that the order is that of the crate by construction.
fn bellman_ford(world: &World, from: usize) -> Vec<Option<(u64, usize, Vec<String>)>> {
    let mut best = vec![None; world.names.len()];
    best[from] = Some((0, 0, vec![world.names[from].clone()]));
    loop {
        let mut changed = false;
        for (victim, origin, p) in world.edges.iter().filter(|edge| edge.2 > 0.0) {
            let Some((spent, hops, names)) = best[*origin].clone() else { continue };
            let mut names: Vec<String> = names;
            names.push(world.names[*victim].clone());
            let way = (spent + cost(*p), hops + 1, names);
            if best[*victim].as_ref().is_none_or(|known| way < *known) {
                best[*victim] = Some(way);
                changed = true;
            }
        }
        if !changed {
            return best;
        }
    }
}

/// One walker's round as it is written down: along every edge in turn. `weight` is one an edge.
fn dense_round(world: &World, options: PageRankOptions<'_>, weight: &[f64], share: &[f64]) -> Vec<f64> {
    let n = share.len();
    let ends = |edge: &(usize, usize, f64)| match options.walk {
        Walk::TowardDependencies => (edge.0, edge.1),
        Walk::TowardDependents => (edge.1, edge.0),
    };
    let mut matrix = vec![vec![0.0; n]; n];
    for (edge, weight) in world.edges.iter().zip(weight) {
        let (from, to) = ends(edge);
        matrix[from][to] += weight;
    }
    let mut next = vec![0.0; n];
    for from in 0..n {
        let out: f64 = matrix[from].iter().sum();
        for to in 0..n {
            let on = if out > 0.0 { matrix[from][to] / out } else { 1.0 / n as f64 };
            next[to] += share[from] * (options.damping * on + (1.0 - options.damping) / n as f64);
        }
    }
    next
}

/// The unweighted walk, pushed along the edges in the order of mention: to the last bit what
/// `pagerank` promises.
fn pushed(world: &World, options: PageRankOptions<'_>) -> Vec<f64> {
    let n = world.names.len();
    let ends = |edge: &(usize, usize, f64)| match options.walk {
        Walk::TowardDependencies => (edge.0, edge.1),
        Walk::TowardDependents => (edge.1, edge.0),
    };
    let out: Vec<usize> =
        (0..n).map(|node| world.edges.iter().filter(|edge| ends(edge).0 == node).count()).collect();
    let restart = vec![1.0 / n as f64; n];
    let mut share = restart.clone();
    for _ in 0..options.iterations {
        let stuck: f64 = (0..n).filter(|node| out[*node] == 0).map(|node| share[node]).sum();
        let jump = 1.0 - options.damping + options.damping * stuck;
        let mut next: Vec<f64> = restart.iter().map(|weight| jump * weight).collect();
        for edge in &world.edges {
            let (from, to) = ends(edge);
            next[to] += options.damping * share[from] / out[from] as f64;
        }
        share = next;
    }
    share
}

fn names(graph: &DependencyGraph, nodes: &[NodeId]) -> Vec<String> {
    nodes.iter().map(|id| graph.name(*id).to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_equal_those_of_bellman_and_ford(world in middling(), from in 0usize..20) {
        let graph = world.graph();
        let probabilities = world.probabilities(&graph);
        let best = best_paths_from(&graph, &probabilities, node(from), u32::MAX).unwrap();
        let expected = bellman_ford(&world, from);
        for (to, expected) in expected.iter().enumerate() {
            let path = best.path_to(node(to));
            let found = path.as_ref().map(|path| names(&graph, &path.nodes));
            prop_assert_eq!(&found, &expected.as_ref().map(|way| way.2.clone()));
        }
        let mut order: Vec<_> = expected.iter().enumerate()
            .filter_map(|(to, way)| way.as_ref().map(|way| (way.0, way.1, world.names[to].as_str(), to)))
            .collect();
        order.sort();
        let order: Vec<_> = order.into_iter().map(|place| node(place.3)).collect();
        prop_assert_eq!(best.targets(), order);
    }

    #[test]
    fn a_limit_that_keeps_nothing_out_changes_no_path(world in middling(), from in 0usize..20, to in 0usize..20) {
        // Two searches of different make: the first knows no limit, the second holds one.
        let graph = world.graph();
        let probabilities = world.probabilities(&graph);
        let with = |max_hops| {
            let limits = PathLimits { k: 12, max_hops };
            most_probable_paths(&graph, &probabilities, node(from), node(to), limits).unwrap()
        };
        let free = with(u32::MAX);
        let longest = free.iter().map(|path| path.hops()).max().unwrap_or(0) as u32;
        let limit = (world.names.len() as u32 - 2).max(longest);
        prop_assert_eq!(&free, &with(limit));
        if let Some(best) = free.first() {
            let tree = best_paths_from(&graph, &probabilities, node(from), u32::MAX).unwrap();
            prop_assert_eq!(&tree.path_to(node(to)).unwrap(), best);
        }
        let hops: Vec<_> = free.iter().map(|path| (-path.log_probability, path.hops())).collect();
        prop_assert!(hops.is_sorted());
    }

    #[test]
    fn probabilities_of_an_equal_graph_give_equal_paths(world in small(), from in 0usize..7, to in 0usize..7) {
        // Made for another graph of the same numbers: nothing prepared may be taken for granted.
        let (from, to) = (from % world.names.len(), to % world.names.len());
        let (graph, twin) = (world.graph(), world.graph());
        let (own, foreign) = (world.probabilities(&graph), world.probabilities(&twin));
        let with = |probabilities: &EdgeProbabilities| {
            most_probable_paths(&graph, probabilities, node(from), node(to), PathLimits::default()).unwrap()
        };
        prop_assert_eq!(with(&own), with(&foreign));
        prop_assert_eq!(own, foreign);
    }

    #[test]
    fn pagerank_equals_a_pushed_walk_to_the_last_bit(
        world in middling(), damping in 0.0f64..=1.0, iterations in 0u32..40, back in any::<bool>(),
    ) {
        let walk = if back { Walk::TowardDependents } else { Walk::TowardDependencies };
        let options = PageRankOptions { damping, iterations, walk, restart: None };
        let bits = |share: Vec<f64>| share.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        prop_assert_eq!(bits(pagerank(&world.graph(), options).unwrap()), bits(pushed(&world, options)));
    }

    #[test]
    fn weighted_pagerank_is_the_fixed_point_of_a_dense_round(world in middling(), back in any::<bool>()) {
        let walk = if back { Walk::TowardDependents } else { Walk::TowardDependencies };
        let options = PageRankOptions { iterations: 400, walk, ..PageRankOptions::default() };
        let weight: Vec<f64> = world.edges.iter().map(|edge| edge.2).collect();
        let rank = weighted_pagerank(&world.graph(), &weight, options, 1e-12).unwrap();
        prop_assert!(rank.change <= 1e-12 && rank.rounds < 400);
        prop_assert!((rank.share.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let again = dense_round(&world, options, &weight, &rank.share);
        for (one, other) in rank.share.iter().zip(&again) {
            prop_assert!((one - other).abs() < 2e-12, "{one} {other}");
        }
    }

    #[test]
    fn equal_weights_walk_as_none(world in middling(), iterations in 0u32..30) {
        let graph = world.graph();
        let options = PageRankOptions { iterations, ..PageRankOptions::default() };
        let plain = pagerank(&graph, options).unwrap();
        let weighted = weighted_pagerank(&graph, &vec![2.5; graph.edge_count()], options, 0.0).unwrap();
        for (one, other) in plain.iter().zip(&weighted.share) {
            prop_assert!((one - other).abs() < 1e-14);
        }
    }
}
