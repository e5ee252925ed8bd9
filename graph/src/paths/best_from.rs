//! The most probable path from one service to every other.

use super::labels::Labels;
use super::search::{LabelSearch, Query};
use super::total::Total;
use super::tree::{Reach, Tree, way_to};
use super::ways::Ways;
use super::{EdgeProbabilities, Path};
use crate::dependency_graph::DependencyGraph;
use crate::error::GraphError;
use crate::node::NodeId;

/// The most probable path from one origin to every service it reaches.
pub struct BestPaths<'g> {
    graph: &'g DependencyGraph,
    probabilities: &'g EdgeProbabilities,
    found: Found,
    targets: Vec<NodeId>,
}

/// The ways, in whichever form the search left them. Nodes are ranks.
enum Found {
    /// Without a hop limit one record a node is enough.
    Tree(Vec<Reach>),
    Narrow(Limited<u64>),
    Wide(Limited<u128>),
}

/// What a search under a hop limit finds: the way to a node need not be the way to those before.
struct Limited<C> {
    labels: Labels<C>,
    /// The best label of each node, where the node is reached.
    best: Vec<Option<usize>>,
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
        let (nodes, edges) = self.way_to(self.graph.rank(target))?;
        Some(Path::new(self.graph, &nodes, &edges, self.probabilities))
    }

    /// The probability of the best path to a service; 0 if it is out of reach. Time O(hops).
    #[must_use]
    pub fn probability_of(&self, target: NodeId) -> f64 {
        self.path_to(target).map_or(0.0, |path| path.probability)
    }

    fn way_to(&self, target: u32) -> Option<(Vec<u32>, Vec<u32>)> {
        match &self.found {
            Found::Tree(reach) => reach.get(target as usize)?.is_reached().then(|| way_to(reach, target)),
            Found::Narrow(limited) => limited.way_to(target),
            Found::Wide(limited) => limited.way_to(target),
        }
    }
}

impl<C: Total> Limited<C> {
    /// Also returns the nodes reached, in the order of the module.
    fn new(ways: &Ways, origin: u32, max_hops: u32) -> (Self, Vec<u32>) {
        let mut search = LabelSearch::everywhere(ways, max_hops);
        let mut best = vec![None; ways.nodes()];
        let mut reached = Vec::new();
        let query = Query {
            start: origin,
            cost: C::default(),
            hops: 0,
            forbidden: &[],
            blocked: &vec![false; ways.nodes()],
            cap: None,
        };
        search.run(&query, |number, node| {
            best[node as usize] = Some(number);
            reached.push(node);
        });
        (Self { labels: search.into_labels(), best }, reached)
    }

    fn way_to(&self, target: u32) -> Option<(Vec<u32>, Vec<u32>)> {
        let label = self.best.get(target as usize).copied().flatten()?;
        let way = self.labels.way_to(label);
        Some((way.nodes, way.edges))
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
    let ways = probabilities.ways(graph);
    let from = graph.rank(origin);
    let (found, reached) = match (ways.fit_64_bits(), ways.all_within(max_hops)) {
        (true, true) => {
            let mut tree = Tree::new(&ways.toward_victims, ways.dearest, from, true);
            let mut reached = Vec::with_capacity(ways.nodes());
            while let Some(node) = tree.grow() {
                reached.push(node);
            }
            (Found::Tree(tree.into_reach()), reached)
        },
        (true, false) => {
            let (limited, reached) = Limited::new(&ways, from, max_hops);
            (Found::Narrow(limited), reached)
        },
        (false, _) => {
            let (limited, reached) = Limited::new(&ways, from, max_hops);
            (Found::Wide(limited), reached)
        },
    };
    // The searches settle in the order (cost, hops, name).
    let targets = reached.into_iter().filter_map(|rank| graph.sorted().get(rank as usize).copied());
    Ok(BestPaths { graph, probabilities, found, targets: targets.collect() })
}
