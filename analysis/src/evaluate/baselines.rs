//! Simple methods on the same evidence and graph, with a full order each.

use infra_graph::{NodeId, degree};

use crate::analyse::Analysis;
use crate::case::Case;
use crate::error::AnalysisError;
use crate::ranking::baselines::baselines;

/// Name of the baseline that guesses; it has expected values instead of an order.
pub const RANDOM: &str = "random order (expected)";
/// Name of the baseline that looks at nothing but the graph.
const DEGREE: &str = "degree";

/// Orders of all services by the baselines of `rank`, then by degree (services on either side).
/// Services on which a baseline says nothing come last, by name.
///
/// # Errors
/// [`AnalysisError`] from the graph or the network.
pub fn orders(analysis: &Analysis<'_>) -> Result<Vec<(&'static str, Vec<usize>)>, AnalysisError> {
    let case = &analysis.case;
    let seed = analysis.options.seed;
    let simple = baselines(case, &analysis.heads, &analysis.onsets, seed, usize::MAX)?;
    let mut all: Vec<_> = simple.into_iter().map(|b| (b.name, completed(case, b.order))).collect();
    let mut order: Vec<usize> = (0..case.len()).collect();
    let neighbours = |i: usize| {
        let degree = degree(&case.graph, NodeId::new(u32::try_from(i).unwrap_or(u32::MAX)));
        degree.dependencies + degree.dependents
    };
    order.sort_by(|&a, &b| neighbours(b).cmp(&neighbours(a)).then_with(|| case.name(a).cmp(case.name(b))));
    all.push((DEGREE, order));
    Ok(all)
}

/// An order with the services that it leaves out at its end, by name.
fn completed(case: &Case<'_>, mut order: Vec<usize>) -> Vec<usize> {
    let mut missing = vec![true; case.len()];
    order.iter().for_each(|i| missing[*i] = false);
    let mut rest: Vec<usize> = (0..case.len()).filter(|i| missing[*i]).collect();
    rest.sort_by(|a, b| case.name(*a).cmp(case.name(*b)));
    order.extend(rest);
    order
}
