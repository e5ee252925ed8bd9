//! Nodes: services, and the small numbers that stand for them.

/// Number of a node within one graph, from 0 in the order of first mention.
///
/// Numbers of one graph mean nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node with this number, whether or not a given graph has one.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Where the node's value stands in a slice that holds one value a node.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The name, spelled as the run spells it. Never empty, unique within the graph. Untrusted.
    pub name: String,
    /// False where an edge names the service but no record observes it: a node without evidence.
    pub observed: bool,
    /// What it is, for example `database`, where the run says so.
    pub kind: Option<String>,
    /// Where it stands, for example `frontend`, where the run says so.
    pub tier: Option<String>,
}

impl Node {
    /// A node of which nothing but the name is known.
    pub(crate) fn mentioned(name: &str) -> Self {
        Self { name: name.to_owned(), observed: false, kind: None, tier: None }
    }
}
