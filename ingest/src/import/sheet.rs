//! One input table: Parquet or text, with named columns, read batch by batch.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::batch::Rows;
use infra_eventlog::error::nearest;
use infra_eventlog::run::Table;

use super::csv::Csv;
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
        let Some(separator) = separator(path) else {
            let what =
                format!("{label}: neither Parquet nor a text table (hint: text tables end in .csv or .tsv)");
            return Err(IngestError::Import(vec![what]));
        };
        let csv = Csv::open(path, &label, separator)?;
        Ok(Self { label, names: csv.names(), body: Body::Csv(csv) })
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

    /// Adds a problem if the column that `key` of the map names is not there.
    pub(super) fn require(&self, column: &str, key: &str, problems: &mut Vec<String>) {
        if !self.has(column) {
            problems.push(missing_column(&self.label, column, key, self.names.iter().map(String::as_str)));
        }
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

/// Whether the file's first bytes are Parquet's.
fn starts_like_parquet(path: &Path) -> Result<bool, RunError> {
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let mut head = Vec::with_capacity(4);
    let file = File::open(path).map_err(unreadable)?;
    file.take(4).read_to_end(&mut head).map_err(unreadable)?;
    Ok(head == b"PAR1")
}

fn separator(path: &Path) -> Option<u8> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(b','),
        "tsv" | "tab" => Some(b'\t'),
        _ => None,
    }
}
