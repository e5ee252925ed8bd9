//! The k most probable paths between two services.

use std::collections::BTreeMap;

use super::search::{LabelSearch, Query, Search};
use super::spur::SpurSearch;
use super::{EdgeProbabilities, Path, PathLimits};
use crate::dependency_graph::DependencyGraph;
use crate::edge::EdgeId;
use crate::error::GraphError;
use crate::node::NodeId;

/// The `limits.k` most probable simple paths from `origin` to `target` in failure direction, the
/// most probable first; fewer if there are fewer.
///
/// The order is that of the module: cost, hops, names. From a service to itself there is exactly
/// one simple path, which takes no hop and has probability 1.
///
/// Yen's algorithm (1971) with Lawler's rule against finding a path twice (1972) around an A*
/// search whose estimate comes from one tree of cheapest ways to the target, grown as far as it is
/// needed. Time O(k·L·(N + E)·log E) at worst for paths of L hops, of which the estimate spares
/// most; a hop limit below N - 1 can multiply it by up to `max_hops`. Memory O(N + E + k·L).
/// Iterative.
///
/// # Errors
/// [`GraphError::UnknownNode`] if the graph lacks the origin or the target.
///
/// ```
/// use infra_graph::{EdgeAttributes, EdgeProbabilities, GraphBuilder, PathLimits, most_probable_paths};
///
/// let mut builder = GraphBuilder::new();
/// for (dependent, dependency) in [("web", "api"), ("api", "db"), ("web", "db")] {
///     builder.add_dependency(dependent, dependency, EdgeAttributes::default())?;
/// }
/// let graph = builder.build();
/// let probabilities = EdgeProbabilities::try_new(&graph, vec![0.9, 0.8, 0.1])?;
/// let (db, web) = (graph.require("db")?, graph.require("web")?);
/// let paths = most_probable_paths(&graph, &probabilities, db, web, PathLimits::default())?;
/// assert_eq!(paths[0].names(&graph), ["db", "api", "web"]); // .8 * .9 = .72
/// assert_eq!(paths[1].names(&graph), ["db", "web"]); // .1
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn most_probable_paths(
    graph: &DependencyGraph,
    probabilities: &EdgeProbabilities,
    origin: NodeId,
    target: NodeId,
    limits: PathLimits,
) -> Result<Vec<Path>, GraphError> {
    graph.check_node(origin)?;
    graph.check_node(target)?;
    if limits.k == 0 {
        return Ok(Vec::new());
    }
    let ways = probabilities.ways(graph);
    let (from, to, max_hops) = (graph.rank(origin), graph.rank(target), limits.max_hops);
    let found = match (ways.fit_64_bits(), ways.all_within(max_hops)) {
        (true, true) => yen(SpurSearch::new(&ways, to), probabilities, from, limits.k),
        (true, false) => yen(LabelSearch::<u64>::new(&ways, max_hops, to), probabilities, from, limits.k),
        (false, _) => yen(LabelSearch::<u128>::new(&ways, max_hops, to), probabilities, from, limits.k),
    };
    Ok(found.iter().map(|(nodes, edges)| Path::new(graph, nodes, edges, probabilities)).collect())
}

/// Nodes (by rank) and edges of the best ways from a node to the target of the search.
fn yen<S: Search>(
    search: S,
    probabilities: &EdgeProbabilities,
    from: u32,
    k: usize,
) -> Vec<(Vec<u32>, Vec<u32>)> {
    let blocked = vec![false; search.nodes()];
    let mut yen =
        Yen { search, probabilities, k, blocked, accepted: Vec::new(), candidates: BTreeMap::new() };
    yen.deviate(&[from], &[], S::Cost::default(), &[]);
    while let Some(((_, _, nodes), Tail { edges, deviation })) = yen.candidates.pop_first() {
        yen.accepted.push(Accepted { nodes, edges, deviation });
        if yen.accepted.len() == k {
            break;
        }
        yen.expand_latest();
    }
    yen.accepted.into_iter().map(|path| (path.nodes, path.edges)).collect()
}

/// Cost, hops, places among the names: the order of paths.
type Key<C> = (C, usize, Vec<u32>);

/// What its key does not say of a candidate.
struct Tail {
    edges: Vec<u32>,
    /// Where it left the path it was derived from.
    deviation: usize,
}

struct Accepted {
    nodes: Vec<u32>,
    edges: Vec<u32>,
    deviation: usize,
}

struct Yen<'p, S: Search> {
    search: S,
    probabilities: &'p EdgeProbabilities,
    k: usize,
    /// The nodes of the root, which a deviation may not enter again. All false between calls.
    blocked: Vec<bool>,
    accepted: Vec<Accepted>,
    /// The best deviations so far, never more than can still be accepted.
    candidates: BTreeMap<Key<S::Cost>, Tail>,
}

impl<S: Search> Yen<'_, S> {
    /// Leaves the path accepted last at each of its nodes from its own deviation onwards.
    ///
    /// Earlier deviations were searched when its parent was expanded (Lawler).
    fn expand_latest(&mut self) {
        let Some(latest) = self.accepted.last() else { return };
        let (nodes, edges, deviation) = (latest.nodes.clone(), latest.edges.clone(), latest.deviation);
        let shared: Vec<usize> = self.accepted.iter().map(|path| shared(&path.nodes, &nodes)).collect();
        for node in &nodes[..deviation] {
            self.blocked[*node as usize] = true;
        }
        let mut cost = edges[..deviation].iter().fold(S::Cost::default(), |sum, edge| sum + self.cost(*edge));
        for at in deviation..edges.len() {
            let taken = self.accepted.iter().zip(&shared).filter(|(_, shared)| **shared > at);
            let taken: Vec<u32> = taken.filter_map(|(path, _)| path.edges.get(at).copied()).collect();
            self.deviate(&nodes[..=at], &edges[..at], cost, &taken);
            self.blocked[nodes[at] as usize] = true;
            cost = cost + self.cost(edges[at]);
        }
        for node in &nodes {
            self.blocked[*node as usize] = false;
        }
    }

    /// Finds the best path that starts with this root and goes on by no edge in `taken`.
    fn deviate(&mut self, nodes: &[u32], edges: &[u32], cost: S::Cost, taken: &[u32]) {
        let Some((start, root)) = nodes.split_last() else { return };
        let wanted = self.k - self.accepted.len();
        let full = self.candidates.len() >= wanted;
        let worst = self.candidates.last_key_value().map(|(key, _)| key.0);
        let query = Query {
            start: *start,
            cost,
            hops: edges.len() as u32,
            forbidden: taken,
            blocked: &self.blocked,
            cap: worst.filter(|_| full),
        };
        let Some(way) = self.search.best_way(&query) else { return };
        let (nodes, deviation) = ([root, &way.nodes].concat(), edges.len());
        let edges = [edges, &way.edges].concat();
        self.candidates.insert((way.cost, edges.len(), nodes), Tail { edges, deviation });
        if self.candidates.len() > wanted {
            self.candidates.pop_last();
        }
    }

    fn cost(&self, edge: u32) -> S::Cost {
        self.probabilities.cost(EdgeId::new(edge)).unwrap_or(0).into()
    }
}

/// How many nodes two paths share from the start.
fn shared(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{EdgeAttributes, GraphBuilder};

    /// Paths from `a` to `z`, as text, over edges given as origin, victim, probability.
    #[track_caller]
    fn check(edges: &[(&str, &str, f64)], limits: PathLimits, expected: &[&str]) {
        let mut builder = GraphBuilder::new();
        for (origin, victim, _) in edges {
            builder.add_dependency(victim, origin, EdgeAttributes::default()).unwrap();
        }
        let graph = builder.build();
        let values = edges.iter().map(|edge| edge.2).collect();
        let probabilities = EdgeProbabilities::try_new(&graph, values).unwrap();
        let (a, z) = (graph.require("a").unwrap(), graph.require("z").unwrap());
        let paths = most_probable_paths(&graph, &probabilities, a, z, limits).unwrap();
        let found = paths.iter().map(|path| path.names(&graph).concat());
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    const DIAMOND: [(&str, &str, f64); 5] =
        [("a", "c", 0.5), ("c", "z", 0.25), ("a", "b", 0.25), ("b", "z", 0.5), ("a", "z", 0.125)];

    #[test]
    fn ties_break_by_hops_then_by_names() {
        // .5 * .25 = .25 * .5 = .125: three equal products.
        let limits = PathLimits { k: 9, max_hops: 9 };
        check(&DIAMOND, limits, &["az", "abz", "acz"]);
        check(&DIAMOND, PathLimits { k: 2, ..limits }, &["az", "abz"]);
        check(&DIAMOND, PathLimits { k: 0, ..limits }, &[]);
    }

    #[test]
    fn the_hop_limit_finds_short_ways_behind_cheap_long_ones() {
        let edges = [("a", "b", 0.9), ("b", "c", 0.9), ("c", "d", 0.9), ("a", "d", 0.1), ("d", "z", 0.9)];
        check(&edges, PathLimits { k: 3, max_hops: 4 }, &["abcdz", "adz"]);
        check(&edges, PathLimits { k: 3, max_hops: 3 }, &["adz"]);
        check(&edges, PathLimits { k: 3, max_hops: 1 }, &[]);
    }

    #[test]
    fn closed_edges_loops_and_certain_edges() {
        let edges = [("a", "a", 1.0), ("a", "b", 1.0), ("b", "a", 1.0), ("b", "z", 1.0), ("a", "z", 0.0)];
        check(&edges, PathLimits::default(), &["abz"]);
    }

    #[test]
    fn a_service_reaches_itself_in_no_hop() {
        let mut builder = GraphBuilder::new();
        builder.add_dependency("a", "a", EdgeAttributes::default()).unwrap();
        let graph = builder.build();
        let probabilities = EdgeProbabilities::try_new(&graph, vec![0.5]).unwrap();
        let a = NodeId::new(0);
        let paths = most_probable_paths(&graph, &probabilities, a, a, PathLimits::default()).unwrap();
        assert_eq!((paths.len(), paths[0].hops()), (1, 0));
        assert_eq!((paths[0].probability, paths[0].log_probability.to_bits()), (1.0, 0));
        let foreign = NodeId::new(1);
        assert!(most_probable_paths(&graph, &probabilities, a, foreign, PathLimits::default()).is_err());
    }

    #[test]
    fn probabilities_of_another_graph_close_the_edges_they_lack() {
        let probabilities = EdgeProbabilities::try_new(&GraphBuilder::new().build(), vec![]).unwrap();
        let mut builder = GraphBuilder::new();
        builder.add_dependency("z", "a", EdgeAttributes::default()).unwrap();
        let graph = builder.build();
        let (a, z) = (graph.require("a").unwrap(), graph.require("z").unwrap());
        assert_eq!(most_probable_paths(&graph, &probabilities, a, z, PathLimits::default()), Ok(vec![]));
    }
}
