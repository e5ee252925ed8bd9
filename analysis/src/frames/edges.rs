//! Dependencies with the network's attention.

use infra_graph::EdgeOrigin;
use infra_ingest::polars::prelude::{DataFrame, NamedFrom, PolarsResult, Series};

use super::text;
use crate::analyse::Analysis;
use crate::report::edge_weights;

/// One row an edge: who depends on whom, what is known of it, how much of the dependent's
/// distress the dependency explains (null if the network was not asked).
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn frame(analysis: &Analysis<'_>) -> PolarsResult<DataFrame> {
    let graph = &analysis.case.graph;
    let weights = edge_weights(analysis);
    let edges: Vec<_> = graph.edges().collect();
    let dependents: Vec<&str> = edges.iter().map(|e| graph.name(e.depends_on.dependent)).collect();
    let dependencies: Vec<&str> = edges.iter().map(|e| graph.name(e.depends_on.dependency)).collect();
    let kinds: Vec<&str> = edges.iter().map(|e| e.attributes.kind.as_str()).collect();
    let declared: Vec<bool> = edges.iter().map(|e| e.attributes.origin == EdgeOrigin::Declared).collect();
    let weight: Vec<Option<f64>> = edges.iter().map(|e| e.attributes.weight).collect();
    let attention: Vec<Option<f64>> = edges.iter().map(|e| weights.get(&e.id).copied()).collect();
    let mut columns = vec![
        text("dependent", &dependents),
        text("dependency", &dependencies),
        text("kind", &kinds),
        Series::new("declared".into(), declared).into(),
        Series::new("weight".into(), weight).into(),
        Series::new("attention".into(), attention).into(),
    ];
    if let Some(ranking) = &analysis.ranking {
        for (head, by_edge) in analysis.heads.iter().zip(&ranking.attention.by_edge) {
            let name = format!("attention_{}", head.name);
            let values: Vec<Option<f64>> = edges.iter().map(|e| by_edge.get(e.id.index()).copied()).collect();
            columns.push(Series::new(name.as_str().into(), values).into());
        }
    }
    DataFrame::new_infer_height(columns)
}
