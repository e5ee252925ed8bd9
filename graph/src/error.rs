//! What can be wrong with a graph or with a question put to one.

use crate::node::NodeId;

/// Why a graph could not be built, or a question about it not be answered.
///
/// No variant spoils what it came from: a builder that returned an error can be used further and
/// holds no edge of the refused call, and an algorithm that returned one has changed nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// A service without a name. The builder is unchanged and may be used further.
    #[error("a service has an empty name: every node needs a name of at least one character")]
    EmptyName,

    /// The graph is full: node numbers are 32 bits wide and the last one is reserved.
    #[error("too many services: a graph holds at most {limit} of them")]
    TooManyNodes {
        /// The largest number of nodes.
        limit: u32,
    },

    /// The graph is full: edge numbers are 32 bits wide and the last one is reserved.
    #[error("too many dependencies: a graph holds at most {limit} of them")]
    TooManyEdges {
        /// The largest number of edges.
        limit: u32,
    },

    /// No node bears this name.
    #[error("no service `{}` in the graph", name.escape_debug())]
    UnknownService {
        /// The name that was asked for.
        name: String,
    },

    /// The number belongs to no node of this graph; it may come from another one.
    #[error("no node {} in a graph of {nodes} nodes", node.index())]
    UnknownNode {
        /// The number that was given.
        node: NodeId,
        /// How many nodes the graph has.
        nodes: usize,
    },

    /// A slice that must hold one value for every node or edge holds more or fewer.
    #[error("{what}: expected {expected} values, one for each, found {found}")]
    LengthMismatch {
        /// What the values stand for, for example `edge probabilities`.
        what: &'static str,
        /// How many the graph asks for.
        expected: usize,
        /// How many were given.
        found: usize,
    },

    /// A probability outside 0..1, or not a number.
    #[error(
        "probability {value} of the edge `{}` -> `{}` lies outside 0..1",
        origin.escape_debug(),
        victim.escape_debug()
    )]
    InvalidProbability {
        /// Name of the service that fails first.
        origin: String,
        /// Name of the service that fails next.
        victim: String,
        /// The value that was given.
        value: f64,
    },

    /// The damping of a PageRank lies outside 0..1, or is not a number.
    #[error("damping {value} lies outside 0..1 (customary: 0.85)")]
    InvalidDamping {
        /// The value that was given.
        value: f64,
    },

    /// A restart weight is negative or not finite.
    #[error("restart weight {value} of `{}` is negative or not finite", service.escape_debug())]
    InvalidRestart {
        /// Name of the service.
        service: String,
        /// The value that was given.
        value: f64,
    },

    /// A weight of an edge is negative or not finite, or those of one service have no finite sum.
    #[error("weight {value} of `{}` is negative or not finite", of.escape_debug())]
    InvalidWeight {
        /// Names of the edge's dependent and dependency, or of the one service.
        of: String,
        /// The value that was given, or the sum.
        value: f64,
    },

    /// The tolerance of an iteration is negative or not a number.
    #[error("tolerance {value} is negative or not a number")]
    InvalidTolerance {
        /// The value that was given.
        value: f64,
    },

    /// All restart weights are zero (or their sum is not finite), so a walk could start nowhere.
    #[error("the restart weights sum to {sum}: at least one must be positive, their sum finite")]
    NoRestart {
        /// What they sum to.
        sum: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_cannot_drive_the_terminal_through_a_message() {
        let error = GraphError::UnknownService { name: "db\u{1b}[2J\n".to_owned() };
        assert_eq!(error.to_string(), r"no service `db\u{1b}[2J\n` in the graph");
    }
}
