//! One hop of propagation: the plain baseline next to the attention network.

use crate::dependency_graph::DependencyGraph;
use crate::node::NodeId;

/// The sum of the scores of all that a service directly depends on, for every service.
///
/// `propagated[n]` = Σ `score[p]` over the direct predecessors p of n in failure direction. One
/// hop, no decay, no own score, no accumulation; a self-loop makes a service its own predecessor;
/// repeated edges count once.
///
/// * `score_of` - a node's score, in any unit; a missing one, or one that is not finite, counts 0.
/// * returns one value a node, in node order and in the scores' unit.
///
/// # Determinism
/// Each sum adds its terms in the order in which the edges were first mentioned.
///
/// Source: `specs/flood.md` section 7. Time O(N + E), memory O(N).
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder, propagate_one_hop};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_dependency("emergency", "transport", EdgeAttributes::default())?;
/// let graph = builder.build();
/// let transport = graph.find("transport");
/// let propagated = propagate_one_hop(&graph, |node| (Some(node) == transport).then_some(1.0));
/// assert_eq!(propagated, [1.0, 0.0]); // emergency, transport
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn propagate_one_hop(graph: &DependencyGraph, score_of: impl Fn(NodeId) -> Option<f64>) -> Vec<f64> {
    let finite = |score: &f64| score.is_finite();
    let scores: Vec<f64> =
        graph.node_ids().map(|node| score_of(node).filter(finite).unwrap_or(0.0)).collect();
    let mut propagated = vec![0.0; graph.node_count()];
    for edge in graph.edges() {
        let hop = edge.fails_toward();
        propagated[hop.victim.index()] += scores[hop.origin.index()];
    }
    propagated
}
