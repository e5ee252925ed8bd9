//! Runs this crate on the peers' graph: `peer FILE [PAIRS [NODES]]`, one JSON line.
//!
//! `benches/peers/graph_peer.py` writes the file and runs networkx, rustworkx, igraph, SciPy and
//! NetworKit on the same one. The operations, their means and the values by which answers are
//! compared are those of that script. Edges (u, v) of the file are read as a failure travels.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use infra_graph::{
    DependencyGraph, EdgeAttributes, EdgeProbabilities, FailsToward, GraphBuilder, GraphError, NodeId,
    PageRankOptions, PathLimits, Walk, best_paths_from, blast_radius, most_probable_paths, weighted_pagerank,
};
use safetensors::SafeTensors;

type Failure = Box<dyn std::error::Error>;

/// Paths a pair.
const K: usize = 10;
/// Largest change of all shares, added up, in the last round of PageRank.
const TOLERANCE: f64 = 1e-8;

/// What the file holds.
struct Input {
    nodes: u32,
    edges: Vec<(u32, u32)>,
    probability: Vec<f64>,
    pairs: Vec<(NodeId, NodeId)>,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: peer FILE [PAIRS [NODES]]")?;
    let n_pairs: usize = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let mut input = Input::read(&std::fs::read(path)?)?;
    // The file does not say how many services there are beyond those with an edge.
    let nodes: u32 = arguments.next().map_or(Ok(0), |text| text.parse())?;
    input.nodes = input.nodes.max(nodes);
    writeln!(std::io::stdout(), "{}", run(&input, n_pairs)?)?;
    Ok(())
}

impl Input {
    fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let file = SafeTensors::deserialize(bytes)?;
        let u32s = |name: &str| -> Result<Vec<u32>, Failure> {
            let words = file.tensor(name)?.data().as_chunks().0;
            Ok(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
        };
        let (src, dst, pairs) = (u32s("src")?, u32s("dst")?, u32s("pairs")?);
        let words = file.tensor("p")?.data().as_chunks().0;
        let probability = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
        let pairs = pairs.chunks_exact(2).map(|pair| (NodeId::new(pair[0]), NodeId::new(pair[1])));
        let nodes = src.iter().chain(&dst).max().map_or(0, |last| last + 1);
        Ok(Self { nodes, edges: src.into_iter().zip(dst).collect(), probability, pairs: pairs.collect() })
    }

    /// From numbers, as the peers build theirs; services have names all the same.
    fn build(&self) -> Result<(DependencyGraph, EdgeProbabilities), GraphError> {
        let mut builder = GraphBuilder::new();
        for node in 0..self.nodes {
            builder.add_service(&node.to_string())?;
        }
        for (origin, victim) in &self.edges {
            let [origin, victim] = [origin, victim].map(|node| NodeId::new(*node));
            builder.connect(FailsToward { origin, victim }.depends_on(), EdgeAttributes::default())?;
        }
        let graph = builder.build();
        let probabilities = EdgeProbabilities::try_new(&graph, self.probability.clone())?;
        Ok((graph, probabilities))
    }

    /// From names alone, as a run mentions its edges.
    fn build_by_name(&self) -> Result<DependencyGraph, GraphError> {
        let mut builder = GraphBuilder::new();
        let names: Vec<String> = (0..self.nodes).map(|node| node.to_string()).collect();
        for (origin, victim) in &self.edges {
            let (dependent, dependency) = (&names[*victim as usize], &names[*origin as usize]);
            builder.add_dependency(dependent, dependency, EdgeAttributes::default())?;
        }
        Ok(builder.build())
    }
}

fn run(input: &Input, n_pairs: usize) -> Result<serde_json::Value, Failure> {
    let ((graph, probabilities), build) = timed(|| input.build())?;
    let (_, build_by_name) = timed(|| input.build_by_name())?;
    // The peers walk the way of their edges: here, toward victims.
    let walk = PageRankOptions { iterations: 200, walk: Walk::TowardDependents, ..Default::default() };
    let (rank, pagerank) = timed(|| weighted_pagerank(&graph, &input.probability, walk, TOLERANCE))?;

    let sources: Vec<NodeId> = input.pairs.iter().take(5).map(|pair| pair.0).collect();
    let (trees, tree) = timed(|| {
        sources
            .iter()
            .map(|source| best_paths_from(&graph, &probabilities, *source, u32::MAX))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let mut sssp = 0.0;
    for best in &trees {
        let paths = best.targets().iter().filter_map(|target| best.path_to(*target));
        sssp -= paths.map(|path| path.log_probability).sum::<f64>();
    }

    let pairs = &input.pairs[..n_pairs.min(input.pairs.len())];
    let limits = PathLimits { k: K, max_hops: u32::MAX };
    let (paths, yen) = timed(|| {
        pairs
            .iter()
            .map(|(from, to)| most_probable_paths(&graph, &probabilities, *from, *to, limits))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let length = 0.0 - paths.iter().flatten().map(|path| path.log_probability).sum::<f64>();

    let (_, reach) = timed(|| {
        for (source, _) in &input.pairs {
            black_box(blast_radius(&graph, *source, |_| false)?);
        }
        Ok::<_, GraphError>(())
    })?;

    let tree = tree / sources.len() as f64;
    let yen = yen / pairs.len() as f64;
    let reach = reach / input.pairs.len() as f64;
    Ok(serde_json::json!({
        "seconds": [build + pagerank + tree + yen + reach],
        "ops": {
            "build": build,
            "pagerank": pagerank,
            "sssp": tree,
            "yen": yen,
            "reach": reach,
            "build_by_name": build_by_name,
        },
        "check": {
            "pagerank_max": rank.share.iter().copied().fold(0.0, f64::max),
            "sssp": sssp,
            "yen": length,
        },
    }))
}

/// What `work` returns, and how long it took \[s\].
fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, f64), E> {
    #[expect(clippy::disallowed_methods, reason = "measures, and nothing else sees what it measured")]
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed().as_secs_f64()))
}
