//! PageRank over weighted edges, until it has settled.

use super::pull::{LANES, Pull, out_of};
use super::{PageRankOptions, checked};
use crate::adjacency::Neighbor;
use crate::dependency_graph::DependencyGraph;
use crate::error::GraphError;

/// What [`weighted_pagerank`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRank {
    /// The share of time at each service, one value a node.
    pub share: Vec<f64>,
    /// How many rounds were computed.
    pub rounds: u32,
    /// By how much the last round changed the shares: the sum of all changes. Not above the
    /// tolerance if the walk has settled; infinite if no round was computed.
    pub change: f64,
}

/// The share of time that a random walker spends at each service who follows an edge with a
/// probability in proportion to its weight.
///
/// * `weights` - one an edge, in edge order, at least 0, in any unit; an edge of weight 0 is not
///   taken, and a walker whose edges all have weight 0 restarts.
/// * `options` - as for [`pagerank`](super::pagerank), but `iterations` is the most.
/// * `tolerance` - the rounds end once one of them changes the shares by no more than this, all
///   changes added up; at least 0. The limit is then no further than `tolerance / (1 - damping)`.
///
/// # Determinism
/// Every sum adds its terms in the order of the neighbours' names; the change of a round is added
/// up in an order that the graph fixes.
///
/// # Errors
/// Those of [`pagerank`](super::pagerank); [`GraphError::InvalidWeight`],
/// [`GraphError::InvalidTolerance`]. Time O(iterations · (N + E)), memory O(N + E).
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, PageRankOptions, weighted_pagerank};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("web", "db", EdgeAttributes::default())?;
/// builder.add_dependency("web", "cache", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let rank = weighted_pagerank(&graph, &[3.0, 1.0], PageRankOptions::default(), 1e-9)?;
/// let of = |name| graph.require(name).map(|node| rank.share[node.index()]);
/// assert!(of("db")? > of("cache")?);
/// assert!(rank.change <= 1e-9);
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn weighted_pagerank(
    graph: &DependencyGraph,
    weights: &[f64],
    options: PageRankOptions<'_>,
    tolerance: f64,
) -> Result<PageRank, GraphError> {
    let PageRankOptions { damping, iterations, walk, restart } = options;
    let restart = checked(graph, damping, restart)?;
    if tolerance.is_nan() || tolerance < 0.0 {
        return Err(GraphError::InvalidTolerance { value: tolerance });
    }
    check_weights(graph, weights)?;
    let weight = |next: &Neighbor| weights.get(next.edge.index()).copied().unwrap_or(0.0);
    let mut strength = Vec::with_capacity(graph.node_count());
    for node in graph.node_ids() {
        let sum: f64 = out_of(graph, walk, node).iter().map(weight).sum();
        if !sum.is_finite() {
            let of = graph.name(node).to_owned();
            return Err(GraphError::InvalidWeight { of, value: sum });
        }
        strength.push(sum);
    }
    let factor = |next: &Neighbor| {
        let strength = strength[next.node.index()];
        if strength > 0.0 { damping * (weight(next) / strength) } else { 0.0 }
    };
    let as_listed = |list: &[Neighbor], edges: &mut Vec<Neighbor>| edges.extend_from_slice(list);
    let pull = Pull::new(graph, walk, as_listed, Some(factor));
    let stuck: Vec<u32> =
        pull.place.iter().zip(&strength).filter(|(_, sum)| **sum <= 0.0).map(|(place, _)| *place).collect();

    let restart = pull.placed(restart.into_iter());
    let (mut share, mut next) = (restart.clone(), restart.clone());
    let (mut rounds, mut change) = (0, f64::INFINITY);
    while rounds < iterations && change > tolerance {
        let jump = 1.0 - damping + damping * stuck.iter().map(|place| share[*place as usize]).sum::<f64>();
        let mut changes = [0.0; LANES];
        pull.round(jump, &restart, &share, |at, sums| {
            let places = at..at + LANES;
            for ((change, old), new) in changes.iter_mut().zip(&share[places.clone()]).zip(sums) {
                *change += (new - old).abs();
            }
            next[places].copy_from_slice(sums);
        });
        std::mem::swap(&mut share, &mut next);
        change = changes.iter().sum();
        rounds += 1;
    }
    Ok(PageRank { share: pull.by_node(&share), rounds, change })
}

fn check_weights(graph: &DependencyGraph, weights: &[f64]) -> Result<(), GraphError> {
    if weights.len() != graph.edge_count() {
        let (expected, found) = (graph.edge_count(), weights.len());
        return Err(GraphError::LengthMismatch { what: "edge weights", expected, found });
    }
    match weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        None => Ok(()),
        Some(at) => {
            let ends = graph.edges().nth(at).map(|edge| edge.depends_on);
            let name = |node| graph.name(node).to_owned();
            let of = ends.map_or_else(String::new, |ends| {
                format!("{} -> {}", name(ends.dependent), name(ends.dependency))
            });
            Err(GraphError::InvalidWeight { of, value: weights[at] })
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{EdgeAttributes, GraphBuilder};

    #[test]
    fn bad_weights_are_errors_not_panics() {
        let mut builder = GraphBuilder::new();
        builder.add_dependency("web", "db", EdgeAttributes::default()).unwrap();
        builder.add_dependency("web", "cache", EdgeAttributes::default()).unwrap();
        let graph = builder.build();
        let with = |weights: &[f64], tolerance| {
            let rank = weighted_pagerank(&graph, weights, PageRankOptions::default(), tolerance);
            rank.unwrap_err().to_string()
        };
        assert!(with(&[1.0], 0.0).contains("expected 2"));
        assert!(with(&[1.0, -1.0], 0.0).contains("`web -> cache`"));
        assert!(with(&[f64::NAN, 1.0], 0.0).contains("`web -> db`"));
        assert!(with(&[f64::MAX, f64::MAX], 0.0).contains("inf of `web`"));
        assert!(with(&[1.0, 1.0], f64::NAN).starts_with("tolerance"));
    }

    #[test]
    fn the_empty_graph_and_no_round() {
        let empty = GraphBuilder::new().build();
        let none = weighted_pagerank(&empty, &[], PageRankOptions::default(), 0.0).unwrap();
        assert!(none.share.is_empty());
        let mut builder = GraphBuilder::new();
        builder.add_service("a").unwrap();
        let options = PageRankOptions { iterations: 0, ..PageRankOptions::default() };
        let still = weighted_pagerank(&builder.build(), &[], options, 0.0).unwrap();
        assert_eq!((still.share, still.rounds, still.change), (vec![1.0], 0, f64::INFINITY));
    }
}
