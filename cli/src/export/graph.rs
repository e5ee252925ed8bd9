//! The dependency graph as files of other tools.

use infra_analysis::Analysis;
use infra_analysis::report::{Drawing, drawn};

use crate::args::ExportFormat;

/// File name and text of a graph format; `None` for the others.
pub(crate) fn file(
    format: ExportFormat,
    analysis: &Analysis<'_>,
    title: &str,
) -> Option<(&'static str, String)> {
    let (name, drawing) = match format {
        ExportFormat::Graphml => ("graph.graphml", Drawing::Graphml),
        ExportFormat::Dot => ("graph.dot", Drawing::Dot),
        ExportFormat::Mermaid => ("graph.mmd", Drawing::Mermaid),
        ExportFormat::Arrow | ExportFormat::Parquet | ExportFormat::Csv | ExportFormat::Otlp => return None,
    };
    Some((name, drawn(analysis, drawing, title)))
}
