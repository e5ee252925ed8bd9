//! What is in a run: metadata, tables, services, dependencies, periods, incidents, problems.

use infra_eventlog::check::validate;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::run::Run;
use infra_ingest::summary::{FocusOptions, summarise, time_range};
use serde::Serialize;
use serde_json::Value;

use crate::redact;

/// Runs up to this size are read through: their rows are checked, their services collected.
const READ_THROUGH_ROWS: i64 = 1_000_000;

/// What is in a run.
#[derive(Debug, Serialize)]
pub(crate) struct Overview {
    /// File or folder name.
    pub(crate) run: String,
    /// Whether it is a folder of tables.
    pub(crate) bundle: bool,
    pub(crate) metadata: RunMetadata,
    pub(crate) tables: Vec<TableOverview>,
    /// First and last instant \[ns since the run's origin\].
    pub(crate) time_range_ns: Option<(i64, i64)>,
    /// Whether the rows were read; if not, only footers were.
    pub(crate) read_through: bool,
    /// Services, those that only rows name included where the rows were read.
    pub(crate) services: Vec<ServiceOverview>,
    /// Dependencies: dependent, dependency, kind.
    pub(crate) edges: Vec<(String, String, Option<String>)>,
    pub(crate) notes: Vec<String>,
    pub(crate) problems: Vec<String>,
}

/// One table.
#[derive(Debug, Serialize)]
pub(crate) struct TableOverview {
    pub(crate) name: &'static str,
    pub(crate) rows: i64,
    pub(crate) parts: usize,
    /// Columns with their types; signals are those that the format does not fix.
    pub(crate) columns: Vec<String>,
    pub(crate) signals: Vec<String>,
}

/// One service.
#[derive(Debug, Serialize)]
pub(crate) struct ServiceOverview {
    pub(crate) id: String,
    pub(crate) kind: Option<String>,
    /// Rows that observe it; null if the rows were not read.
    pub(crate) rows: Option<i64>,
}

impl Overview {
    /// Looks into a run.
    ///
    /// # Errors
    /// [`infra_eventlog::RunError`] for damage; rule breaks are listed as problems.
    pub(crate) fn new(run: &Run, redacted: bool) -> anyhow::Result<Self> {
        let mut overview = Self {
            run: run.name().to_owned(),
            bundle: run.is_bundle(),
            metadata: metadata(run, redacted),
            tables: tables(run),
            time_range_ns: time_range(run)?,
            read_through: run.tables().map(|t| t.rows()).sum::<i64>() <= READ_THROUGH_ROWS,
            services: declared_services(run),
            edges: edges(&run.metadata().edges),
            notes: [run.warnings(), &run.metadata().notes].concat(),
            problems: Vec::new(),
        };
        if overview.read_through {
            overview.read(run)?;
        }
        Ok(overview)
    }

    fn read(&mut self, run: &Run) -> anyhow::Result<()> {
        let found = validate(run)?;
        self.problems = found.problems.iter().map(ToString::to_string).collect();
        self.notes.extend(found.notes.into_iter().filter(|note| !run.warnings().contains(note)));
        if self.problems.is_empty() {
            let summary = summarise(run, &FocusOptions::default())?;
            let service = |row: &infra_ingest::frames::ServiceRow| ServiceOverview {
                id: row.service.clone(),
                kind: row.kind.clone(),
                rows: Some(row.rows),
            };
            self.services = summary.services.rows().iter().map(service).collect();
            self.edges = edges(&summary.edges);
        }
        Ok(())
    }
}

fn metadata(run: &Run, redacted: bool) -> RunMetadata {
    let mut metadata = run.metadata().clone();
    if redacted {
        let attributes = metadata.services.iter_mut().flat_map(|s| s.attributes.values_mut());
        attributes.for_each(|value| *value = Value::from(redact::MARK));
    }
    metadata
}

fn tables(run: &Run) -> Vec<TableOverview> {
    let columns = |table: &infra_eventlog::run::Table| -> Vec<String> {
        let first = table.parts().first();
        let fields = first.iter().flat_map(|p| p.schema().fields().iter());
        fields.map(|f| format!("{} {}", f.name(), f.data_type())).collect()
    };
    run.tables()
        .map(|table| TableOverview {
            name: table.kind().name(),
            rows: table.rows(),
            parts: table.parts().len(),
            columns: columns(table),
            signals: table.signal_columns(),
        })
        .collect()
}

fn declared_services(run: &Run) -> Vec<ServiceOverview> {
    let declared = run.metadata().services.iter();
    declared.map(|s| ServiceOverview { id: s.id.clone(), kind: s.kind.clone(), rows: None }).collect()
}

fn edges(edges: &[infra_eventlog::metadata::EdgeInfo]) -> Vec<(String, String, Option<String>)> {
    edges.iter().map(|e| (e.from.clone(), e.to.clone(), e.kind.clone())).collect()
}
