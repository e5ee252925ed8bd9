//! Random graphs, the same ones each time.

use crate::edge::{EdgeAttributes, FailsToward};
use crate::error::GraphError;
use crate::node::NodeId;
use crate::paths::EdgeProbabilities;
use crate::{DependencyGraph, GraphBuilder};

/// A graph as plain data, as numbers and as names.
pub(super) struct Workload {
    names: Vec<String>,
    /// Distinct, no loops, in random order.
    hops: Vec<FailsToward>,
    /// Between .05 and .95, one a hop.
    pub(super) probability: Vec<f64>,
    random: SplitMix,
}

impl Workload {
    /// At most as many edges as asked for, a few fewer only if the graph is nearly complete.
    pub(super) fn random(nodes: u32, edges: usize) -> Self {
        let mut random = SplitMix(u64::from(nodes) << 32 | edges as u64);
        let mut keys: Vec<u64> = (0..edges + edges / 4)
            .map(|_| u64::from(random.below(nodes)) << 32 | u64::from(random.below(nodes)))
            .filter(|key| key >> 32 != key & u64::from(u32::MAX))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for last in (1..keys.len()).rev() {
            keys.swap(last, random.below(last as u32 + 1) as usize);
        }
        keys.truncate(edges);
        let hop = |key: u64| FailsToward {
            origin: NodeId::new((key >> 32) as u32),
            victim: NodeId::new(key as u32),
        };
        Self {
            names: (0..nodes).map(|node| format!("service-{node}")).collect(),
            probability: keys.iter().map(|_| 0.05 + 0.9 * random.uniform()).collect(),
            hops: keys.into_iter().map(hop).collect(),
            random,
        }
    }

    pub(super) fn edges(&self) -> usize {
        self.hops.len()
    }

    /// The graph, from the names of its edges' ends.
    ///
    /// # Errors
    /// None that a workload could cause.
    pub(super) fn build_by_name(&self) -> Result<DependencyGraph, GraphError> {
        let mut builder = GraphBuilder::new();
        for hop in &self.hops {
            let [origin, victim] = [hop.origin, hop.victim].map(|node| &self.names[node.index()]);
            builder.add_dependency(victim, origin, EdgeAttributes::default())?;
        }
        Ok(builder.build())
    }

    /// The graph with its probabilities, from numbers.
    ///
    /// # Errors
    /// None that a workload could cause.
    pub(super) fn build(&self) -> Result<(DependencyGraph, EdgeProbabilities), GraphError> {
        let mut builder = GraphBuilder::new();
        for name in &self.names {
            builder.add_service(name)?;
        }
        for hop in &self.hops {
            builder.connect(hop.depends_on(), EdgeAttributes::default())?;
        }
        let graph = builder.build();
        let probabilities = EdgeProbabilities::try_new(&graph, self.probability.clone())?;
        Ok((graph, probabilities))
    }

    /// Services far apart of which the first one's failure reaches the second: ends of random
    /// walks of 25 hops that saw more than 15 services.
    pub(super) fn pairs(&mut self, graph: &DependencyGraph, count: usize) -> Vec<(NodeId, NodeId)> {
        let mut pairs = Vec::with_capacity(count);
        let n_nodes = graph.node_count() as u32;
        for _ in 0..1_000 * count {
            if pairs.len() == count || n_nodes == 0 {
                break;
            }
            let start = NodeId::new(self.random.below(n_nodes));
            let mut way = vec![start];
            let mut here = start;
            for _ in 0..25 {
                let next = graph.dependents_of(here);
                if next.is_empty() {
                    break;
                }
                here = next[self.random.below(next.len() as u32) as usize].node;
                way.push(here);
            }
            way.sort_unstable();
            way.dedup();
            if here != start && way.len() > 15 {
                pairs.push((start, here));
            }
        }
        pairs
    }
}

/// Sebastiano Vigna's splitmix64: for workloads good enough, and nothing to depend on.
struct SplitMix(u64);

impl SplitMix {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u32
    }

    /// In 0..1.
    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}
