//! The graph as the kernels read it: edges grouped by destination.

use std::ops::Range;

use candle_core::{DType, Tensor};

use crate::error::{GatError, Result};

/// What becomes of self-loops when a graph is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelfLoops {
    /// Edges stay as they are given; a self-loop is an edge like any other.
    AsGiven,
    /// As PyTorch Geometric's `add_self_loops`: given self-loops are removed,
    /// then one per node is appended, node 0 first.
    OnePerNode,
}

/// Directed edges of a graph in compressed rows by destination (CSR).
///
/// Two orders matter. The *edge order* is the given order, less removed
/// self-loops, followed by added ones; attention is returned in it. The *slot
/// order* groups edges by destination and keeps the edge order within each
/// group (a stable counting sort), so sums have one fixed order. Repeated
/// edges stay separate entries.
///
/// Building takes time and memory O(N + E), indices are 32 bit.
///
/// # Example
/// ```
/// use infra_gat::{CsrGraph, SelfLoops};
///
/// let graph = CsrGraph::new(3, &[0, 2, 0], &[1, 1, 2], SelfLoops::AsGiven)?;
/// let into_1: Vec<u32> = graph.slots(1).map(|slot| graph.source_of(slot)).collect();
/// assert_eq!(into_1, [0, 2]);
/// # Ok::<(), infra_gat::GatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrGraph {
    nodes: usize,
    src: Vec<u32>,
    dst: Vec<u32>,
    row_start: Vec<u32>,
    slot_src: Vec<u32>,
    slot_edge: Vec<u32>,
    given: usize,
    /// For [`SelfLoops::OnePerNode`]: which given edges are kept, in order.
    kept: Option<Vec<u32>>,
    /// The same on CUDA devices, copied there when first wanted.
    #[cfg(feature = "cuda")]
    device_copies: crate::kernel::cuda::DeviceCopies,
}

impl CsrGraph {
    /// Builds the graph of `nodes` nodes from the two rows of an
    /// `edge_index`: edge e sends a message from `src[e]` to `dst[e]`.
    ///
    /// # Errors
    /// [`GatError::EdgeIndexLengths`] if the rows differ in length,
    /// [`GatError::NodeOutOfRange`] for the first edge with an endpoint ≥
    /// `nodes`, [`GatError::TooLarge`] beyond 2³² - 1 nodes or edges.
    pub fn new(nodes: usize, src: &[u32], dst: &[u32], loops: SelfLoops) -> Result<Self> {
        if src.len() != dst.len() {
            return Err(GatError::EdgeIndexLengths { src: src.len(), dst: dst.len() });
        }
        check_count("nodes", nodes)?;
        check_count("edges", src.len())?;
        for (edge, (&s, &d)) in src.iter().zip(dst).enumerate() {
            let node = s.max(d);
            if node as usize >= nodes {
                // The source is named first if both are wrong.
                let node = if s as usize >= nodes { s } else { d };
                return Err(GatError::NodeOutOfRange { edge, node: i64::from(node), nodes });
            }
        }
        let given = src.len();
        match loops {
            SelfLoops::AsGiven => Ok(Self::group(nodes, src.to_vec(), dst.to_vec(), given, None)),
            SelfLoops::OnePerNode => Self::one_loop_per_node(nodes, src, dst),
        }
    }

    /// Builds the graph from an `edge_index` tensor [2, E] of i64 or u32, row
    /// 0 the sources, row 1 the targets, as PyTorch Geometric keeps it.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`GatError::ShapeMismatch`] and
    /// [`GatError::DTypeMismatch`] if the tensor is none of these.
    pub fn from_edge_index(nodes: usize, edge_index: &Tensor, loops: SelfLoops) -> Result<Self> {
        let &[2, edges] = edge_index.dims() else {
            return Err(GatError::ShapeMismatch {
                what: "edge_index".into(),
                expected: "[2, E]".into(),
                found: edge_index.dims().to_vec(),
            });
        };
        if !matches!(edge_index.dtype(), DType::I64 | DType::U32) {
            return Err(GatError::DTypeMismatch {
                what: "edge_index".into(),
                expected: "I64 or U32",
                found: edge_index.dtype(),
            });
        }
        let flat = edge_index.to_dtype(DType::I64)?.flatten_all()?;
        let mut rows = Vec::with_capacity(2 * edges);
        for (position, node) in flat.to_vec1::<i64>()?.into_iter().enumerate() {
            rows.push(u32::try_from(node).map_err(|_| GatError::NodeOutOfRange {
                edge: position % edges,
                node,
                nodes,
            })?);
        }
        let (src, dst) = rows.split_at(edges);
        Self::new(nodes, src, dst, loops)
    }

    /// Number of nodes, N.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Number of edges that take part, E': added self-loops included.
    pub fn edges(&self) -> usize {
        self.src.len()
    }

    /// Number of edges given to the constructor, E. `edge_attr` has one row
    /// for each of them.
    pub fn given_edges(&self) -> usize {
        self.given
    }

    /// How self-loops were treated.
    pub fn self_loops(&self) -> SelfLoops {
        match self.kept {
            None => SelfLoops::AsGiven,
            Some(_) => SelfLoops::OnePerNode,
        }
    }

    /// Sources of the E' edges, in edge order.
    pub fn src(&self) -> &[u32] {
        &self.src
    }

    /// Destinations of the E' edges, in edge order.
    pub fn dst(&self) -> &[u32] {
        &self.dst
    }

    /// Slots of the edges into `node`. Empty for a node that does not exist.
    pub fn slots(&self, node: usize) -> Range<usize> {
        match self.row_start.get(node..).and_then(|rows| rows.get(..2)) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    /// Source of the edge in `slot`.
    ///
    /// # Panics
    /// If there is no such slot.
    pub fn source_of(&self, slot: usize) -> u32 {
        self.slot_src[slot]
    }

    /// Position in the edge order of the edge in `slot`.
    ///
    /// # Panics
    /// If there is no such slot.
    pub fn edge_of(&self, slot: usize) -> u32 {
        self.slot_edge[slot]
    }

    /// First slot of each node's group, [N + 1]; the last entry is E'. For
    /// kernels that move the graph to a device.
    pub fn row_start(&self) -> &[u32] {
        &self.row_start
    }

    /// Source of the edge in each slot, [E'].
    pub fn slot_src(&self) -> &[u32] {
        &self.slot_src
    }

    /// Position in the edge order of the edge in each slot, [E'].
    pub fn slot_edge(&self) -> &[u32] {
        &self.slot_edge
    }

    /// For a graph with one self-loop per node: the given edges that were
    /// kept, in order. They are edges 0.. of the edge order, the loops follow.
    pub(crate) fn kept(&self) -> Option<&[u32]> {
        self.kept.as_deref()
    }

    /// The graph on CUDA devices.
    #[cfg(feature = "cuda")]
    pub(crate) fn device_copies(&self) -> &crate::kernel::cuda::DeviceCopies {
        &self.device_copies
    }

    /// The same graph with one self-loop per node.
    ///
    /// # Errors
    /// [`GatError::TooLarge`] if the loops bring it beyond 2³² - 1 edges.
    pub fn with_self_loops(&self) -> Result<Self> {
        match self.self_loops() {
            SelfLoops::AsGiven => Self::one_loop_per_node(self.nodes, &self.src, &self.dst),
            SelfLoops::OnePerNode => Ok(self.clone()),
        }
    }

    fn one_loop_per_node(nodes: usize, src: &[u32], dst: &[u32]) -> Result<Self> {
        let kept: Vec<u32> =
            (0..src.len() as u32).filter(|&edge| src[edge as usize] != dst[edge as usize]).collect();
        check_count("edges and self-loops", kept.len() + nodes)?;
        let follow = |row: &[u32]| -> Vec<u32> {
            let edges = kept.iter().map(|&edge| row[edge as usize]);
            edges.chain(0..nodes as u32).collect()
        };
        let (src_row, dst_row) = (follow(src), follow(dst));
        Ok(Self::group(nodes, src_row, dst_row, src.len(), Some(kept)))
    }

    /// Stable counting sort by destination. Endpoints and counts are checked.
    fn group(nodes: usize, src: Vec<u32>, dst: Vec<u32>, given: usize, kept: Option<Vec<u32>>) -> Self {
        let mut row_start = vec![0_u32; nodes + 1];
        for &d in &dst {
            row_start[d as usize + 1] += 1;
        }
        for node in 0..nodes {
            row_start[node + 1] += row_start[node];
        }
        let mut next = row_start.clone();
        let mut slot_src = vec![0; src.len()];
        let mut slot_edge = vec![0; src.len()];
        for (edge, (&s, &d)) in src.iter().zip(&dst).enumerate() {
            let slot = next[d as usize] as usize;
            next[d as usize] += 1;
            slot_src[slot] = s;
            slot_edge[slot] = edge as u32;
        }
        Self {
            nodes,
            src,
            dst,
            row_start,
            slot_src,
            slot_edge,
            given,
            kept,
            #[cfg(feature = "cuda")]
            device_copies: Default::default(),
        }
    }
}

/// Indices and counts both are u32, so the largest count is 2³² - 1.
fn check_count(what: &'static str, found: usize) -> Result<()> {
    let limit = u32::MAX as usize;
    if found > limit {
        return Err(GatError::TooLarge { what, found, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
