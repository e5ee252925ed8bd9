//! Invariants on small random graphs, each against the most naive way to compute the same.

use std::collections::{BTreeMap, BTreeSet};

use infra_graph::{
    DependencyGraph, GraphBuilder, NodeId, PageRankOptions, Path, PathLimits, Walk, best_paths_from,
    blast_radius, depth_from_entry, most_probable_paths, pagerank, strongly_connected_components,
};
use proptest::prelude::*;

use crate::worlds::{World, node, small};

/// All simple paths from one service to another as (cost, hops, names), in the promised order.
fn all_paths(world: &World, from: usize, to: usize, max_hops: usize) -> Vec<(u64, usize, Vec<String>)> {
    fn visit(
        world: &World,
        way: &mut Vec<usize>,
        cost: u64,
        to: usize,
        max: usize,
        found: &mut Vec<(u64, usize, Vec<String>)>,
    ) {
        let here = way[way.len() - 1];
        if here == to {
            let names = way.iter().map(|index| world.names[*index].clone());
            found.push((cost, way.len() - 1, names.collect()));
            return;
        }
        if way.len() > max {
            return;
        }
        for (victim, p) in world.victims_of(here) {
            if p > 0.0 && !way.contains(&victim) {
                way.push(victim);
                let step = (-p.ln() * 1e12).round() as u64;
                visit(world, way, cost + step, to, max, found);
                way.pop();
            }
        }
    }
    let mut found = Vec::new();
    visit(world, &mut vec![from], 0, to, max_hops, &mut found);
    found.sort();
    found
}

fn names(graph: &DependencyGraph, path: &Path) -> Vec<String> {
    path.names(graph).into_iter().map(str::to_owned).collect()
}

/// Fewest hops from `from` in failure direction by repeated relaxation, entering only `open` nodes.
fn naive_hops(world: &World, from: usize, open: &[bool]) -> Vec<Option<u32>> {
    let mut hops = vec![None; world.names.len()];
    hops[from] = Some(0);
    for _ in 0..world.names.len() {
        for (victim, origin, _) in &world.edges {
            if let (Some(here), true) = (hops[*origin], open[*victim]) {
                let there: u32 = hops[*victim].unwrap_or(u32::MAX);
                hops[*victim] = Some(there.min(here + 1));
            }
        }
    }
    hops
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn k_best_paths_are_the_first_of_all_paths(
        world in small(), from in 0usize..7, to in 0usize..7, k in 0usize..12, max_hops in 0u32..8,
    ) {
        let (from, to) = (from % world.names.len(), to % world.names.len());
        let graph = world.graph();
        let probabilities = world.probabilities(&graph);
        let limits = PathLimits { k, max_hops };
        let paths = most_probable_paths(&graph, &probabilities, node(from), node(to), limits).unwrap();
        let expected = all_paths(&world, from, to, max_hops as usize);
        let found: Vec<_> = paths.iter().map(|path| names(&graph, path)).collect();
        let first: Vec<_> = expected.iter().take(k).map(|path| path.2.clone()).collect();
        prop_assert_eq!(&found, &first);

        let unique: BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(unique.len(), found.len());
        for path in &paths {
            let seen: BTreeSet<_> = path.nodes.iter().collect();
            prop_assert_eq!(seen.len(), path.nodes.len());
            let product: f64 = path.edges.iter().map(|edge| probabilities.get(*edge).unwrap()).product();
            prop_assert!((path.probability - product).abs() < 1e-15);
            prop_assert!((path.log_probability - product.ln()).abs() < 1e-10);
        }
        for pair in paths.windows(2) {
            prop_assert!(pair[0].log_probability >= pair[1].log_probability);
        }
    }

    #[test]
    fn best_paths_from_an_origin_equal_the_best_path_to_each_target(
        world in small(), from in 0usize..7, max_hops in 0u32..8,
    ) {
        let from = from % world.names.len();
        let graph = world.graph();
        let probabilities = world.probabilities(&graph);
        let best = best_paths_from(&graph, &probabilities, node(from), max_hops).unwrap();
        prop_assert_eq!(best.targets().first(), Some(&node(from)));
        for to in 0..world.names.len() {
            let expected = all_paths(&world, from, to, max_hops as usize).into_iter().next();
            let found = best.path_to(node(to)).map(|path| names(&graph, &path));
            prop_assert_eq!(found.is_some(), best.targets().contains(&node(to)));
            prop_assert_eq!(found, expected.map(|path| path.2));
        }
    }

    #[test]
    fn blast_radius_equals_naive_reachability(
        world in small(), from in 0usize..7, affected in prop::collection::vec(any::<bool>(), 7),
    ) {
        let n = world.names.len();
        let from = from % n;
        let graph = world.graph();
        let radius = blast_radius(&graph, node(from), |id| affected[id.index()]).unwrap();
        for (open, list) in [(vec![true; n], &radius.potential), (affected.clone(), &radius.actual)] {
            let mut expected: Vec<_> = naive_hops(&world, from, &open).into_iter().enumerate()
                .filter(|(index, _)| *index != from)
                .filter_map(|(index, hops)| hops.map(|hops| (hops, world.names[index].as_str())))
                .collect();
            expected.sort();
            let found: Vec<_> = list.iter().map(|one| (one.hops, graph.name(one.node))).collect();
            prop_assert_eq!(found, expected);
        }
        prop_assert!(radius.actual.iter().all(|one| one.affected));
    }

    #[test]
    fn components_equal_mutual_reachability_and_dependencies_come_first(world in small()) {
        let n = world.names.len();
        let graph = world.graph();
        let components = strongly_connected_components(&graph);
        let reach: Vec<_> = (0..n).map(|from| naive_hops(&world, from, &vec![true; n])).collect();
        for a in graph.node_ids() {
            for b in graph.node_ids() {
                let leads = |from: NodeId, to: NodeId| reach[from.index()][to.index()].is_some();
                let mutual = leads(a, b) && leads(b, a);
                prop_assert_eq!(mutual, components.group_of(a) == components.group_of(b));
                if !mutual && leads(a, b) {
                    prop_assert!(components.group_of(a) < components.group_of(b));
                }
            }
        }
        let loops = world.edges.iter().any(|edge| edge.0 == edge.1);
        let large = components.groups().iter().any(|group| group.len() > 1);
        prop_assert_eq!(components.is_cyclic(), loops || large);
        let total: usize = components.groups().iter().map(Vec::len).sum();
        prop_assert_eq!(total, n);
        for group in components.groups() {
            prop_assert!(group.windows(2).all(|pair| graph.name(pair[0]) < graph.name(pair[1])));
        }
    }

    #[test]
    fn renaming_services_renames_results_and_nothing_else(world in small()) {
        // Once the order of names is kept: then every answer is. Once it is reversed: then all is
        // kept that ties by name do not decide.
        let kept = World { names: world.names.iter().map(|name| format!("x/{name}")).collect(), ..world.clone() };
        let turned = World {
            names: world.names.iter().map(|name| format!("r{}", 9 - name[1..].parse::<u32>().unwrap())).collect(),
            ..world.clone()
        };
        let [base, kept, turned] = [&world, &kept, &turned].map(World::graph);
        let probabilities = world.probabilities(&base);
        prop_assert_eq!(strongly_connected_components(&base), strongly_connected_components(&kept));
        let share = pagerank(&base, PageRankOptions::default()).unwrap();
        prop_assert_eq!(&share, &pagerank(&turned, PageRankOptions::default()).unwrap());
        prop_assert_eq!(depth_from_entry(&base), depth_from_entry(&turned));
        for origin in base.node_ids() {
            let hops = |graph: &DependencyGraph| -> BTreeMap<_, _> {
                let radius = blast_radius(graph, origin, |_| true).unwrap();
                radius.actual.iter().map(|one| (one.node, one.hops)).collect()
            };
            prop_assert_eq!(hops(&base), hops(&turned));
            for target in base.node_ids() {
                let of = |graph| most_probable_paths(graph, &probabilities, origin, target, PathLimits::default()).unwrap();
                let paths = of(&base);
                prop_assert_eq!(&paths, &of(&kept));
                let logs = |paths: &[Path]| paths.iter().map(|path| path.log_probability).collect::<Vec<_>>();
                prop_assert_eq!(logs(&paths), logs(&of(&turned)));
            }
        }
    }

    #[test]
    fn a_healthy_leaf_changes_no_path_and_no_actual_reach_between_others(
        world in small(), user in 0usize..7, caller in any::<bool>(), p in 0.0f64..=1.0,
    ) {
        let mut with_leaf = world.clone();
        let leaf = world.names.len();
        with_leaf.names.push("a-new-leaf".to_owned());
        let user = user % leaf;
        with_leaf.edges.push(if caller { (leaf, user, p) } else { (user, leaf, p) });
        let (before, after) = (world.graph(), with_leaf.graph());
        let (p_before, p_after) = (world.probabilities(&before), with_leaf.probabilities(&after));
        for origin in before.node_ids() {
            for target in before.node_ids() {
                let limits = PathLimits::default();
                prop_assert_eq!(
                    most_probable_paths(&before, &p_before, origin, target, limits),
                    most_probable_paths(&after, &p_after, origin, target, limits)
                );
            }
            let healthy = |id: NodeId| id.index() != leaf;
            prop_assert_eq!(
                blast_radius(&before, origin, healthy).unwrap().actual,
                blast_radius(&after, origin, healthy).unwrap().actual
            );
        }
    }

    #[test]
    fn the_order_in_which_edges_are_mentioned_does_not_matter(world in small()) {
        let mut reversed = world.clone();
        reversed.edges.reverse();
        let (a, b) = (world.graph(), reversed.graph());
        prop_assert_eq!(strongly_connected_components(&a), strongly_connected_components(&b));
        let (p, q) = (world.probabilities(&a), reversed.probabilities(&b));
        for origin in a.node_ids() {
            for target in a.node_ids() {
                let left = most_probable_paths(&a, &p, origin, target, PathLimits::default()).unwrap();
                let right = most_probable_paths(&b, &q, origin, target, PathLimits::default()).unwrap();
                let nodes = |paths: Vec<Path>| paths.into_iter().map(|path| path.nodes).collect::<Vec<_>>();
                prop_assert_eq!(nodes(left), nodes(right));
            }
        }
    }

    #[test]
    fn pagerank_is_a_distribution(
        world in small(), damping in 0.0f64..=1.0, iterations in 0u32..200, toward_victims in any::<bool>(),
        restart in prop::collection::vec(0.0f64..10.0, 7),
    ) {
        let graph = world.graph();
        let mut restart = restart[..world.names.len()].to_vec();
        restart[0] += 0.1;
        let walk = if toward_victims { Walk::TowardDependents } else { Walk::TowardDependencies };
        for restart in [None, Some(restart.as_slice())] {
            let options = PageRankOptions { damping, iterations, walk, restart };
            let share = pagerank(&graph, options).unwrap();
            prop_assert!(share.iter().all(|share| *share >= 0.0));
            prop_assert!((share.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn the_empty_graph_has_an_answer_to_everything() {
    let graph = GraphBuilder::new().build();
    assert!(strongly_connected_components(&graph).groups().is_empty());
    assert!(depth_from_entry(&graph).is_empty());
    assert!(blast_radius(&graph, node(0), |_| true).is_err());
}
