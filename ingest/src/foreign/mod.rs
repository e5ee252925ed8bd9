//! A Parquet file that is no run, mapped to one by its column names.
//!
//! The mapping writes a temporary run in our own format, so that everything behind it (checks,
//! summary, citations) has one path. Row numbers cited for a foreign file count its rows in time
//! order. What was inferred is told in the report.

mod columns;
mod plan;
mod sorted;
mod times;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::datatypes::Schema;
use infra_eventlog::RunError;
use infra_eventlog::run::Table;
use infra_eventlog::writer::EventWriter;

use crate::error::IngestError;
use plan::Plan;
use sorted::sorted_rows;
use times::Times;

/// Which foreign column stands for which of ours: `--map service=component`.
pub type ColumnMap = BTreeMap<String, String>;

/// A foreign file that is not in time order is sorted in memory; larger ones are refused \[rows\].
pub const MAX_SORTED_ROWS: i64 = 50_000_000;

/// How long a tick of a run without units is taken to be \[ns\].
const TICK_NS: i64 = 1_000_000_000;

/// A temporary run made from a foreign file; removed on drop.
#[derive(Debug)]
pub struct MappedRun {
    _dir: tempfile::TempDir,
    path: PathBuf,
    name: String,
    notes: Vec<String>,
}

impl MappedRun {
    /// Where the temporary run is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The foreign file's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was inferred.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Maps a foreign Parquet file to a temporary run.
///
/// # Errors
/// [`IngestError::Mapping`] if time or service cannot be found or a mapped column does not exist.
pub fn map(path: &Path, map: &ColumnMap) -> Result<MappedRun, IngestError> {
    let table = Table::foreign(path)?;
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let schema = table.parts().first().map(|p| p.schema().clone()).unwrap_or_else(|| Schema::empty().into());
    let plan = Plan::new(&name, &schema, map)?;
    let times = Times::scan(&name, &table, &plan)?;
    let dir =
        tempfile::tempdir().map_err(|source| RunError::Unwritable { path: std::env::temp_dir(), source })?;
    let mapped = dir.path().join("mapped.parquet");
    let (metadata, notes) = plan.metadata(&name, &times);
    let mut writer = EventWriter::single_file(&mapped, &metadata)?;
    let columns = plan.columns();
    if times.sorted {
        for rows in table.read(&columns) {
            plan.write(&rows?, &times, &mut writer)?;
        }
    } else {
        if table.rows() > MAX_SORTED_ROWS {
            return Err(mapping(
                &name,
                format!(
                    "{} rows are not in time order; sort the file by time first (up to {MAX_SORTED_ROWS} rows are sorted here)",
                    table.rows()
                ),
            ));
        }
        let sorted = sorted_rows(&name, &table, &columns, &plan)?;
        plan.write(&sorted, &times, &mut writer)?;
    }
    writer.finish()?;
    Ok(MappedRun { _dir: dir, path: mapped, name, notes })
}

fn mapping(file: &str, what: String) -> IngestError {
    IngestError::Mapping { file: file.to_owned(), what }
}
