//! Building a graph, mention by mention.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::dependency_graph::{DependencyGraph, Storage, find_by_name};
use crate::edge::{DependsOn, EdgeAttributes, EdgeId};
use crate::error::GraphError;
use crate::infer::InferredEdges;
use crate::lookup::Lookup;
use crate::node::{Node, NodeId};

/// Collects services and dependencies, in any order, into a [`DependencyGraph`].
///
/// ```
/// use infra_graph::{EdgeAttributes, GraphBuilder};
///
/// let mut builder = GraphBuilder::new();
/// builder.add_service("checkout")?;
/// builder.add_dependency("checkout", "db", EdgeAttributes::default())?;
/// builder.add_dependency("checkout", "db", EdgeAttributes::default())?; // joined to the first
/// let graph = builder.build();
/// assert_eq!((graph.node_count(), graph.edge_count()), (2, 1));
/// assert_eq!(graph.unobserved(), [graph.require("db")?]); // no record observes it
/// # Ok::<(), infra_graph::GraphError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct GraphBuilder {
    storage: Storage,
    by_name: Lookup,
    by_ends: Lookup,
}

impl GraphBuilder {
    /// A builder without services.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a service that records observe. Naming it again changes nothing.
    ///
    /// A service first named by an edge keeps its place and becomes observed. Expected time O(1).
    ///
    /// # Errors
    /// [`GraphError::EmptyName`], [`GraphError::TooManyNodes`].
    pub fn add_service(&mut self, name: &str) -> Result<NodeId, GraphError> {
        let id = self.mention(name)?;
        if let Some(node) = self.node_mut(id) {
            node.observed = true;
        }
        Ok(id)
    }

    /// Names a service without saying that any record observes it: only fixes its place.
    ///
    /// # Errors
    /// [`GraphError::EmptyName`], [`GraphError::TooManyNodes`].
    pub fn mention(&mut self, name: &str) -> Result<NodeId, GraphError> {
        if name.is_empty() {
            return Err(GraphError::EmptyName);
        }
        let hash = self.by_name.hash(name);
        if let Some(id) = find_by_name(&self.storage, &self.by_name, hash, name) {
            return Ok(id);
        }
        let index = self.storage.try_add_node(Node::mentioned(name));
        let index = index.map_err(|_| GraphError::TooManyNodes { limit: u32::MAX })?;
        let id = NodeId::new(index.index() as u32);
        self.by_name.insert(hash, id.number());
        Ok(id)
    }

    /// Says what a service is and where it stands. What is `None` leaves what was known before.
    ///
    /// # Errors
    /// [`GraphError::UnknownNode`] if `id` is not from this builder.
    pub fn describe(&mut self, id: NodeId, kind: Option<&str>, tier: Option<&str>) -> Result<(), GraphError> {
        let nodes = self.storage.node_count();
        let unknown = GraphError::UnknownNode { node: id, nodes };
        let node = self.node_mut(id).ok_or(unknown)?;
        if let Some(kind) = kind {
            node.kind = Some(kind.to_owned());
        }
        if let Some(tier) = tier {
            node.tier = Some(tier.to_owned());
        }
        Ok(())
    }

    /// Says that `dependent` needs `dependency`. Names not yet known become unobserved nodes,
    /// the dependent first. Expected time O(1).
    ///
    /// The same pair again is joined to the first mention: the first kind and the first weight
    /// that was given stay, a declaration outranks an inference, evidence of inferences adds up.
    ///
    /// # Errors
    /// [`GraphError::EmptyName`], [`GraphError::TooManyNodes`], [`GraphError::TooManyEdges`].
    pub fn add_dependency(
        &mut self,
        dependent: &str,
        dependency: &str,
        attributes: EdgeAttributes,
    ) -> Result<EdgeId, GraphError> {
        if dependency.is_empty() {
            return Err(GraphError::EmptyName); // before the dependent becomes a node
        }
        let ends = DependsOn { dependent: self.mention(dependent)?, dependency: self.mention(dependency)? };
        self.join(ends, attributes)
    }

    /// As [`add_dependency`](Self::add_dependency), between services that already have numbers:
    /// for callers that know them, since looking up two names is most of the work.
    ///
    /// # Errors
    /// [`GraphError::UnknownNode`] if a number is not from this builder,
    /// [`GraphError::TooManyEdges`].
    pub fn connect(&mut self, ends: DependsOn, attributes: EdgeAttributes) -> Result<EdgeId, GraphError> {
        let nodes = self.storage.node_count();
        for node in [ends.dependent, ends.dependency] {
            if node.index() >= nodes {
                return Err(GraphError::UnknownNode { node, nodes });
            }
        }
        self.join(ends, attributes)
    }

    /// Adds the edge or joins it to its first mention; both ends are nodes.
    fn join(&mut self, ends: DependsOn, attributes: EdgeAttributes) -> Result<EdgeId, GraphError> {
        let [from, to] = [ends.dependent, ends.dependency].map(|id| NodeIndex::new(id.index()));
        let hash =
            self.by_ends.hash(u64::from(ends.dependent.number()) << 32 | u64::from(ends.dependency.number()));
        let edges = self.storage.raw_edges();
        let is_it = |number: u32| {
            edges.get(number as usize).is_some_and(|edge| (edge.source(), edge.target()) == (from, to))
        };
        if let Some(id) = self.by_ends.find(hash, is_it).map(EdgeId::new) {
            if let Some(known) = self.storage.edge_weight_mut(EdgeIndex::new(id.index())) {
                known.absorb(attributes);
            }
            return Ok(id);
        }
        let index = self.storage.try_add_edge(from, to, attributes);
        let index = index.map_err(|_| GraphError::TooManyEdges { limit: u32::MAX })?;
        let id = EdgeId::new(index.index() as u32);
        self.by_ends.insert(hash, id.number());
        Ok(id)
    }

    /// Adds every edge that [`infer_edges`](crate::infer_edges) found.
    ///
    /// # Errors
    /// As [`add_dependency`](Self::add_dependency).
    pub fn add_inferred(&mut self, inferred: &InferredEdges) -> Result<(), GraphError> {
        for edge in &inferred.edges {
            let attributes = EdgeAttributes::inferred(edge.calls);
            self.add_dependency(&edge.caller, &edge.callee, attributes)?;
        }
        Ok(())
    }

    /// The finished graph. Time O(N log N + E).
    #[must_use]
    pub fn build(self) -> DependencyGraph {
        DependencyGraph::new(self.storage, self.by_name)
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.storage.node_weight_mut(NodeIndex::new(id.index()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::edge::EdgeOrigin;

    fn names(graph: &DependencyGraph, ids: &[NodeId]) -> Vec<String> {
        ids.iter().map(|id| graph.name(*id).to_owned()).collect()
    }

    #[test]
    fn nodes_keep_the_order_of_first_mention_and_neighbours_sort_by_name() {
        let mut builder = GraphBuilder::new();
        for (dependent, dependency) in [("web", "z"), ("web", "a"), ("m", "a"), ("a", "a")] {
            let attributes = EdgeAttributes::default();
            builder.add_dependency(dependent, dependency, attributes).unwrap();
        }
        builder.add_service("lonely").unwrap();
        let graph = builder.build();
        let order: Vec<_> = graph.nodes().map(|(_, node)| node.name.as_str()).collect();
        assert_eq!(order, ["web", "z", "a", "m", "lonely"]);
        let web = graph.find("web").unwrap();
        let below: Vec<_> = graph.dependencies_of(web).iter().map(|next| next.node).collect();
        assert_eq!(names(&graph, &below), ["a", "z"]);
        assert_eq!(names(&graph, &graph.entries()), ["lonely", "m", "web"]);
        assert_eq!(names(&graph, &graph.leaves()), ["a", "lonely", "z"]);
        assert_eq!(names(&graph, &graph.unobserved()), ["a", "m", "web", "z"]);
        for edge in graph.edges() {
            assert_eq!(graph.find_edge(edge.depends_on), Some(edge.id));
        }
        assert_eq!(graph.find_edge(DependsOn { dependent: web, dependency: web }), None);
    }

    #[test]
    fn a_refused_edge_leaves_no_node_behind() {
        let mut builder = GraphBuilder::new();
        let refused = builder.add_dependency("a", "", EdgeAttributes::default());
        assert_eq!(refused, Err(GraphError::EmptyName));
        assert_eq!(builder.build().node_count(), 0);
    }

    #[test]
    fn numbers_connect_as_names_do() {
        let mut builder = GraphBuilder::new();
        let [web, db] = ["web", "db"].map(|name| builder.add_service(name).unwrap());
        let ends = DependsOn { dependent: web, dependency: db };
        let first = builder.connect(ends, EdgeAttributes::inferred(2)).unwrap();
        assert_eq!(builder.add_dependency("web", "db", EdgeAttributes::inferred(3)), Ok(first));
        let foreign = DependsOn { dependent: web, dependency: NodeId::new(2) };
        let refused = builder.connect(foreign, EdgeAttributes::default());
        assert_eq!(refused, Err(GraphError::UnknownNode { node: NodeId::new(2), nodes: 2 }));
        let graph = builder.build();
        let origin = graph.edge(first).unwrap().attributes.origin;
        assert_eq!((graph.edge_count(), origin), (1, EdgeOrigin::Inferred { evidence: 5 }));
    }

    #[test]
    fn long_names_and_prefixes_sort_bytewise() {
        let names = ["b", "a-name-of-more-than-16-bytes/2", "a-name-of-more-than-16-bytes", "a\0", "a", "é"];
        let mut builder = GraphBuilder::new();
        for name in names {
            builder.add_service(name).unwrap();
        }
        let graph = builder.build();
        let mut expected = names;
        expected.sort_unstable();
        assert_eq!(graph.nodes_by_name().map(|(_, name)| name).collect::<Vec<_>>(), expected);
        assert!(names.iter().all(|name| graph.name(graph.find(name).unwrap()) == *name));
    }

    #[test]
    fn descriptions_stay_unless_replaced() {
        let mut builder = GraphBuilder::new();
        let db = builder.add_service("db").unwrap();
        builder.describe(db, Some("database"), None).unwrap();
        builder.describe(db, None, Some("storage")).unwrap();
        assert!(builder.describe(NodeId::new(9), None, None).is_err());
        let graph = builder.build();
        let node = graph.node(db).unwrap();
        assert_eq!((node.kind.as_deref(), node.tier.as_deref()), (Some("database"), Some("storage")));
    }

    #[test]
    fn foreign_numbers_find_nothing_and_break_nothing() {
        let graph = GraphBuilder::new().build();
        let foreign = NodeId::new(u32::MAX);
        assert_eq!(graph.name(foreign), "");
        assert!(graph.node(foreign).is_none() && graph.edge(EdgeId::new(u32::MAX)).is_none());
        assert!(graph.dependents_of(foreign).is_empty() && graph.dependencies_of(foreign).is_empty());
        let ends = DependsOn { dependent: foreign, dependency: foreign };
        assert_eq!(graph.find_edge(ends), None);
    }

    #[test]
    fn origins_are_counted() {
        let mut builder = GraphBuilder::new();
        builder.add_dependency("a", "b", EdgeAttributes::default()).unwrap();
        builder.add_dependency("a", "c", EdgeAttributes::inferred(5)).unwrap();
        let again = builder.add_dependency("a", "c", EdgeAttributes::inferred(6)).unwrap();
        let graph = builder.build();
        let attributes = graph.edge(again).unwrap().attributes;
        assert_eq!(attributes.origin, EdgeOrigin::Inferred { evidence: 11 });
        let summary = graph.origins();
        assert_eq!((summary.declared, summary.inferred, summary.evidence), (1, 1, 11));
    }
}
