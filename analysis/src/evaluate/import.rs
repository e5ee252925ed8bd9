//! Tables of a data set turned into a bundle.

use std::path::Path;

use infra_ingest::import::{ImportReport, TableInputs, TableMap, import_tables};

use super::error::EvaluateError;

/// The map in force as long as layouts are not recognised by their columns.
const PETSHOP: &str = include_str!("../../../datasets/maps/petshop.toml");

/// Imports the tables of `dir` into a bundle at `out`.
pub(super) fn tables(dir: &Path, config: Option<&Path>, out: &Path) -> Result<ImportReport, EvaluateError> {
    let map = match config {
        Some(path) => TableMap::load(path)?,
        None => TableMap::parse(PETSHOP, "petshop.toml")?,
    };
    let inputs = TableInputs {
        metrics: vec![dir.join("normal_metrics.parquet"), dir.join("issue_metrics.parquet")],
        edges: vec![dir.join("call_graph.parquet")],
        services: vec![dir.join("components.parquet")],
        incidents: vec![dir.join("cases.json")],
        filters: Vec::new(),
    };
    Ok(import_tables(&inputs, &map, out)?)
}
