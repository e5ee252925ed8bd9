//! The service dependency graph: who needs whom, and how a failure travels.
//!
//! A [`DependencyGraph`] is built once from declared edges and recorded calls, then only read. It
//! knows no tables and no tensors: scores and attentions come in as one number a node or an edge,
//! in the graph's own order, and go out the same way.
//!
//! # Two directions, two types
//!
//! [`DependsOn`] reads an edge as a call does, [`FailsToward`] as a failure does. One becomes the
//! other in [`edge`] and nowhere else. Paths, propagation, blast radius and pictures follow the
//! failure.
//!
//! # Guarantees
//!
//! * **Deterministic.** Nodes and edges are numbered in the order of first mention, neighbours are
//!   sorted by name, sums have a fixed order, ties break by name. Nothing depends on threads,
//!   hashes or the order in which edges between the same names are mentioned, but the last digits
//!   of sums and the numbers themselves.
//! * **No panics.** Bad input gives a [`GraphError`]; a number from another graph finds nothing.
//! * **No recursion.** A chain of a million services is as good as any other graph.
//!
//! # Reading order
//!
//! * [`node`], [`edge`], [`adjacency`]: what a graph is made of;
//! * [`builder`], [`dependency_graph`]: building one, asking it;
//! * [`infer`]: edges from recorded calls;
//! * [`propagation`]: one hop, the plain baseline;
//! * [`scc`]: cycles, and an order in which failures can spread;
//! * [`blast_radius`](mod@blast_radius): who can be reached, and who was;
//! * [`paths`]: the most probable ways;
//! * [`measures`]: degrees, depth, PageRank;
//! * [`export`]: DOT, GraphML, Mermaid;
//! * [`measure`]: how fast all of this is;
//! * [`error`]: what can be wrong.
//!
//! ```
//! use infra_graph::{
//!     EdgeAttributes, EdgeProbabilities, GraphBuilder, PathLimits, blast_radius, infer_edges,
//!     most_probable_paths,
//! };
//!
//! let mut builder = GraphBuilder::new();
//! for service in ["web", "api", "db"] {
//!     builder.add_service(service)?;
//! }
//! builder.add_dependency("web", "api", EdgeAttributes::default())?;
//! builder.add_inferred(&infer_edges([("api", "db", 120)], 5))?;
//! let graph = builder.build();
//! let (db, web) = (graph.require("db")?, graph.require("web")?);
//!
//! // If the database fails, both others can suffer.
//! assert_eq!(blast_radius(&graph, db, |_| false)?.potential.len(), 2);
//!
//! let attention = EdgeProbabilities::try_new(&graph, vec![0.5, 0.75])?;
//! let paths = most_probable_paths(&graph, &attention, db, web, PathLimits::default())?;
//! assert_eq!(paths[0].names(&graph), ["db", "api", "web"]);
//! assert_eq!(paths[0].probability, 0.375);
//! # Ok::<(), infra_graph::GraphError>(())
//! ```

pub mod adjacency;
pub mod blast_radius;
pub mod builder;
pub mod dependency_graph;
pub mod edge;
pub mod error;
pub mod export;
pub mod infer;
mod lookup;
pub mod measure;
pub mod measures;
pub mod node;
mod pagerank;
pub mod paths;
pub mod propagation;
pub mod scc;

pub use adjacency::Neighbor;
pub use blast_radius::{BlastRadius, Reached, blast_radius};
pub use builder::GraphBuilder;
pub use dependency_graph::{DependencyGraph, Edge, OriginSummary};
pub use edge::{DependsOn, EdgeAttributes, EdgeId, EdgeKind, EdgeOrigin, FailsToward};
pub use error::GraphError;
pub use export::{GraphView, MermaidBudget, MermaidText, to_dot, to_graphml, to_mermaid};
pub use infer::{InferredEdge, InferredEdges, infer_edges};
pub use measures::{
    Degree, PageRank, PageRankOptions, Walk, degree, depth_from_entry, pagerank, weighted_pagerank,
};
pub use node::{Node, NodeId};
pub use paths::{BestPaths, EdgeProbabilities, Path, PathLimits, best_paths_from, most_probable_paths};
pub use propagation::propagate_one_hop;
pub use scc::{Components, strongly_connected_components};
