//! How fast graphs are built and asked: a table of cases, and a function that measures one once.
//!
//! Reading order: [`Case`] and [`CASES`] here, `workload` (random graphs), `clock`. A measurement
//! runs once, in the process and thread that asks; who wants medians repeats it, in processes of
//! its own if peaks of memory must not mix. What is needed before the question is not timed.

mod clock;
mod workload;

use std::hint::black_box;

use crate::error::GraphError;
use crate::measures::{PageRankOptions, Walk, weighted_pagerank};
use crate::paths::{PathLimits, best_paths_from, most_probable_paths};
use crate::{NodeId, blast_radius};
use workload::Workload;

/// Something to measure.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Short name, as on a command line.
    pub name: &'static str,
    /// What is done, and how much of it.
    pub size: &'static str,
    /// What the throughput counts.
    pub unit: &'static str,
    /// What it should reach.
    pub target: Target,
    nodes: u32,
    edges: usize,
    kind: Kind,
}

/// What a case should reach; no field: no wish.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// At most so long \[s\].
    pub seconds: Option<f64>,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Units of work done.
    pub work: u64,
    /// How long it took \[s\].
    pub seconds: f64,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Names to graph.
    BuildByName,
    /// Numbers to graph, and its probabilities.
    Build,
    /// Weighted, damping .85, until a round changes less than 1e-8.
    PageRank,
    /// One origin, no hop limit; the mean of 5.
    Tree,
    /// Ten paths of a pair with at most so many hops; the mean of 3 pairs.
    Paths(u32),
    /// One origin, half of the services affected; the mean of 5.
    Blast,
}

const SMALL: Case = Case {
    name: "",
    size: "",
    unit: "edges",
    target: Target { seconds: None },
    nodes: 30_000,
    edges: 120_000,
    kind: Kind::Build,
};
const LARGE: Case = Case { nodes: 250_000, edges: 1_000_000, ..SMALL };

const fn within(seconds: f64) -> Target {
    Target { seconds: Some(seconds) }
}

/// All cases, in the order of listings.
pub static CASES: &[Case] = &[
    Case {
        name: "build-names",
        size: "30,000 nodes, 120,000 edges by name",
        kind: Kind::BuildByName,
        ..SMALL
    },
    Case { name: "build", size: "30,000 nodes, 120,000 edges by number", ..SMALL },
    Case {
        name: "pagerank",
        size: "30,000 nodes, 120,000 edges, until 1e-8",
        target: within(0.005),
        kind: Kind::PageRank,
        ..SMALL
    },
    Case {
        name: "tree",
        size: "30,000 nodes, 120,000 edges, 1 origin",
        target: within(0.004),
        kind: Kind::Tree,
        ..SMALL
    },
    Case {
        name: "paths",
        size: "30,000 nodes, 120,000 edges, 10 paths",
        unit: "paths",
        target: within(0.040),
        kind: Kind::Paths(u32::MAX),
        ..SMALL
    },
    Case {
        name: "build-names-1m",
        size: "250,000 nodes, 1,000,000 edges by name",
        kind: Kind::BuildByName,
        ..LARGE
    },
    Case { name: "tree-1m", size: "250,000 nodes, 1,000,000 edges, 1 origin", kind: Kind::Tree, ..LARGE },
    Case {
        name: "paths-1m",
        size: "250,000 nodes, 1,000,000 edges, 10 paths",
        unit: "paths",
        kind: Kind::Paths(u32::MAX),
        ..LARGE
    },
    Case {
        name: "paths-12-1m",
        size: "250,000 nodes, 1,000,000 edges, 10 paths of 12 hops at most",
        unit: "paths",
        kind: Kind::Paths(12),
        ..LARGE
    },
    Case { name: "blast-1m", size: "250,000 nodes, 1,000,000 edges, 1 origin", kind: Kind::Blast, ..LARGE },
];

impl Case {
    /// The case of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.name == name)
    }

    /// Measures once.
    ///
    /// # Errors
    /// [`GraphError`], which a workload gives no cause for.
    pub fn measure(&self) -> Result<Measured, GraphError> {
        measure(self.kind, Workload::random(self.nodes, self.edges))
    }
}

impl Measured {
    /// Work a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.work as f64 / self.seconds
    }
}

fn measure(kind: Kind, mut workload: Workload) -> Result<Measured, GraphError> {
    let edges = workload.edges() as u64;
    match kind {
        Kind::BuildByName => {
            let (graph, seconds) = clock::timed(|| workload.build_by_name())?;
            return Ok(Measured { work: graph.edge_count() as u64, seconds });
        },
        Kind::Build => {
            let ((graph, _), seconds) = clock::timed(|| workload.build())?;
            return Ok(Measured { work: graph.edge_count() as u64, seconds });
        },
        _ => {},
    }
    let (graph, probabilities) = workload.build()?;
    match kind {
        Kind::PageRank => {
            let walk =
                PageRankOptions { walk: Walk::TowardDependents, iterations: 200, ..Default::default() };
            let settle = || weighted_pagerank(&graph, &workload.probability, walk, 1e-8);
            let (rank, seconds) = clock::timed(settle)?;
            Ok(Measured { work: edges * u64::from(rank.rounds), seconds })
        },
        Kind::Paths(max_hops) => {
            let limits = PathLimits { k: 10, max_hops };
            let pairs = workload.pairs(&graph, 3);
            mean(&pairs, |(from, to)| {
                let paths = most_probable_paths(&graph, &probabilities, *from, *to, limits)?;
                Ok(paths.len() as u64)
            })
        },
        Kind::Blast => mean(&workload.pairs(&graph, 5), |(origin, _)| {
            let odd = |node: NodeId| node.number() % 2 == 1;
            black_box(blast_radius(&graph, *origin, odd)?);
            Ok(edges)
        }),
        _ => mean(&workload.pairs(&graph, 5), |(origin, _)| {
            black_box(best_paths_from(&graph, &probabilities, *origin, u32::MAX)?);
            Ok(edges)
        }),
    }
}

/// Means over several questions; work and seconds are those of one.
fn mean<T>(
    questions: &[T],
    mut ask: impl FnMut(&T) -> Result<u64, GraphError>,
) -> Result<Measured, GraphError> {
    let count = questions.len().max(1);
    let (work, seconds) = clock::timed(|| questions.iter().map(&mut ask).sum::<Result<u64, _>>())?;
    Ok(Measured { work: work / count as u64, seconds: seconds / count as f64 })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn cases_are_found_by_their_names() {
        for case in CASES {
            assert!(std::ptr::eq(Case::named(case.name).unwrap(), case), "{} is listed twice", case.name);
        }
        assert!(Case::named("none").is_none());
    }

    #[test]
    fn every_kind_does_its_work() {
        let work = |kind| measure(kind, Workload::random(300, 1_200)).unwrap().work;
        for kind in [Kind::BuildByName, Kind::Build, Kind::Tree, Kind::Blast] {
            assert_eq!(work(kind), 1_200);
        }
        assert_eq!((work(Kind::Paths(u32::MAX)), work(Kind::PageRank) % 1_200), (10, 0));
    }
}
