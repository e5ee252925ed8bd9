//! One input table: Parquet or text, with named columns, read batch by batch.

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::batch::Rows;
use infra_eventlog::error::nearest;
use infra_eventlog::run::Table;

use super::csv::Csv;
use super::packed;
use super::tally::shown;
use crate::error::IngestError;

/// Column names listed in a message.
const LISTED: usize = 40;

/// An opened input table.
#[derive(Debug)]
pub(super) struct Sheet {
    label: String,
    names: Vec<String>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Parquet(Table),
    Csv(Csv),
}

impl Sheet {
    /// Opens a Parquet file (told by its content) or a text table (told by its ending).
    pub(super) fn open(path: &Path) -> Result<Self, IngestError> {
        let label = label(path);
        if starts_like_parquet(path)? {
            let table = Table::foreign(path)?;
            let schema = table.parts().first().map(|part| part.schema().clone());
            let names = schema.iter().flat_map(|s| s.fields()).map(|f| f.name().clone()).collect();
            return Ok(Self { label, names, body: Body::Parquet(table) });
        }
        let csv = Csv::open(path, &label, separator(path).ok_or_else(|| no_table(&label))?)?;
        Ok(Self { label, names: csv.names(), body: Body::Csv(csv) })
    }

    /// Column names of a table, of which only footer or first line are read.
    pub(super) fn column_names(path: &Path) -> Result<Vec<String>, IngestError> {
        if starts_like_parquet(path)? {
            return Ok(Self::open(path)?.names);
        }
        let label = label(path);
        Ok(Csv::header(path, &label, separator(path).ok_or_else(|| no_table(&label))?)?.names())
    }

    /// Whether the name says that this is a table.
    pub(super) fn is_named_like_one(path: &Path) -> bool {
        packed::extension(path) == "parquet" || separator(path).is_some()
    }

    /// How messages name the file.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Column names, in order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is a column of that name.
    pub(super) fn has(&self, column: &str) -> bool {
        self.names.iter().any(|n| n == column)
    }

    /// Hands the named columns to `visit`, batch by batch, in row order.
    pub(super) fn visit(
        &self,
        columns: &[&str],
        mut visit: impl FnMut(&Rows) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        match &self.body {
            Body::Parquet(table) => table.read(columns).try_for_each(|rows| visit(&rows?)),
            Body::Csv(csv) => csv.batches(&self.label, columns).try_for_each(|rows| visit(&rows?)),
        }
    }
}

/// `FILE: no column ... named by KEY`, with what there is instead.
pub(super) fn missing_column<'a>(
    file: &str,
    column: &str,
    key: &str,
    found: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let hint = nearest(column, found.clone())
        .map_or_else(String::new, |near| format!("; did you mean {}?", shown(near)));
    let n = found.clone().count();
    let listed: Vec<String> = found.take(LISTED).map(|name| name.escape_debug().to_string()).collect();
    let more = if n > LISTED { format!(" and {} more", n - LISTED) } else { String::new() };
    format!(
        "{file}: no column {}, which {key} names (found {}{more}{hint})",
        shown(column),
        listed.join(", ")
    )
}

/// The file's own name: paths differ between machines, outputs must not.
pub(super) fn label(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn no_table(label: &str) -> IngestError {
    let hint = "hint: text tables end in .csv or .tsv";
    IngestError::Import(vec![format!("{label}: neither Parquet nor a text table ({hint})")])
}

/// Whether the file's first bytes are Parquet's.
fn starts_like_parquet(path: &Path) -> Result<bool, RunError> {
    Ok(packed::head(path, 4)? == b"PAR1")
}

fn separator(path: &Path) -> Option<u8> {
    match packed::extension(path).as_str() {
        "csv" => Some(b','),
        "tsv" | "tab" => Some(b'\t'),
        _ => None,
    }
}
