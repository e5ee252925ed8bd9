//! The most probable path from one service to every other.

use super::search::{Label, Query, Search};
use super::{EdgeProbabilities, Path};
use crate::dependency_graph::DependencyGraph;
use crate::error::GraphError;
use crate::node::NodeId;

/// The most probable path from one origin to every service it reaches.
pub struct BestPaths<'g> {
    search: Search<'g>,
    /// The best label of each node, where the node is reached.
    best: Vec<Option<usize>>,
    targets: Vec<NodeId>,
}

impl BestPaths<'_> {
    /// The services reached, the most probably reached first; the origin itself leads.
    ///
    /// Ties break by hops, then by the service's own name.
    #[must_use]
    pub fn targets(&self) -> &[NodeId] {
        &self.targets
    }

    /// The best path to a service; none if it is out of reach. Time O(hops).
    #[must_use]
    pub fn path_to(&self, target: NodeId) -> Option<Path> {
        let label = self.best.get(target.index()).copied().flatten()?;
        let (nodes, edges) = self.search.way_to(label);
        Some(Path::new(nodes, edges, self.search.probabilities))
    }

    /// The probability of the best path to a service; 0 if it is out of reach. Time O(hops).
    #[must_use]
    pub fn probability_of(&self, target: NodeId) -> f64 {
        self.path_to(target).map_or(0.0, |path| path.probability)
    }
}

/// Finds the most probable path in failure direction from `origin` to every service that it
/// reaches in at most `max_hops` hops (`u32::MAX` for no limit).
///
/// Among equally probable paths the order of the module decides: hops, then names.
/// Time O((N + E) log E), up to `max_hops` times that with a hop limit below N - 1; memory
/// O(N + E), with such a limit up to `max_hops` times that. Iterative.
///
/// # Errors
/// [`GraphError::UnknownNode`] if the graph has no such origin.
///
/// ```
/// use infra_graph::{EdgeAttributes, EdgeProbabilities, GraphBuilder, best_paths_from};
///
/// let mut builder = GraphBuilder::new();
/// for (dependent, dependency) in [("web", "api"), ("api", "db"), ("web", "db")] {
///     builder.add_dependency(dependent, dependency, EdgeAttributes::default())?;
/// }
/// let graph = builder.build();
/// let probabilities = EdgeProbabilities::try_new(&graph, vec![0.5, 0.5, 0.125])?;
/// let best = best_paths_from(&graph, &probabilities, graph.require("db")?, u32::MAX)?;
/// assert_eq!(best.probability_of(graph.require("web")?), 0.25); // by way of the API
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
pub fn best_paths_from<'g>(
    graph: &'g DependencyGraph,
    probabilities: &'g EdgeProbabilities,
    origin: NodeId,
    max_hops: u32,
) -> Result<BestPaths<'g>, GraphError> {
    graph.check_node(origin)?;
    let mut search = Search::new(graph, probabilities, max_hops);
    let query = Query {
        start: origin,
        cost: 0,
        hops: 0,
        goal: None,
        forbidden: &[],
        blocked: &vec![false; graph.node_count()],
        cap: None,
    };
    let mut best = vec![None; graph.node_count()];
    let mut reached: Vec<Label> = Vec::new();
    search.run(&query, |index, label| {
        best[label.node.index()] = Some(index);
        reached.push(label);
    });
    reached.sort_unstable_by_key(|label| (label.cost, label.hops, graph.rank(label.node)));
    let targets = reached.into_iter().map(|label| label.node).collect();
    Ok(BestPaths { search, best, targets })
}
