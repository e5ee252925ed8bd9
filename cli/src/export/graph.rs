//! The dependency graph with attention on its edges and scores on its nodes.

use infra_analysis::Analysis;
use infra_analysis::report::{edge_weights, graph_view};
use infra_graph::{GraphView, MermaidBudget, NodeId, to_dot, to_graphml, to_mermaid};

use crate::args::ExportFormat;

/// File name and text of a graph format; `None` for the others.
pub(crate) fn file(
    format: ExportFormat,
    analysis: &Analysis<'_>,
    title: &str,
) -> Option<(&'static str, String)> {
    let weights = edge_weights(analysis);
    let path = highlight(analysis);
    let view = GraphView { title: Some(title), ..graph_view(analysis, &weights, &path) };
    match format {
        ExportFormat::Graphml => Some(("graph.graphml", to_graphml(&view))),
        ExportFormat::Dot => Some(("graph.dot", to_dot(&view))),
        ExportFormat::Mermaid => Some(("graph.mmd", to_mermaid(&view, MermaidBudget::default()).text)),
        ExportFormat::Arrow | ExportFormat::Parquet | ExportFormat::Csv | ExportFormat::Otlp => None,
    }
}

/// The first confirmed path, else the first.
fn highlight(analysis: &Analysis<'_>) -> Vec<NodeId> {
    let path = analysis.paths.iter().find(|p| p.confirmed).or_else(|| analysis.paths.first());
    let steps = path.iter().flat_map(|p| &p.steps);
    steps.filter_map(|step| u32::try_from(step.service).ok()).map(NodeId::new).collect()
}
